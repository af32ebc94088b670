"""F0, pulses, jitter and shimmer by the compiled kernels, against Praat."""

import ctypes

import numpy as np
import parselmouth
import pytest
from parselmouth.praat import call

from benchmarks.accuracy.voice_parity import TARGETS, Parity, signals
from ser_features.config import SPEECH16K
from ser_features.voice import contour
from ser_features.voice.library import library
from tests.ser_features.extractors.test_f0_tracker import SIGNALS, glide

STEP = 0.01
EVERY_CORPUS = 6


def track(signal: np.ndarray, rate: int, lowest: float = 75.0, highest: float = 600.0) -> contour.Contour:
    return contour.track(signal, contour.Limits(rate, lowest, highest, STEP))


@pytest.mark.parametrize("make", SIGNALS)
@pytest.mark.parametrize(("rate", "lowest", "highest"), [(16_000, 75.0, 600.0), (48_000, 50.0, 500.0)])
def test_signals_give_praat_s_contour_and_pulses(make, rate, lowest, highest):
    signal = make(rate)
    sound = parselmouth.Sound(signal, rate)
    pitch = sound.to_pitch_ac(time_step=STEP, pitch_floor=lowest, pitch_ceiling=highest)
    expected = pitch.selected_array
    ours = track(signal, rate, lowest, highest)
    assert (ours.start, ours.step) == (pitch.x1, pitch.dx)
    np.testing.assert_array_equal(ours.f0 > 0, expected["frequency"] > 0)
    np.testing.assert_allclose(ours.f0, expected["frequency"], rtol=1e-3)
    np.testing.assert_allclose(ours.strength, expected["strength"] * (ours.f0 > 0), atol=1e-3)
    pulses = call([sound, pitch], "To PointProcess (cc)")
    times = [call(pulses, "Get time from index", 1 + i) for i in range(call(pulses, "Get number of points"))]
    np.testing.assert_allclose(contour.pulses(signal, rate, ours), times, atol=1e-4)


@pytest.mark.real
@pytest.mark.parametrize("name", ["ravdess", "tess", "emodb", "nemo"])
def test_real_recordings_give_praat_s_values(name, real_data):
    parity = Parity()
    for signal in signals(name, real_data, EVERY_CORPUS):
        parity.add(signal, SPEECH16K.audio.sample_rate, SPEECH16K.pitch)
    shares = parity.shares()
    assert {what: shares[what] for what, least in TARGETS.items() if shares[what] < least} == {}
    assert (parity.octaves, parity.recordings) == (0, EVERY_CORPUS)


@pytest.mark.parametrize("signal", [np.zeros(16_000), np.full(16_000, 0.5)], ids=["silence", "offset"])
def test_a_constant_has_no_f0_and_no_pulses(signal):
    ours = track(signal, 16_000)
    assert not ours.f0.any()
    assert not ours.strength.any()
    points = contour.pulses(signal, 16_000, ours)
    assert points.size == 0
    assert np.isnan(contour.jitter(points, SPEECH16K.pitch))
    assert np.isnan(contour.shimmer(signal, 16_000, points, SPEECH16K.pitch))


def test_the_level_does_not_matter():
    loud, soft = glide(16_000), 1e-6 * glide(16_000)
    np.testing.assert_allclose(track(soft, 16_000).f0, track(loud, 16_000).f0, rtol=1e-5)


def test_the_shortest_signal_has_one_frame():
    signal = glide(16_000)[: 640 + 1]
    assert track(signal, 16_000).f0.size == 1


def test_arrays_of_another_type_are_refused():
    points = np.arange(10.0)
    with pytest.raises(ctypes.ArgumentError):
        library().jitter(points.astype(np.float32), 10, 0.0001, 2.0, 1.3)
    with pytest.raises(ctypes.ArgumentError):
        library().jitter(points[::2], 5, 0.0001, 2.0, 1.3)
    assert library().jitter(points, 10, 0.0001, 2.0, 1.3) == 0
