"""Gain, polarity, clipping and compression, measured on their output."""

import numpy as np
import pytest

from ser_features.augment import Variant


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.5, 40.0])
def test_gain_scales_every_sample(apply, speech, factor):
    output = apply("gain", speech, factor=factor)
    assert np.abs(output).max() == pytest.approx(factor * np.abs(speech).max(), rel=1e-6)
    np.testing.assert_allclose(output, factor * speech, rtol=1e-6)


def test_gain_draws_the_paper_s_factors():
    factors = [Variant("louder", "gain").draw(0, f"x/{number}")["factor"] for number in range(300)]
    assert 0.5 <= min(factors) < 0.52
    assert 1.48 < max(factors) <= 1.5


def test_polarity_negates_every_sample(apply, speech):
    assert np.array_equal(apply("polarity", speech), -speech)


@pytest.mark.parametrize("threshold", [0.1, 0.5, 1.0])
def test_clip_limits_samples_above_the_threshold_only(apply, speech, threshold):
    limit = threshold * np.abs(speech).max()
    output = apply("clip", speech, threshold=threshold)
    assert np.abs(output).max() == pytest.approx(limit, rel=1e-6)
    below = np.abs(speech) < limit
    assert np.array_equal(output[below], speech[below])
    np.testing.assert_allclose(output[~below], np.sign(speech[~below]) * limit, rtol=1e-6)


def test_clip_affects_soft_recordings(apply, speech):
    faint = speech / 16
    assert np.abs(faint).max() < 0.5
    assert not np.array_equal(apply("clip", faint, threshold=0.5), faint)


def steps(sine, levels_db: list[float]) -> np.ndarray:
    """Half a second of tone at each level, the loudest of them at 0 dB."""
    tone = sine(200, 16_000, seconds=0.5)
    return np.concatenate([tone * np.float32(10 ** (decibels / 20)) for decibels in levels_db])


def middles(signal: np.ndarray, count: int) -> np.ndarray:
    """Level of the middle of each step, in dB."""
    return np.array([10 * np.log10(np.mean(part[2000:-2000] ** 2.0)) for part in np.split(signal, count)])


@pytest.mark.parametrize("ratio", [2.0, 4.0, 20.0])
def test_compression_ratio_above_the_threshold(apply, sine, ratio):
    levels = [-60.0, -40.0, -21.0, -16.0, -8.0, 0.0]
    signal = steps(sine, levels)
    output = middles(apply("compression", signal, threshold_db=-20, ratio=ratio), len(levels))
    gained = output - middles(signal, len(levels))
    expected = -np.maximum(np.array(levels) + 20, 0) * (1 - 1 / ratio)
    assert gained == pytest.approx(expected, abs=0.05)


def test_compression_leaves_levels_below_the_threshold(apply, sine):
    signal = steps(sine, [-30.0, 0.0])
    output = apply("compression", signal, threshold_db=-20, ratio=4)
    assert np.array_equal(output[:7000], signal[:7000])


def test_compression_is_independent_of_the_recording_level(apply, speech):
    output = apply("compression", speech, threshold_db=-20, ratio=4)
    faint = apply("compression", speech / 64, threshold_db=-20, ratio=4)
    np.testing.assert_allclose(64 * faint, output, rtol=1e-4, atol=1e-7)


def test_compression_reduces_the_dynamic_range_of_speech(apply, speech, level):
    output = apply("compression", speech, threshold_db=-20, ratio=4)
    before, after = (
        np.percentile([level(part) for part in np.array_split(signal, signal.size // 320)], [50, 99])
        for signal in (speech, output)
    )
    assert after[1] / after[0] < 0.7 * before[1] / before[0]


def test_compression_with_ratio_one(apply, speech):
    assert np.array_equal(apply("compression", speech, threshold_db=-20, ratio=1), speech)
