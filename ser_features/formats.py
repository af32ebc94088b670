"""File formats that libsndfile reads; `foreign` has the others.

>>> is_read(b"fLaC"), is_read(b"#!AMR")
(True, False)
"""

EXPECTED = "WAV, FLAC, OGG, MP3, AIFF, AU, CAF or SPHERE"
"""The accepted formats, for messages; RF64 and W64 are kinds of WAV."""

SUFFIXES: frozenset[str] = frozenset(
    [
        ".wav",
        ".wave",
        ".bwf",
        ".w64",
        ".rf64",
        ".flac",
        ".ogg",
        ".oga",
        ".opus",
        ".mp3",
        ".mp2",
        ".mpga",
        ".aif",
        ".aiff",
        ".aifc",
        ".au",
        ".snd",
        ".caf",
        ".sph",
        ".nist",
    ]
)
"""Lower-case file extensions of formats that libsndfile reads."""

LOSSY = frozenset({".ogg", ".oga", ".opus", ".mp3", ".mp2", ".mpga"})
"""Those of `SUFFIXES` whose formats are lossy."""

MAX_CHANNELS = 64
"""Most channels of a recording."""

MAGIC: tuple[bytes, ...] = (
    b"RIFF",
    b"RIFX",
    b"RF64",
    b"riff",  # W64
    b"fLaC",
    b"OggS",
    b"ID3",
    b".snd",
    b"dns.",
    b"caff",
    b"NIST_1A",
)
"""First bytes of accepted files, besides AIFF and MPEG frames without a tag."""


def is_read(content: bytes) -> bool:
    """Whether a file begins as an accepted format does; MPEG frames without a tag are not recognised here.

    An IFF file counts if it is AIFF; others hold instruments or pictures.
    """
    return content.startswith(MAGIC) or (content.startswith(b"FORM") and content[8:12] in (b"AIFF", b"AIFC"))
