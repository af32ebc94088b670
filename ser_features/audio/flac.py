"""FLAC files that were joined, and those whose header leaves the length open, as in encoding to a pipe.

bytes → files → number of samples in each header; if it is 0 → end of the last frame → header → `Stream`

Source: RFC 9639, sections 8.2 (stream info) and 9.1 to 9.3 (frame header and footer).
"""

import re
import struct
from functools import cache
from itertools import islice, pairwise

from ser_features.audio.stream import MAX_JOINED, Stream, joined
from ser_features.errors import TruncatedAudioError

OPEN = "the FLAC header leaves the length open"

_BEGINNING = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22")
_BLOCK_SIZE, _TOTAL = 8, 21
"""Positions of the smallest block size and of the byte whose low half begins the number of samples."""

_LONGEST_HEADER, _LONGEST_FRAME = 16, 1 << 19
"""In bytes; the last frame is searched within so many bytes of the end."""

_MAX_TRIES = 8
"""Positions whose frame is verified, of those at which a header is valid."""


def stream(content: bytes) -> Stream:
    """Return a FLAC file, or several that were joined, with the number of samples in each header.

    Raises:
        TruncatedAudioError: if the number is unknown and the file does not end with a whole frame.
    """
    starts = [match.start() for match in islice(_BEGINNING.finditer(content), MAX_JOINED + 1)] or [0]
    parts = [content] if len(starts) == 1 else [content[a:b] for a, b in pairwise([*starts, len(content)])]
    return joined([_whole(part) for part in parts], "FLAC")


def _whole(content: bytes) -> Stream:
    if len(content) < _TOTAL + 5 or content[_TOTAL] & 0x0F or any(content[_TOTAL + 1 : _TOTAL + 5]):
        return Stream((content,))
    total = _samples(content)
    if total is None:
        raise TruncatedAudioError(
            "the FLAC header leaves the length open, and the last frame is incomplete: "
            "expected a complete file: copy it again from its source"
        )
    length = bytes((content[_TOTAL] & 0xF0 | total >> 32,)) + struct.pack(">I", total & 0xFFFF_FFFF)
    return Stream((content[:_TOTAL] + length + content[_TOTAL + 5 :],), (OPEN,))


def _samples(content: bytes) -> int | None:
    """Number of samples per channel up to the end of the last frame; None if the file ends within a frame."""
    fixed = int(struct.unpack_from(">H", content, _BLOCK_SIZE)[0])
    first, position, tries = max(_TOTAL, len(content) - _LONGEST_FRAME), len(content), 0
    while tries < _MAX_TRIES and (position := content.rfind(b"\xff", first, position)) >= 0:
        end = _end_of(content[position : position + _LONGEST_HEADER], fixed)
        if end is not None:
            if not _remainder(content[position:], 16, 0x8005):
                return end
            tries += 1
    return None


def _end_of(header: bytes, fixed: int) -> int | None:
    """Number of the sample after a frame; None if this is no header of a frame."""
    if len(header) < 6 or header[1] & 0xFE != 0xF8 or header[3] & 1:
        return None
    extra = _extra_bytes(header[4])
    size_code, rate_code = header[2] >> 4, header[2] & 0x0F
    size_at = 4 + 1 + extra
    size_bytes = {6: 1, 7: 2}.get(size_code, 0)
    end = size_at + size_bytes + {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    if extra < 0 or size_code == 0 or rate_code == 15 or end >= len(header):
        return None
    if _remainder(header[: end + 1], 8, 0x07):
        return None
    number = header[4] & (0x7F >> (extra + 1 if extra else 0))
    for byte in header[5:size_at]:
        number = number << 6 | byte & 0x3F
    if size_bytes:
        block = 1 + int.from_bytes(header[size_at : size_at + size_bytes])
    else:
        block = 192 if size_code == 1 else 144 << size_code if size_code < 6 else 1 << size_code
    return (number if header[1] & 1 else number * fixed) + block


def _extra_bytes(first: int) -> int:
    """Number of bytes that follow the first of a number coded as in UTF-8; −1 if it is no first byte."""
    ones = 8 - (first ^ 0xFF).bit_length()
    return 0 if ones == 0 else ones - 1 if 2 <= ones <= 7 else -1


def _remainder(content: bytes, width: int, polynomial: int) -> int:
    """Remainder of a cyclic redundancy check, 0 for content that ends with its own checksum.

    >>> _remainder(b"123456789", 8, 0x07), _remainder(b"123456789", 16, 0x8005)
    (244, 65256)
    """
    table, mask, shift = _table(width, polynomial), (1 << width) - 1, width - 8
    remainder = 0
    for byte in content:
        remainder = (remainder << 8 & mask) ^ table[remainder >> shift ^ byte]
    return remainder


@cache
def _table(width: int, polynomial: int) -> tuple[int, ...]:
    values = []
    for byte in range(256):
        value = byte << (width - 8)
        for _ in range(8):
            value = (value << 1) ^ (polynomial if value >> (width - 1) else 0)
            value &= (1 << width) - 1
        values.append(value)
    return tuple(values)
