"""Headers and tags of MPEG frames, and the walk over a file of them."""

import struct

import numpy as np
import pytest

from ser_features.audio import mpeg
from ser_features.audio.mpeg_frame import Tag, header_of, tag_of, xing_frame
from ser_features.audio.stream import Lack
from ser_features.errors import TooLongError
from tests.attacks.zoo import encode

TONE = (0.4 * np.sin(np.arange(16_000) / 6)).astype(np.float32)
SILENT = b"\xff\xf3\x18\xc4"  # MPEG-2, layer 3, 8 kbit/s, 16 kHz, mono


def frame(word: bytes, content: bytes = b"") -> bytes:
    """A frame with this header."""
    header = header_of(word)
    assert header is not None
    return (word + content).ljust(header.size, b"\0")


@pytest.mark.parametrize(
    ("word", "size", "samples", "rate", "channels", "layer"),
    [
        ("fffb9064", 417, 1152, 44_100, 2, 3),  # 128 kbit/s
        ("fffb9264", 418, 1152, 44_100, 2, 3),  # padded
        ("fff388c4", 288, 576, 16_000, 1, 3),  # MPEG-2, 64 kbit/s
        ("ffe348c4", 288, 576, 8_000, 1, 3),  # MPEG-2.5, 32 kbit/s
        ("fffda404", 576, 1152, 48_000, 2, 2),  # layer 2, 192 kbit/s
        ("fffe9000", 312, 384, 44_100, 2, 1),  # layer 1, 288 kbit/s
    ],
)
def test_headers(word, size, samples, rate, channels, layer):
    header = header_of(bytes.fromhex(word))
    assert header is not None
    assert (header.size, header.samples, header.sample_rate) == (size, samples, rate)
    assert (header.channels, header.layer) == (channels, layer)


@pytest.mark.parametrize(
    "word",
    ["", "fffb90", "fffa00", "fefb9064", "ffeb9064", "fff99064", "fffb0064", "fffbf064", "fffb9c64"],
    ids=["empty", "short", "text", "no sync", "version", "layer", "free format", "bit rate", "sample rate"],
)
def test_no_headers(word):
    assert header_of(bytes.fromhex(word)) is None


def test_every_tag_is_read():
    plain = encode(TONE, "MP3")
    header = header_of(plain[:4])
    assert header is not None
    tag = tag_of(plain[: header.size], header)
    assert tag is not None
    assert (tag.is_xing, tag.size) == (True, len(plain))
    own = xing_frame(plain[:4], 7, 1000)
    assert tag_of(own, header) == Tag(True, 7, 1000 + len(own))
    without = frame(plain[:4], bytes(header.xing_at - 4) + b"Info" + struct.pack(">I", 4))
    assert tag_of(without, header) == Tag(True, None, None)
    fraunhofer = frame(plain[:4], bytes(32) + b"VBRI" + bytes(6) + struct.pack(">II", 900, 5))
    assert tag_of(fraunhofer, header) == Tag(False, 5, 900)
    assert tag_of(frame(plain[:4]), header) is None


def test_a_whole_file_stays_as_it_is():
    plain = encode(TONE, "MP3")
    assert mpeg.stream(plain).links == (plain,)


def test_a_vbri_tag_is_replaced():
    frames = encode(TONE, "MP3")
    header = header_of(frames[:4])
    assert header is not None
    body = frames[header.size :]
    fraunhofer = frame(frames[:4], bytes(32) + b"VBRI" + bytes(6) + struct.pack(">II", 0, 3))
    (link,) = mpeg.stream(fraunhofer + body).links
    assert link.endswith(body)
    assert b"VBRI" not in link
    assert b"Xing" in link[:60]


def test_frames_missing_by_the_tag():
    plain = encode(TONE, "MP3")
    lack = mpeg.stream(plain[: len(plain) // 2]).lack
    assert lack == Lack(len(plain), len(plain) // 2, "bytes")


def test_a_false_header_within_a_gap_is_no_frame():
    plain = encode(TONE, "MP3")
    gap = b"lost" + plain[:4] + b"lost" * 200
    stream = mpeg.stream(plain + gap)
    assert stream.links == (plain,)
    assert stream.notes == ("bytes that are no MPEG frames are left out",)


def test_free_format_is_left_to_the_decoder():
    content = b"\xff\xfb\x00\x64" * 100
    assert mpeg.stream(content).links == (content,)


@pytest.mark.parametrize("piece", [frame(SILENT), b"ID3\4\0\0\0\0\0\0", b"\xff\xfb"])
def test_walks_are_bounded(piece, monkeypatch):
    monkeypatch.setattr(mpeg, "MAX_STEPS", 100)
    with pytest.raises(TooLongError, match=r"^more than 100 MPEG frames and tags: "):
        mpeg.stream(piece * 200)


def test_bytes_in_front_of_other_formats():
    assert mpeg.after_tags(b"ID3\4\0\0\0\0\0\3abcfLaC") == 13
    assert mpeg.after_tags(b"ID3\4\0\x10\0\0\0\3abc" + bytes(10) + b"fLaC") == 23
    assert mpeg.after_tags(b"RIFF") == 0
    assert mpeg.after_tags(b"ID3\4\0\0\x7f\x7f\x7f\x7f") == 10
