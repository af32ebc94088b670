"""Reverberation time and direct-to-reverberant ratio, measured on impulse responses."""

import numpy as np
import pytest

from ser_features.augment.room import FIRST_SECONDS, impulse_response

RATE = 16_000


def reverberation_time(response: np.ndarray) -> float:
    """RT60 in s from the decay between -5 and -35 dB of Schroeder's integral (T30, ISO 3382)."""
    energy = np.cumsum(np.square(response[:0:-1], dtype=np.float64))[::-1]
    decay = 10 * np.log10(energy / energy[0])
    straight = (decay < -5) & (decay > -35)
    slope = np.polyfit(np.flatnonzero(straight) / RATE, decay[straight], 1)[0]
    return float(-60 / slope)


@pytest.mark.parametrize("rt60", [0.1, 0.3, 0.9])
def test_the_reverberation_time_is_that_asked_for(rt60):
    times = [reverberation_time(impulse_response(RATE, rt60, 0.0, seed)) for seed in range(20)]
    assert np.mean(times) == pytest.approx(rt60, rel=0.03)
    assert times == pytest.approx([rt60] * 20, rel=0.25)


@pytest.mark.parametrize("drr_db", [-3.0, 0.0, 12.0])
def test_the_direct_sound_is_as_loud_as_asked_for(drr_db):
    response = impulse_response(RATE, 0.4, drr_db, 7).astype(np.float64)
    assert response[0] == 1
    assert -10 * np.log10(np.square(response[1:]).sum()) == pytest.approx(drr_db, abs=0.01)


def test_early_reflections_are_sparse_and_the_tail_is_dense():
    response = impulse_response(RATE, 0.9, 0.0, 3)
    first, mixed = round(FIRST_SECONDS * RATE), round(0.05 * RATE)
    assert not response[1:first].any()
    assert 0 < np.count_nonzero(response[first : round(0.01 * RATE)]) < 30
    assert np.all(response[mixed:])


def test_other_seeds_are_other_rooms():
    one, same, other = (impulse_response(RATE, 0.3, 0.0, seed) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert abs(np.corrcoef(one[1:], other[1:])[0, 1]) < 0.1


def test_reverberation_is_the_convolution_cut_at_the_end(apply, vowel):
    output = apply("reverberation", vowel, rt60=0.2, drr_db=3.0, seed=5)
    expected = np.convolve(vowel, impulse_response(RATE, 0.2, 3.0, 5))[: vowel.size]
    np.testing.assert_allclose(output, expected, atol=1e-5)
