"""The F0 tracker on signals with a known answer, and against Praat frame by frame."""

import numpy as np
import parselmouth
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ser_features import corpora
from ser_features.audio import decode
from ser_features.config import SPEECH16K
from ser_features.extractors import f0_path, f0_tracker
from ser_features.extractors.f0_tracker import Contour, track
from ser_features.preprocess import prepare

FLOOR, CEILING, STEP = 75.0, 600.0, 0.01
RATES = (8_000, 11_025, 16_000, 44_100, 48_000)
EVERY_CORPUS = 12
"""Recordings of each corpus that are compared, evenly spread."""


def ours(signal: np.ndarray, rate: int, floor: float = FLOOR, ceiling: float = CEILING) -> Contour:
    return track(signal.astype(np.float32), rate, floor=floor, ceiling=ceiling, step=STEP)


def praat(signal: np.ndarray, rate: int, floor: float = FLOOR, ceiling: float = CEILING) -> Contour:
    sound = parselmouth.Sound(signal.astype(np.float32).astype(np.float64), rate)
    values = sound.to_pitch_ac(time_step=STEP, pitch_floor=floor, pitch_ceiling=ceiling)
    return Contour(values.selected_array["frequency"], values.x1, STEP)


def agreement(values: Contour, expected: Contour) -> tuple[int, int, int, int]:
    """Frames, those of the same voicing, voiced frames of Praat, those within 0.5 % of it."""
    assert values.f0.shape == expected.f0.shape
    assert values.start == pytest.approx(expected.start, abs=1e-12)
    voiced = expected.f0 > 0
    near = np.abs(values.f0 - expected.f0) <= 0.005 * expected.f0
    return voiced.size, np.sum((values.f0 > 0) == voiced), voiced.sum(), np.sum(near & voiced)


def harmonics(f0: np.ndarray, rate: int, weights: dict[int, float]) -> np.ndarray:
    phase = 2 * np.pi * np.cumsum(f0) / rate
    return sum(weight * np.sin(number * phase) for number, weight in weights.items())


def time(rate: int, seconds: float = 1.5) -> np.ndarray:
    return np.arange(int(seconds * rate)) / rate


def glide(rate: int) -> np.ndarray:
    """From 90 to 500 Hz."""
    return harmonics(np.geomspace(90, 500, time(rate).size), rate, {k: 1 / k for k in range(1, 7)})


def missing_fundamental(rate: int) -> np.ndarray:
    return harmonics(np.full(time(rate).size, 150.0), rate, {3: 1, 4: 1, 5: 1})


def strong_octave(rate: int) -> np.ndarray:
    """The second harmonic ten times as strong as the first."""
    return harmonics(np.full(time(rate).size, 130.0), rate, {1: 0.1, 2: 1, 3: 0.1})


def alternating_pulses(rate: int) -> np.ndarray:
    """Pulses at 200 Hz, every other one stronger: between 100 and 200 Hz."""
    buzz = np.maximum(np.sin(2 * np.pi * 200 * time(rate)), 0) ** 8
    return buzz * (1 + 0.2 * np.sign(np.sin(2 * np.pi * 100 * time(rate))))


def octave_jump(rate: int) -> np.ndarray:
    f0 = np.where(time(rate) < 0.7, 140.0, 280.0)
    return harmonics(f0, rate, {k: 1 / k for k in range(1, 6)})


def syllables(rate: int) -> np.ndarray:
    """Voiced, noise and silence in turn."""
    voiced = harmonics(180 + 30 * np.sin(2 * np.pi * time(rate)), rate, {k: 1 / k for k in range(1, 10)})
    noise = np.random.default_rng(1).normal(scale=0.2, size=voiced.size)
    part = (8 * time(rate)).astype(int) % 3
    return np.choose(part, [voiced, noise, np.zeros(voiced.size)])


def noisy(rate: int) -> np.ndarray:
    """Voicing on the brink."""
    return missing_fundamental(rate) + np.random.default_rng(2).normal(scale=0.9, size=time(rate).size)


SIGNALS = (glide, missing_fundamental, strong_octave, alternating_pulses, octave_jump, syllables, noisy)


@pytest.mark.parametrize("make", SIGNALS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("rate", RATES)
def test_synthetic_signals_as_praat(make, rate):
    frames, same, voiced, near = agreement(ours(make(rate), rate), praat(make(rate), rate))
    assert same >= 0.99 * frames
    assert near >= 0.99 * voiced > 0


@pytest.mark.parametrize(("floor", "ceiling"), [(50, 500), (60, 300), (120, 1_200)])
def test_other_ranges_as_praat(floor, ceiling):
    signal = glide(16_000)
    frames, same, voiced, near = agreement(
        ours(signal, 16_000, floor, ceiling), praat(signal, 16_000, floor, ceiling)
    )
    assert (same, near) == (frames, voiced)


@pytest.mark.real
@pytest.mark.parametrize("corpus", ["ravdess", "tess", "emodb"])
def test_real_recordings_as_praat(corpus, real_data):
    scan = corpora.scan(corpus, real_data)
    if not scan.recordings:
        pytest.skip(f"no recordings of {corpus} in {real_data}")
    total = np.zeros(4, int)
    for recording in scan.recordings[:: max(len(scan.recordings) // EVERY_CORPUS, 1)]:
        audio = decode(scan.root / recording.path, min_seconds=0.1, max_seconds=600)
        signal = prepare(audio, SPEECH16K.audio).signal
        total += agreement(ours(signal, 16_000), praat(signal, 16_000))
    frames, same, voiced, near = total
    assert same >= 0.99 * frames
    assert near >= 0.99 * voiced > 500


@settings(max_examples=60, deadline=None)
@given(st.integers(643, 4_000), st.sampled_from(RATES))
def test_frame_times_are_praat_s(size, rate):
    size = max(size, int(3 / FLOOR * rate) + 2)
    noise = np.random.default_rng(size).normal(size=size)
    agreement(ours(noise, rate), praat(noise, rate))


@pytest.mark.parametrize("rate", RATES)
def test_known_glide(rate):
    contour = ours(glide(rate), rate)
    centres = contour.start + contour.step * np.arange(contour.f0.size)
    truth = 90 * (500 / 90) ** (centres / time(rate)[-1])
    assert contour.f0 == pytest.approx(truth, rel=5e-3)


@pytest.mark.parametrize(
    ("make", "f0"), [(missing_fundamental, 150), (strong_octave, 130), (alternating_pulses, 100)]
)
def test_octave_errors_are_avoided(make, f0):
    assert ours(make(16_000), 16_000).f0 == pytest.approx(f0, rel=1e-3)


def test_noise_silence_and_clicks_are_unvoiced():
    noise = np.random.default_rng(3).normal(size=16_000)
    click = np.zeros(16_000)
    click[5_000] = 1
    for signal in (noise, click, np.zeros(16_000), np.full(16_000, 0.3)):
        assert not ours(signal, 16_000).f0.any()


def test_quiet_parts_are_unvoiced():
    """A tone that goes on 60 dB softer counts as silence."""
    signal = missing_fundamental(16_000) * np.where(time(16_000) < 0.75, 1, 1e-3)
    contour = ours(signal, 16_000)
    centres = contour.start + contour.step * np.arange(contour.f0.size)
    assert contour.f0[centres < 0.73].all()
    assert not contour.f0[centres > 0.77].any()


@pytest.mark.parametrize("level", [1e-9, 1e-4, 2.0**31])
def test_f0_is_independent_of_the_level(level):
    signal = syllables(16_000)
    assert ours(level * signal, 16_000).f0 == pytest.approx(ours(signal, 16_000).f0, rel=1e-5)


def test_f0_is_independent_of_the_block_size(monkeypatch):
    signal = syllables(16_000)
    expected = ours(signal, 16_000).f0
    for of_pitch, of_path in [(1, 1), (7, 2), (10_000, 50)]:
        monkeypatch.setattr(f0_tracker, "BLOCK_FRAMES", of_pitch)
        monkeypatch.setattr(f0_path, "BLOCK_FRAMES", of_path)
        assert ours(signal, 16_000).f0 == pytest.approx(expected, rel=1e-5)


def test_the_signal_is_not_altered():
    signal = syllables(16_000).astype(np.float32)
    before = signal.copy()
    ours(signal, 16_000)
    assert (signal == before).all()
