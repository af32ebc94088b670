r"""What containers declare that FFmpeg does not compare with the file: sizes and durations.

bytes → boxes of an MP4 file, or chunk of an AVI file → `Lack` if they end behind the file

>>> lack(b"\0\0\0\x10ftypM4A \0\0\0\0" + b"\0\0\1\0mdat" + bytes(100), MP4)
Lack(declared=272, held=124, unit='bytes')

Source: ISO/IEC 14496-12, section 4.2; OpenDML AVI File Format Extensions 1.02; RFC 9559, section 5.1.2.9.
"""

import re
import struct
from collections.abc import Iterator, Mapping
from fractions import Fraction

from ser_features.audio.stream import Lack
from ser_features.errors import UnsupportedAudioError

MP4, AVI, MATROSKA = "mov", "avi", "matroska"

WITHOUT_DURATION = frozenset(
    ["aac,loas", "amr", "ac3,eac3", "dts,dtshd", "mpeg,mpegts,mpegvideo", "ogg", "rm", "voc"]
)
"""Demuxers of formats that declare no duration: FFmpeg estimates one from the size of the file."""

MAX_BOXES = 10_000
"""Most boxes of one level of an MP4 file that are looked at."""

_BOX, _LARGE = 8, 16
_SAMPLE_SIZES, _COUNT_AT = b"stsz\0\0\0\0", 12
_EBML = b"\x1a\x45\xdf\xa3"
_DURATION = b"\x44\x89"
_DURATION_WITHIN = 4096
_DURATION_TAG = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)\s*")


def lack(content: bytes, demuxers: str) -> Lack | None:
    """What a file lacks by the sizes in its container; None if nothing, or if that is not known.

    Args:
        content: the complete file.
        demuxers: FFmpeg's names of those that may read it.

    Raises:
        UnsupportedAudioError: if it declares more samples than it has bytes, which would fill the memory.
    """
    if demuxers == MP4:
        _check_sample_counts(content)
        ends = [end for _, _, end in _boxes(content)]
        declared = ends[-1] if ends else 0
    elif demuxers == AVI:
        declared = 8 + struct.unpack_from("<I", content, 4)[0] if len(content) >= 8 else 0
    else:
        return None
    return Lack(declared, len(content), "bytes") if declared > len(content) else None


def declares_duration(content: bytes) -> bool:
    """Whether the header declares a duration; that of a Matroska file may not, if it was streamed."""
    return not content.startswith(_EBML) or _DURATION in content[:_DURATION_WITHIN]


def tagged_seconds(tags: Mapping[str, str]) -> Fraction | None:
    """The duration that the tags of a Matroska stream give, in s; None if they do not.

    >>> tagged_seconds({"DURATION": "00:01:03.008000000"})
    Fraction(7876, 125)
    """
    match = _DURATION_TAG.fullmatch(tags.get("DURATION", ""))
    if match is None:
        return None
    hours, minutes, seconds = match.groups()
    return 3600 * int(hours) + 60 * int(minutes) + Fraction(seconds)


def _boxes(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Type, start and end of each box of the highest level; the end of the last may be behind the file."""
    position = 0
    for _ in range(MAX_BOXES):
        if position + _BOX > len(content):
            return
        size, kind = struct.unpack_from(">I4s", content, position)
        if size == 1 and position + _LARGE <= len(content):
            size = struct.unpack_from(">Q", content, position + _BOX)[0]
        end = position + size if size else len(content)
        if size and size < _BOX:
            return
        yield kind, position, end
        position = end


def _check_sample_counts(content: bytes) -> None:
    """Refuse tables of more samples than there are bytes: FFmpeg would make an entry for each."""
    position = content.find(_SAMPLE_SIZES)
    while 0 <= position <= len(content) - _COUNT_AT - 4:
        count = struct.unpack_from(">I", content, position + _COUNT_AT)[0]
        if count > len(content):
            raise UnsupportedAudioError(
                f"the container declares {count} packets in {len(content)} bytes: "
                "expected a sound file: export it again"
            )
        position = content.find(_SAMPLE_SIZES, position + 1)
