"""Copies of a recording are grouped, other takes are not; parts, refusals, order and workers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soxr

from ser_features.corpora import scan
from ser_features.duplicates import find_duplicates
from ser_features.duplicates.candidates import NEIGHBOURS, candidates
from ser_features.duplicates.fingerprint import FRAME, RATE, Fingerprint, fingerprint, similarity
from ser_features.sources import Part
from tests.cases.sounds import save, voice

SECONDS = 1.5

Alter = Callable[[np.ndarray], tuple[np.ndarray, int]]

COPIES: dict[str, Alter] = {
    "gain": lambda signal: (signal / 5, 16_000),
    "inverted": lambda signal: (-signal, 16_000),
    "8 kHz": lambda signal: (soxr.resample(signal, 16_000, 8_000), 8_000),
    "48 kHz": lambda signal: (soxr.resample(signal, 16_000, 48_000), 48_000),
    "cut at the start": lambda signal: (signal[1_680:], 16_000),
    "cut at the end": lambda signal: (signal[:-1_680], 16_000),
    "silence around": lambda signal: (np.pad(signal, (5_019, 8_000)), 16_000),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three takes, and each copy of the first."""
    folder = tmp_path_factory.mktemp("takes")
    for take in range(3):
        save(folder / f"take{take}.wav", voice(take=take, seconds=SECONDS))
    for name, alter in COPIES.items():
        save(folder / f"{name}.wav", *alter(voice(seconds=SECONDS)))
    signal = voice(seconds=SECONDS)
    options = {"format": "MP3", "bitrate_mode": "CONSTANT", "compression_level": 0.632}
    save(folder / "64 kbit per s.mp3", signal, **options)
    for suffix in ("flac", "wav"):
        save(folder / f"same.{suffix}", (signal * 2**15).astype(np.int16), format=suffix.upper())
    return folder


def parts(folder: Path) -> dict[str, Part]:
    return {path.name: Part(path) for path in sorted(folder.iterdir())}


def test_copies_are_near_identical_and_takes_are_not(folder):
    result = find_duplicates(parts(folder), workers=1)
    assert set(result.groups) == {path.name for path in folder.iterdir()} - {"take1.wav", "take2.wav"}
    assert set(result.groups.values()) == {"48 kHz.wav"}
    assert result.identical == {"same.flac": "same.flac", "same.wav": "same.flac"}
    assert [(pair.one, pair.other) for pair in result.pairs if pair.is_identical] == [
        ("same.flac", "same.wav")
    ]
    assert all(0.85 < pair.similarity <= 1 for pair in result.pairs)


@pytest.mark.long
def test_workers_and_order_change_nothing(folder):
    recordings = parts(folder) | {f"again {name}": part for name, part in parts(folder).items()}
    counts: list[tuple[int, int]] = []
    one = find_duplicates(recordings, workers=1, on_recording=lambda *count: counts.append(count))
    assert counts == [(number, len(recordings)) for number in range(1, len(recordings) + 1)]
    backwards = dict(reversed(recordings.items()))
    assert len(backwards) > 16  # so that there are processes
    assert find_duplicates(backwards, workers=2) == one


def test_parts_and_channels_are_compared_alone(tmp_path):
    first, second = voice(take=0, seconds=1.0), voice(take=1, seconds=1.0)
    save(tmp_path / "both.wav", np.concatenate([first, second]))
    save(tmp_path / "stereo.wav", np.stack([first, second], axis=1))
    whole = Part(tmp_path / "both.wav")
    groups = find_duplicates(
        {
            "first": Part(tmp_path / "both.wav", 0, 1),
            "second": Part(tmp_path / "both.wav", 1, 2),
            "left": Part(tmp_path / "stereo.wav", channel=1),
            "right": Part(tmp_path / "stereo.wav", channel=2),
        }
    ).groups
    assert groups == {"first": "first", "left": "first", "right": "right", "second": "right"}
    with_whole = find_duplicates({"first": Part(tmp_path / "both.wav", 0, 1), "whole": whole})
    assert with_whole.groups == {"first": "first", "whole": "first"}  # all of a part is in its file


def test_what_cannot_be_decoded_is_reported(tmp_path, folder):
    (tmp_path / "text.wav").write_text("no audio")
    save(tmp_path / "zero.wav", np.zeros(8_000))
    save(tmp_path / "short.wav", voice(seconds=0.1))
    save(tmp_path / "other.wav", voice(seconds=0.1))
    missing = {"missing": Part(tmp_path / "none.wav"), "take": Part(folder / "take0.wav", 3, 4)}
    result = find_duplicates(parts(tmp_path) | missing)
    assert {name: problem.partition(":")[0] for name, problem in result.refused.items()} == {
        "missing": "UnreadableFileError",
        "take": "OutsideFileError",
        "text.wav": "NotAudioError",
        "zero.wav": "SilentAudioError",
    }
    assert result.groups == {"other.wav": "other.wav", "short.wav": "other.wav"}  # of equal samples
    assert find_duplicates({}).pairs == ()


def test_many_copies_are_one_group():
    codes = np.random.default_rng(0).integers(0, 2**32, 40, np.uint32)
    copies = [Fingerprint(codes, np.ones(40, bool))] * 12
    pairs = list(candidates(copies))
    assert {(one.one, one.other) for one in pairs} == {
        (one, other) for one in range(12) for other in range(one + 1, min(one + NEIGHBOURS, 11) + 1)
    }
    assert {one.offset for one in pairs} == {0}


def test_fingerprints():
    signal = voice(seconds=1.0, rate=RATE)
    own = fingerprint(signal, RATE)
    assert len(own.codes) == len(own.active) == (RATE - FRAME) // 80 + 1 - 4
    assert similarity(own, own, 0) == 1
    assert similarity(own, own, len(own.codes)) == similarity(own, own, -len(own.codes)) == 0
    assert 0.4 < similarity(own, fingerprint(np.random.default_rng(0).normal(size=RATE), RATE), 0) < 0.6
    assert not len(fingerprint(signal[: FRAME + 79], RATE).codes)
    faded = np.concatenate([signal, signal / 1_000])
    assert fingerprint(faded, RATE).active[: len(own.codes)].tolist() == own.active.tolist()
    assert not fingerprint(faded, RATE).active[RATE // 80 :].any()


def test_takes_of_real_recordings(real_data):
    """Of the two takes of a sentence in EmoDB, none are grouped; a copy of each is found."""
    recordings = [one for one in scan("emodb", real_data).recordings if one.speaker == "08"][:12]
    takes = {one.stem: Part(real_data / one.path) for one in recordings}
    later = {f"{name} later": Part(part.path, 0.105) for name, part in takes.items()}
    groups = find_duplicates(takes | later, workers=1).groups
    assert groups == {name: name.removesuffix(" later") for name in takes | later}
