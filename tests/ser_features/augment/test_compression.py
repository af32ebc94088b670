"""The static curve: slope 1 below the threshold, 1/ratio above it."""

import numpy as np
import pytest


def steps(sine, levels_db: list[float]) -> np.ndarray:
    """Half a second of tone at each level, the loudest of them at 0 dB."""
    tone = sine(200, 16_000, seconds=0.5)
    return np.concatenate([tone * np.float32(10 ** (decibels / 20)) for decibels in levels_db])


def middles(signal: np.ndarray, count: int) -> np.ndarray:
    """Level of the middle of each step, in dB."""
    return np.array([10 * np.log10(np.mean(part[2000:-2000] ** 2.0)) for part in np.split(signal, count)])


@pytest.mark.parametrize("ratio", [2.0, 4.0, 20.0])
def test_levels_above_the_threshold_rise_by_a_share(apply, sine, ratio):
    levels = [-60.0, -40.0, -21.0, -16.0, -8.0, 0.0]
    signal = steps(sine, levels)
    found = middles(apply("compression", signal, threshold_db=-20, ratio=ratio), len(levels))
    gained = found - middles(signal, len(levels))
    expected = -np.maximum(np.array(levels) + 20, 0) * (1 - 1 / ratio)
    assert gained == pytest.approx(expected, abs=0.05)


def test_what_is_softer_than_the_threshold_is_untouched(apply, sine):
    signal = steps(sine, [-30.0, 0.0])
    found = apply("compression", signal, threshold_db=-20, ratio=4)
    assert np.array_equal(found[:7000], signal[:7000])


def test_it_does_not_depend_on_the_recording_level(apply, speech):
    found = apply("compression", speech, threshold_db=-20, ratio=4)
    faint = apply("compression", speech / 64, threshold_db=-20, ratio=4)
    assert 64 * faint == pytest.approx(found, rel=1e-4, abs=1e-7)


def test_speech_has_less_range_after(apply, speech, level):
    found = apply("compression", speech, threshold_db=-20, ratio=4)
    before, after = (
        np.percentile([level(part) for part in np.array_split(signal, signal.size // 320)], [50, 99])
        for signal in (speech, found)
    )
    assert after[1] / after[0] < 0.7 * before[1] / before[0]


def test_ratio_one_is_no_change(apply, speech):
    assert np.array_equal(apply("compression", speech, threshold_db=-20, ratio=1), speech)
