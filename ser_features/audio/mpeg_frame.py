r"""One MPEG audio frame: its header, and the Xing tag in it that says how many frames follow.

four bytes → `header_of` → `Header`; first frame of a file → `tag_of` → `Tag`; count → `xing_frame` → bytes

>>> header = header_of(b"\xff\xfb\x90\x64")
>>> header.size, header.samples, header.sample_rate, header.channels, header.layer
(417, 1152, 44100, 2, 3)

Source: ISO/IEC 11172-3, 2.4.1.3 and 2.4.2.3; ISO/IEC 13818-3, 2.4.2.3; the VBR header of Xing (flags: 1
frames, 2 bytes) and that of Fraunhofer (VBRI).
"""

import struct
from dataclasses import dataclass
from functools import lru_cache

HEADER_BYTES = 4

_KBPS: dict[tuple[bool, int], tuple[int, ...]] = {
    (True, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Bit rates of (MPEG-1, layer), in kbit/s, for the indices 1 to 14."""

_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Sample rates by version bits, in Hz."""

_VBRI_AT = 36
_LARGE_ENOUGH = 9
"""Index of a bit rate at which a frame of any version has room for a Xing tag."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the first four bytes of a frame say.

    Attributes:
        size: of the frame, in bytes.
        samples: per channel.
        sample_rate: in Hz.
        channels: 1 or 2.
        layer: 1, 2 or 3.
        xing_at: position in the frame at which a Xing tag would be.
    """

    size: int
    samples: int
    sample_rate: int
    channels: int
    layer: int
    xing_at: int

    def continues(self, other: "Header") -> bool:
        """Whether frames of both headers may follow each other in one stream."""
        return (self.sample_rate, self.channels, self.layer) == (
            other.sample_rate,
            other.channels,
            other.layer,
        )


@dataclass(frozen=True, slots=True)
class Tag:
    """What the tag in a file's first frame says.

    Attributes:
        is_xing: whether it is a Xing or Info tag, which libsndfile understands, instead of a VBRI tag.
        frames: number of frames that follow; None if it does not say.
        size: of the tag's frame and these, in bytes; None if it does not say.
    """

    is_xing: bool
    frames: int | None
    size: int | None


@lru_cache(maxsize=4096)
def header_of(word: bytes) -> Header | None:
    """The header in four bytes; None if they are none, or the bit rate is not stated (free format)."""
    if len(word) < HEADER_BYTES or word[0] != 0xFF or word[1] < 0xE0:
        return None
    version, layer = word[1] >> 3 & 3, 4 - (word[1] >> 1 & 3)
    bit_rate, rate, padding = word[2] >> 4, word[2] >> 2 & 3, word[2] >> 1 & 1
    if version == 1 or layer == 4 or bit_rate in (0, 15) or rate == 3:
        return None
    version_1, mono = version == 3, word[3] >> 6 == 3
    sample_rate, bits = _RATES[version][rate], 1000 * _KBPS[version_1, layer][bit_rate - 1]
    samples = {1: 384, 2: 1152, 3: 1152 if version_1 else 576}[layer]
    unit = 4 if layer == 1 else 1
    size = (samples // (8 * unit) * bits // sample_rate + padding) * unit
    side_information = (17 if mono else 32) if version_1 else (9 if mono else 17)
    return Header(size, samples, sample_rate, 1 if mono else 2, layer, HEADER_BYTES + side_information)


def tag_of(frame: bytes, header: Header) -> Tag | None:
    """The Xing, Info or VBRI tag of a frame; None if it holds audio instead."""
    if header.layer != 3:
        return None
    if frame[header.xing_at : header.xing_at + 4] in (b"Xing", b"Info"):
        return _xing(frame[header.xing_at + 4 :])
    if frame[_VBRI_AT : _VBRI_AT + 4] == b"VBRI" and len(frame) >= _VBRI_AT + 18:
        size, frames = struct.unpack_from(">II", frame, _VBRI_AT + 10)
        return Tag(False, frames, size)
    return None


def _xing(fields: bytes) -> Tag:
    words = [word for (word,) in struct.iter_unpack(">I", fields[: min(12, len(fields) // 4 * 4)])]
    flags, values = (words[0], words[1:]) if words else (0, [])
    frames = values.pop(0) if flags & 1 and values else None
    return Tag(True, frames, values[0] if flags & 2 and values else None)


def xing_frame(first: bytes, frames: int, size: int) -> bytes:
    """A frame without audio whose Xing tag says how many frames follow.

    Args:
        first: header of the frame that it precedes, four bytes.
        frames: number of frames that follow.
        size: of these, in bytes.
    """
    word = bytes((0xFF, first[1] | 1, _LARGE_ENOUGH << 4 | first[2] & 0x0C, first[3]))
    header = header_of(word)
    assert header is not None
    tag = struct.pack(">4sIII", b"Xing", 3, frames, size + header.size)
    return (word + bytes(header.xing_at - HEADER_BYTES) + tag).ljust(header.size, b"\0")
