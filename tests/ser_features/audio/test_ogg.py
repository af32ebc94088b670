"""Pages of Ogg files, their checksums and chains."""

import struct

import numpy as np
import pytest

from ser_features.audio import ogg
from ser_features.errors import TooLongError, TruncatedAudioError, UnsupportedAudioError
from tests.attacks.zoo import encode

NOISE = np.random.default_rng(0).normal(0, 0.1, 32_000)
HEAD = b"OpusHead"


def page(body: bytes, flags: int = 0, position: int = 0, serial: int = 1, sequence: int = 0) -> bytes:
    """A page of one packet."""
    header = struct.pack("<4sBBqIIIBB", b"OggS", 0, flags, position, serial, sequence, 0, 1, len(body))
    content = header + body
    return content[:22] + struct.pack("<I", ogg.checksum(content)) + content[26:]


def test_pages_of_libogg_have_this_checksum():
    content = encode(NOISE, "OGG")
    assert ogg.stream(content).links == (content,)
    with pytest.raises(TruncatedAudioError, match="is damaged in page 1"):
        ogg.stream(content[:40] + bytes((content[40] ^ 1,)) + content[41:])


def test_what_follows_the_last_page_is_no_matter():
    content = encode(NOISE, "OGG") + b"appended"
    assert ogg.stream(content).links == (content,)


def test_bytes_between_pages_are_a_loss():
    content = encode(NOISE, "OGG")
    second = content.index(b"OggS", 4)
    with pytest.raises(TruncatedAudioError, match="is damaged after page 1"):
        ogg.stream(content[:second] + b"?" + content[second:])


def test_streams_side_by_side_and_one_after_the_other():
    sound = [page(HEAD, 2), page(b"a", 0, 10, 1, 1), page(b"b", 4, 20, 1, 2)]
    video = [page(b"\x80theora", 2, serial=9), page(b"v", 4, 5, 9, 1)]
    side = [sound[0], video[0], sound[1], video[1], sound[2]]
    assert ogg.stream(b"".join(side)).links == (b"".join(sound),)
    later = [page(HEAD, 2, serial=5), page(b"c", 4, 7, 5, 1)]
    stream = ogg.stream(b"".join(side + later))
    assert stream.links == (b"".join(sound), b"".join(later))
    assert stream.notes == ("2 Ogg streams one after the other",)


def test_trailing_pages_without_a_packet_end_are_dropped():
    whole = [page(HEAD, 2), page(b"a", 0, 10, 1, 1)]
    (link,) = ogg.stream(b"".join([*whole, page(b"b", 0, -1, 1, 2)])).links
    assert link == b"".join([whole[0], page(b"a", 4, 10, 1, 1)])


@pytest.mark.parametrize(
    ("first", "name"), [(b"Speex   ", "Speex"), (b"\x80theora", "Theora"), (b"BBCD\0\0\0\0", r"b'BBCD.*'")]
)
def test_other_codecs_are_named(first, name):
    with pytest.raises(UnsupportedAudioError, match=f"^Ogg with {name} is not read: expected Vorbis, Opus, "):
        ogg.stream(page(first, 2) + page(b"a", 4, 10, 1, 1))


def test_pages_are_bounded(monkeypatch):
    monkeypatch.setattr(ogg, "MAX_PAGES", 5)
    with pytest.raises(TooLongError, match=r"^more than 5 Ogg pages: "):
        ogg.stream(page(HEAD, 2) * 6)
