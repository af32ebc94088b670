"""Parts of a file: the samples of a file cut there, whatever the format, the order and the length."""

import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_features.audio import decode, positions
from ser_features.audio.excerpts import SLIGHTLY_LATER, excerpt, release, sha256_of
from ser_features.audio.positions import DecodedSamples, SeekableSamples, samples_of
from ser_features.errors import (
    EmptyFileError,
    NotAudioError,
    OutsideFileError,
    SilentAudioError,
    TooLongError,
    TruncatedAudioError,
    UnreadableFileError,
)

RATE = 8000
SIGNAL = np.random.default_rng(0).uniform(-0.6, 0.6, (4 * RATE, 2)).astype(np.float32)
PARTS = ((0.0, 1.5), (1.25, 2.0), (2.0, None), (0.5, 0.75))

SEEKABLE = (
    *(
        ("WAV", subtype)
        for subtype in ("PCM_16", "PCM_24", "PCM_32", "PCM_U8", "FLOAT", "DOUBLE", "ULAW", "ALAW")
    ),
    *(("FLAC", "PCM_16"), ("FLAC", "PCM_24"), ("FLAC", "PCM_S8"), ("RF64", "PCM_16"), ("CAF", "PCM_24")),
    *(("AU", "PCM_16"), ("AU", "FLOAT")),
)
DECODED = (
    ("AIFF", "PCM_16"),
    ("W64", "PCM_24"),
    ("OGG", "VORBIS"),
    ("OGG", "OPUS"),
    ("MP3", None),
    ("WAV", "IMA_ADPCM"),
)


@pytest.fixture(autouse=True)
def _release():
    yield
    release()


def written(folder, form, subtype, signal=SIGNAL, name="call"):
    path = folder / f"{name}.{form.lower()}"
    soundfile.write(path, signal, RATE, subtype, format=form)
    return path


def decoded(content):
    return decode(content, min_seconds=0, max_seconds=600)


def part_of(path, start, end=None):
    return decoded(excerpt(path, start, end, longest=600).content)


@pytest.mark.parametrize(("form", "subtype"), SEEKABLE)
def test_a_part_is_a_file_that_was_cut_there(tmp_path, form, subtype):
    path = written(tmp_path, form, subtype)
    assert isinstance(samples_of(path), SeekableSamples)
    kind = {"PCM_24": "int32", "PCM_32": "int32", "FLOAT": "float32", "DOUBLE": "float64"}.get(
        subtype, "int16"
    )
    whole, _ = soundfile.read(path, dtype=kind)
    for start, end in PARTS:
        last = None if end is None else round(end * RATE)
        cut = decoded(written(tmp_path, form, subtype, whole[round(start * RATE) : last], "cut").read_bytes())
        part = part_of(path, start, end)
        np.testing.assert_array_equal(part.signal, cut.signal)
        assert (part.sample_rate, part.channels, part.notes) == (cut.sample_rate, cut.channels, cut.notes)


@pytest.mark.parametrize(("form", "subtype"), DECODED)
def test_other_formats_are_decoded_to_the_same_samples_in_any_order(tmp_path, form, subtype):
    path = written(tmp_path, form, subtype, SIGNAL[:, 0])
    assert isinstance(samples_of(path), DecodedSamples)
    whole = decoded(path).signal
    for start, end in PARTS:
        last = None if end is None else round(end * RATE)
        np.testing.assert_array_equal(part_of(path, start, end).signal, whole[round(start * RATE) : last])


def test_a_file_is_decoded_once_for_parts_in_order(tmp_path, monkeypatch):
    path, begun = written(tmp_path, "OGG", "VORBIS"), []
    monkeypatch.setattr(
        DecodedSamples, "_begin", lambda self, begin=DecodedSamples._begin: begun.append(begin(self))
    )
    for start in np.arange(0, 3.5, 0.25):
        part_of(path, float(start), float(start) + 0.5)
    assert len(begun) == 1


def test_channels_of_a_part(tmp_path):
    path = written(tmp_path, "WAV", "PCM_16", np.stack([SIGNAL[:, 0], 0 * SIGNAL[:, 1]], axis=1))
    content = excerpt(path, 1.0, 2.0, longest=600).content
    assert decoded(content).notes == ("a channel without sound is not used",)
    with pytest.raises(SilentAudioError):
        decode(content, min_seconds=0, max_seconds=600, channel=2)


@pytest.mark.parametrize(("form", "subtype"), [("WAV", "PCM_16"), ("OGG", "VORBIS")])
def test_parts_outside_of_the_file(tmp_path, form, subtype):
    path = written(tmp_path, form, subtype)
    with pytest.raises(
        OutsideFileError, match=r"^the part is from 3 to 4.2 s, the file is 4 s long: expected a"
    ):
        excerpt(path, 3.0, 4.2, longest=600)
    with pytest.raises(OutsideFileError, match=r"from 5 to its end s, the file is 4 s"):
        excerpt(path, 5.0, None, longest=600)
    rounded = excerpt(path, 3.0, 4.05, longest=600)
    assert rounded.notes == (SLIGHTLY_LATER,)
    assert decoded(rounded.content).signal.size == RATE
    for end in (3.0, None):
        with pytest.raises(TooLongError, match=r"^the part is longer than 1.5 s, expected at most that: cut"):
            excerpt(path, 1.0, end, longest=1.5)


def test_a_damaged_file_is_refused_for_every_part(tmp_path):
    path = written(tmp_path, "WAV", "PCM_16")
    path.write_bytes(path.read_bytes()[:-20_000])
    for _ in range(2):
        with pytest.raises(TruncatedAudioError, match="the header says"):
            excerpt(path, 0.0, 1.0, longest=600)
    for content, error in ((b"", EmptyFileError), (b"no audio", NotAudioError)):
        path.write_bytes(content)
        with pytest.raises(error):
            excerpt(path, 0.0, 1.0, longest=600)
    for refused in (tmp_path, tmp_path / "absent.wav"):
        with pytest.raises(UnreadableFileError):
            excerpt(refused, 0.0, 1.0, longest=600)


def test_parts_before_the_damage_are_read_in_any_order(monkeypatch):
    def damaged(content, notes):
        for start in (0, RATE, 2 * RATE):
            yield SIGNAL[start : start + RATE], RATE
        raise TruncatedAudioError("damaged")

    monkeypatch.setattr(positions, "stream_blocks", damaged)
    samples = DecodedSamples(b"")
    for _ in range(2):
        np.testing.assert_array_equal(samples.read(0, RATE, RATE), SIGNAL[:RATE])
        with pytest.raises(TruncatedAudioError):
            samples.read(3 * RATE, None, RATE)


def test_a_file_that_changes_is_read_anew(tmp_path):
    path = written(tmp_path, "WAV", "PCM_16")
    before, digest = part_of(path, 0.0, 1.0), sha256_of(path)
    written(tmp_path, "WAV", "PCM_16", -SIGNAL)
    os.utime(path, ns=(0, 0))
    np.testing.assert_allclose(part_of(path, 0.0, 1.0).signal, -before.signal, atol=1e-4)
    assert sha256_of(path) != digest


def test_a_size_that_was_never_filled_in(tmp_path):
    path = written(tmp_path, "WAV", "PCM_16", SIGNAL[:, 0])
    content = bytearray(path.read_bytes())
    content[40:44] = bytes(4)
    path.write_bytes(content)
    np.testing.assert_array_equal(part_of(path, 1.0, 2.0).signal, decoded(path).signal[RATE : 2 * RATE])
    assert "the header has no size of the samples" in excerpt(path, 1.0, 2.0, longest=600).notes[0]


def test_memory_is_that_of_a_part(tmp_path):
    path = Path(written(tmp_path, "WAV", "PCM_16", np.tile(SIGNAL, (60, 1))))
    tracemalloc.start()
    for start in range(200):
        excerpt(path, float(start), start + 0.5, longest=600)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20 < path.stat().st_size
