"""File formats: those that are read, and those that are recognised only to name them and their remedy.

suffix → `SUFFIXES`, or `of_suffix` → `Foreign`
first bytes of a file that is not read → `identify` → `Foreign` → `Foreign.message`

>>> print(identify(b"#!AMR" + bytes(99)).message)
AMR is not read: expected WAV, FLAC, OGG, MP3, AIFF, AU, CAF or SPHERE: convert it:
ffmpeg -i FILE.amr FILE.wav
>>> of_suffix("memo.M4A").name
'M4A (AAC)'
"""

import os
import re
from codecs import getincrementaldecoder
from collections.abc import Callable
from dataclasses import dataclass, replace
from shlex import quote

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


def is_lossy(path: str) -> bool:
    """Whether a file has a suffix of a lossy format.

    >>> is_lossy("call.MP3"), is_lossy("call.wav")
    (True, False)
    """
    return os.path.splitext(path)[1].lower() in LOSSY  # noqa: PTH122  a million paths


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

HEAD = 4096
"""Bytes of a file that are examined."""

SHOWN = 40
"""Characters of a text that are quoted."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A format that is not read.

    Attributes:
        name: of the format.
        remedy: what to do.
        suffixes: lower-case file extensions.
        starts: first bytes, any of them.
        is_audio: whether it holds sound.
        is_video: whether files with these extensions usually hold pictures as well.
    """

    name: str
    remedy: str
    suffixes: tuple[str, ...] = ()
    starts: tuple[bytes, ...] = ()
    is_audio: bool = True
    is_video: bool = False

    @property
    def message(self) -> str:
        """What it is, what was expected, and what to do."""
        what = f"{self.name} is not read" if self.is_audio else f"not audio ({self.name})"
        return f"{what}: expected {EXPECTED}: {self.remedy}"


def _audio(name: str, suffixes: str, *starts: bytes, is_video: bool = False) -> Foreign:
    """A format that ffmpeg converts."""
    names = tuple(suffixes.split())
    remedy = f"convert it: ffmpeg -i FILE{names[0]} FILE.wav"
    return Foreign(name, remedy, names, starts, is_video=is_video)


def _other(name: str, remedy: str, *starts: bytes) -> Foreign:
    """Content that is no sound."""
    return Foreign(name, remedy, starts=starts, is_audio=False)


DOWNLOAD_AGAIN = "if a server sent it, download the recording again, signed in and from its own address"
UNPACK = "unpack it"
LEAVE_OUT = "leave it out"
SAVE = "save its samples as WAV with soundfile.write"

M4A = _audio("M4A (AAC)", ".m4a .m4b .m4p .m4r")
MP4 = _audio("MP4", ".mp4 .m4v .f4v", is_video=True)
MOV = _audio("QuickTime", ".mov .qt", is_video=True)
THREE_GP = _audio("3GP", ".3gp .3gpp .3ga .3g2")
WEBM = _audio("WebM", ".webm .weba")
MATROSKA = _audio("Matroska", ".mka .mkv .mk3d")
SPEEX = _audio("Speex", ".spx")
AVI = _audio("AVI", ".avi", is_video=True)
HEADERLESS = Foreign(
    "a file of samples without a header",
    "give it one: ffmpeg -f s16le -ar RATE -ac 1 -i FILE FILE.wav",
    (".pcm", ".raw", ".sln", ".vox", ".g722", ".g729", ".gsm"),
)
ZEROS = _other("only zero bytes", "copy it again from its source")
TEXT = _other("text", LEAVE_OUT)
HTML = _other("an HTML page", DOWNLOAD_AGAIN)
JSON = _other("JSON", DOWNLOAD_AGAIN)

FORMATS: tuple[Foreign, ...] = (
    M4A,
    MP4,
    MOV,
    THREE_GP,
    WEBM,
    MATROSKA,
    SPEEX,
    AVI,
    HEADERLESS,
    _audio(
        "AAC", ".aac .adts .loas", b"\xff\xf0", b"\xff\xf1", b"\xff\xf8", b"\xff\xf9", b"ADIF", b"\x56\xe0"
    ),
    _audio("AMR", ".amr .awb", b"#!AMR"),
    _audio("WMA", ".wma .asf", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
    _audio("WMV", ".wmv", is_video=True),
    _audio("AC-3", ".ac3 .eac3", b"\x0b\x77"),
    _audio("DTS", ".dts", b"\x7f\xfe\x80\x01"),
    _audio("Monkey's Audio", ".ape", b"MAC "),
    _audio("WavPack", ".wv", b"wvpk"),
    _audio("True Audio", ".tta", b"TTA1"),
    _audio("TAK", ".tak", b"tBaK"),
    _audio("Musepack", ".mpc .mpp", b"MPCK", b"MP+"),
    _audio("DSD", ".dsf .dff", b"DSD ", b"FRM8"),
    _audio("RealAudio", ".ra .rm .rmvb", b".RMF", b".ra\xfd"),
    _audio("VOC", ".voc", b"Creative Voice File"),
    _audio("Flash video", ".flv", b"FLV\x01", is_video=True),
    _audio("MPEG video", ".mpg .mpeg .vob .m2ts .mts", b"\0\0\1\xba", b"\0\0\1\xb3", is_video=True),
    _audio("Ogg video", ".ogv", is_video=True),
    _other(
        "a git-lfs pointer instead of the recording",
        "fetch the recordings in its folder: git lfs pull",
        b"version https://git-lfs.github.com/spec/",
    ),
    _other(
        "a git-annex pointer instead of the recording",
        "fetch the recordings in its folder: git annex get .",
        b"/annex/objects/",
        b"../.git/annex/objects/",
        b".git/annex/objects/",
    ),
    HTML,
    _other("XML", DOWNLOAD_AGAIN, b"<?xml"),
    _other("RTF text", LEAVE_OUT, b"{\\rtf"),
    _other("a PDF document", LEAVE_OUT, b"%PDF"),
    _other("a PNG picture", LEAVE_OUT, b"\x89PNG"),
    _other("a JPEG picture", LEAVE_OUT, b"\xff\xd8\xff"),
    _other("a GIF picture", LEAVE_OUT, b"GIF8"),
    _other("a TIFF picture", LEAVE_OUT, b"II*\0", b"MM\0*"),
    _other("a MIDI score", LEAVE_OUT, b"MThd"),
    _other("a ZIP archive", UNPACK, b"PK\x03\x04", b"PK\x05\x06"),
    _other("a gzip archive", UNPACK, b"\x1f\x8b"),
    _other("a bzip2 archive", UNPACK, b"BZh"),
    _other("an xz archive", UNPACK, b"\xfd7zXZ"),
    _other("a Zstandard archive", UNPACK, b"\x28\xb5\x2f\xfd"),
    _other("a 7z archive", UNPACK, b"7z\xbc\xaf\x27\x1c"),
    _other("a RAR archive", UNPACK, b"Rar!"),
    _other("a NumPy array", SAVE, b"\x93NUMPY"),
    _other("HDF5", SAVE, b"\x89HDF"),
    _other("MATLAB data", "save its samples with audiowrite", b"MATLAB 5.0"),
    _other(
        "a pickle of Python objects", "save its samples as WAV with soundfile.write", b"\x80\x04", b"\x80\x05"
    ),
    _other("Parquet", "save its recordings as files", b"PAR1"),
)
"""All formats that are named. Those without first bytes are recognised by `_SPECIAL`, or by suffix only."""

_BY_SUFFIX = {suffix: form for form in FORMATS for suffix in form.suffixes}
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body|script)\b", re.I | re.S
)
_JSON = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{"\]])')
_COMMAND = re.compile(r"ffmpeg -i FILE\.\w+ FILE\.wav")
_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


def is_read(content: bytes) -> bool:
    """Whether a file begins as an accepted format does; MPEG frames without a tag are not recognised here.

    An IFF file counts if it is AIFF; others hold instruments or pictures.
    """
    return content.startswith(MAGIC) or (content.startswith(b"FORM") and content[8:12] in (b"AIFF", b"AIFC"))


def of_suffix(name: str) -> Foreign | None:
    """The format that a file name's extension stands for; None for formats that are read, and for others."""
    return _BY_SUFFIX.get(os.path.splitext(name)[1].lower())  # noqa: PTH122  a million names


def identify(content: bytes) -> Foreign | None:
    """The format of a file that is not read; None if it is not recognised.

    Args:
        content: the complete file.
    """
    head = content[:HEAD]
    for form in FORMATS:
        if form.starts and head.startswith(form.starts):
            return form
    special = next(filter(None, (recognise(head) for recognise in _SPECIAL)), None)
    return special or (ZEROS if content and content.count(0) == len(content) else None)


def name_file(message: str, path: str) -> str:
    """Put a file's path into the command of a message; the command does not overwrite it.

    >>> name_file("convert it: ffmpeg -i FILE.m4a FILE.wav", "my memo.m4a")
    "convert it: ffmpeg -i 'my memo.m4a' 'my memo.wav'"
    """
    stem, suffix = os.path.splitext(path)  # noqa: PTH122
    target = f"{stem}.wav" if suffix.lower() != ".wav" else f"{stem}-converted.wav"
    return _COMMAND.sub(lambda _: f"ffmpeg -i {quote(path)} {quote(target)}", message)


def _mpeg4(head: bytes) -> Foreign | None:
    """ISO base media by its brand (ISO/IEC 14496-12), and QuickTime from before it."""
    if head[4:8] in _QUICKTIME:
        return MOV
    if head[4:8] != b"ftyp":
        return None
    brand = head[8:12]
    if brand.startswith(b"M4"):
        return MP4 if brand == b"M4V " else M4A
    return MOV if brand == b"qt  " else THREE_GP if brand.startswith(b"3g") else MP4


def _matroska(head: bytes) -> Foreign | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    return WEBM if b"webm" in head[:64] else MATROSKA


def _inside_of_others(head: bytes) -> Foreign | None:
    """Contents of containers that are read for other contents: RIFF and Ogg."""
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return AVI
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return _other("a WebP picture", LEAVE_OUT)
    return SPEEX if head.startswith(b"OggS") and b"Speex   " in head[:64] else None


def _tar(head: bytes) -> Foreign | None:
    return _other("a tar archive", UNPACK) if head[257:262] == b"ustar" else None


def _text(head: bytes) -> Foreign | None:
    """Text: printable characters in UTF-8 or, with its mark, UTF-16."""
    if _HTML.match(head):
        return HTML
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = getincrementaldecoder(encoding)().decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError:
        return None
    line = text.strip().partition("\n")[0].strip()
    if not line or not all(letter.isprintable() or letter in "\t\r\n\f" for letter in text):
        return None
    if _JSON.match(text):
        return JSON
    return replace(TEXT, name=f"text, {line[:SHOWN]!r}")


_SPECIAL: tuple[Callable[[bytes], Foreign | None], ...] = (_mpeg4, _matroska, _inside_of_others, _tar, _text)
"""Recognition of contents that more than their first bytes identify."""
