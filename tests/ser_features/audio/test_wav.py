"""Chunks of WAV files and the size of their data."""

import struct

import pytest

from ser_features.audio import wav
from ser_features.audio.stream import NEVER_FILLED_IN
from ser_features.audio.wav_codecs import name_of
from tests.attacks import zoo
from tests.attacks.zoo import chunk, fmt, samples

PCM = samples()
LIST = chunk(b"LIST", b"INFOabcdef")


@pytest.mark.parametrize(
    "chunks",
    [
        (fmt(), chunk(b"data", PCM)),
        (fmt(), LIST, chunk(b"data", PCM), LIST),
        (fmt(bits=8), chunk(b"data", PCM[:999])),
        (fmt(), chunk(b"data", PCM), chunk(b"LIST", b"INFOabcd", 800)),
        (fmt(), chunk(b"data", PCM), bytes(5000)),
        (chunk(b"data", PCM), fmt()),
        (fmt(),),
        (),
    ],
    ids=["plain", "lists", "odd", "list cut", "zeros behind", "format last", "no data", "nothing"],
)
def test_other_files_stay_as_they_are(chunks):
    content = zoo.wav(*chunks)
    assert wav.stream(content) == wav.Stream((content,))
    assert wav.stream(content[:-1]).notes == ()


@pytest.mark.parametrize(
    ("size", "note"), [(0, NEVER_FILLED_IN), (0xFFFF_FFFF, wav.OPEN), (0x7FFF_FFFF, wav.OPEN)]
)
def test_the_true_size_replaces_an_open_one(size, note):
    expected = zoo.wav(fmt(), chunk(b"data", PCM))
    stream = wav.stream(zoo.wav(fmt(), chunk(b"data", PCM, size)))
    assert (stream.links, stream.notes) == ((expected,), (note,))


def test_big_endian():
    form = b"fmt " + struct.pack(">IHHIIHH", 16, 1, 1, 16_000, 32_000, 2, 16)
    data = b"data" + bytes(4) + bytes(range(200)) * 20
    (link,) = wav.stream(b"RIFX" + struct.pack(">I", 4000) + b"WAVE" + form + data).links
    assert link.endswith(b"data" + struct.pack(">I", 4000) + data[8:])


def test_names_of_encodings():
    assert name_of(0xA109) == "Speex (WAV format 0xA109)"
    assert name_of(0xABCD) == "WAV format 0xABCD"
