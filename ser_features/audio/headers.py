"""Validation of an audio file's header before libsndfile reads it.

bytes → `check` → nothing, or an `AudioError`

libsndfile also reads formats of samplers, numerical software and historical computers. Many of them declare
no length, so truncation cannot be detected, and their parsers are rarely used. Only common formats of
recordings are accepted. Of these, libsndfile does not detect truncated SPHERE, MP3 and OGG files and accepts
any size in RF64: these checks are made here.

>>> check(b"These are notes.")
Traceback (most recent call last):
...
ser_features.errors.NotAudioError: not audio (text, 'These are notes.'): expected WAV, ...: leave it out
"""

import re
import struct

from ser_features.errors import AudioError, NotAudioError, TruncatedAudioError
from ser_features.formats import EXPECTED, identify, is_read

_OPEN_END = 2**64 - 1
_SPHERE_FIELD = re.compile(rb"^(sample_count|channel_count|sample_n_bytes) -(?:i|s\d+) (\d{1,12})\s*$", re.M)
_SPHERE_HEADER = re.compile(rb"NIST_1A\n *(\d{1,6})\n")


def check(content: bytes) -> None:
    """Reject files that are no recordings, and files that are incomplete by their own header.

    Args:
        content: the complete file, not empty.

    Raises:
        NotAudioError: if it has none of the accepted formats.
        TruncatedAudioError: if it is a truncated OGG, SPHERE, RF64 or MP3 file.
    """
    if not (is_read(content) or _is_mpeg_frame(content)):
        raise not_audio(content, "unknown format")
    if content.startswith(b"OggS") and not _ogg_ends(content):
        raise TruncatedAudioError(
            "the OGG stream breaks off before its last page: "
            "expected a complete file: copy it again from its source"
        )
    declared = max(_sphere_bytes(content), _rf64_bytes(content), _mpeg_bytes(content))
    if declared > len(content):
        raise incomplete(declared, len(content), "bytes")


def not_audio(content: bytes, reason: str) -> AudioError:
    """Return the error for content that is not read: its format and the remedy, where it is recognised."""
    if foreign := identify(content[_id3_bytes(content) :]):
        return NotAudioError(foreign.message)
    return NotAudioError(
        f"not audio ({reason}; it begins with {content[:4]!r}): expected {EXPECTED}: convert it"
    )


def incomplete(declared: int, held: int, unit: str) -> AudioError:
    """Return the error for a file whose header declares more than it holds."""
    return TruncatedAudioError(
        f"the header says {declared} {unit}, the file holds {held}: "
        "expected a complete file: copy it again from its source"
    )


def _ogg_ends(content: bytes) -> bool:
    """Whether the last page is complete and marked as the last of its stream (RFC 3533, section 6)."""
    page = content[content.rfind(b"OggS") :]
    if len(page) < 27 or not page[5] & 4:
        return False
    segments = page[26]
    return len(page) >= 27 + segments + sum(page[27 : 27 + segments])


def _sphere_bytes(content: bytes) -> int:
    """Size declared by a SPHERE header, 0 if there is none or the samples are compressed."""
    header = _SPHERE_HEADER.match(content)
    if header is None:
        return 0
    size = int(header[1])
    fields = {name: int(value) for name, value in _SPHERE_FIELD.findall(content[:size])}
    if len(fields) < 3 or b"shorten" in content[:size]:
        return 0
    return size + fields[b"sample_count"] * fields[b"channel_count"] * fields[b"sample_n_bytes"]


def _rf64_bytes(content: bytes) -> int:
    """Size of the samples declared by an RF64 header, 0 if it is left open (EBU Tech 3306)."""
    if not content.startswith(b"RF64") or content[12:16] != b"ds64" or len(content) < 36:
        return 0
    size = int(struct.unpack_from("<Q", content, 28)[0])
    return 0 if size == _OPEN_END else size


def _mpeg_bytes(content: bytes) -> int:
    """Size declared by the Xing or Info tag of an MP3 file, 0 if there is none."""
    start = _id3_bytes(content)
    if not _is_mpeg_frame(content[start:]):
        return 0
    version_1, mono = content[start + 1] & 0x08, content[start + 3] >> 6 == 3
    side_information = (17 if mono else 32) if version_1 else (9 if mono else 17)
    tag = start + 4 + side_information
    if content[tag : tag + 4] not in (b"Xing", b"Info") or len(content) < tag + 16:
        return 0
    flags = struct.unpack_from(">I", content, tag + 4)[0]
    if not flags & 2:
        return 0
    return start + int(struct.unpack_from(">I", content, tag + (12 if flags & 1 else 8))[0])


def _is_mpeg_frame(content: bytes) -> bool:
    """Whether an MPEG audio frame may begin here: eleven bits set, and a version and layer that exist."""
    return (
        len(content) >= 4
        and content[0] == 0xFF
        and content[1] >= 0xE0
        and content[1] & 0x18 != 0x08
        and content[1] & 0x06 != 0
    )


def _id3_bytes(content: bytes) -> int:
    """Size of the ID3v2 tag at the beginning, 0 if there is none (seven bits of each byte count)."""
    if not content.startswith(b"ID3") or len(content) < 10:
        return 0
    first, second, third, last = (byte & 0x7F for byte in content[6:10])
    return 10 + (first << 21 | second << 14 | third << 7 | last)
