"""Intermediate results: computed once, for signals of any length; moments against NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ser_features.extractors.base import moment_names, moments, onset_strength
from ser_features.voice.library import library


def test_results_are_computed_once(analyse, sine, profile):
    analysis = analyse(sine(200, profile.audio.sample_rate))
    for name in (
        "power",
        "magnitude",
        "mel_db",
        "mfcc",
        "mfcc_delta",
        "mfcc_delta2",
        "chroma",
        "rms",
        "zero_crossings",
        "onset_strength",
    ):
        assert getattr(analysis, name) is getattr(analysis, name)


def test_power_of_a_sine_sits_in_its_bin(analyse, sine, profile):
    frames, rate = profile.frames, profile.audio.sample_rate
    index = frames.n_fft // 8
    analysis = analyse(sine(index * rate / frames.n_fft, rate, amplitude=0.5))
    middle = analysis.power[len(analysis.power) // 2]
    assert middle.argmax() == index
    # The peak of a sine of amplitude a is a · sum(window) / 2; a Hann window sums to half its length.
    assert np.sqrt(middle[index]) == pytest.approx(0.5 * frames.frame_length / 4, rel=1e-4)


@pytest.mark.parametrize("frames", range(1, 21))
def test_short_signals_have_one_frame_per_hop(analyse, profile, frames):
    size = (frames - 1) * profile.frames.hop_length + 7
    analysis = analyse(np.random.default_rng(frames).normal(size=size))
    assert analysis.power.shape == (frames, profile.frames.n_fft // 2 + 1)
    assert analysis.mel_db.shape == (frames, profile.frames.n_mels)
    assert analysis.mfcc.shape == (frames, 13)
    assert analysis.rms.shape == analysis.onset_strength.shape == (frames,)
    assert analysis.zero_crossings.shape == (frames,)
    assert analysis.chroma.shape == (frames, 12)
    assert analysis.mfcc_delta.shape == analysis.mfcc_delta2.shape == (frames, 13)
    for name in ("power", "mel_db", "mfcc", "chroma", "rms", "zero_crossings", "onset_strength"):
        assert np.isfinite(getattr(analysis, name)).all()


@given(
    arrays.arrays(
        np.float32, st.tuples(st.integers(1, 12), st.integers(1, 40)), elements=st.floats(-100, 80, width=32)
    ),
    st.integers(0, 4),
)
def test_onsets_by_the_kernel_equal_those_by_numpy(levels, shift):
    strength = onset_strength(levels, shift, library().onsets)
    np.testing.assert_allclose(strength, onset_strength(levels, shift), rtol=1e-6, atol=1e-6)


def test_with_mel_db_replaces_what_depends_on_the_log_mel_spectrogram(analyse, sine, profile):
    analysis = analyse(sine(300, profile.audio.sample_rate))
    given = analysis.mel_db[::-1].copy()
    other = analysis.with_mel_db(given)
    assert other.mel_db is given
    np.testing.assert_allclose(other.mfcc, analysis.mfcc[::-1], rtol=1e-6)
    assert not np.array_equal(other.onset_strength, analysis.onset_strength)
    assert np.array_equal(other.power, analysis.power)
    assert np.array_equal(other.rms, analysis.rms)
    assert analysis.mel_db is not given


def test_moments_are_named_in_their_order():
    values = moments("mel", np.array([[1, 10], [3, 30]], np.float32))
    assert values == {"mel_mean_0": 2, "mel_mean_1": 20, "mel_std_0": 1, "mel_std_1": 10}
    assert tuple(values) == moment_names("mel", 2)


@given(
    arrays.arrays(
        np.float32, st.tuples(st.integers(1, 20), st.integers(1, 4)), elements=st.floats(-99, 99, width=32)
    )
)
def test_moments_are_numpy_s(values):
    exact = values.astype(np.float64)
    expected = [*exact.mean(axis=0), *exact.std(axis=0)]
    assert list(moments("x", values).values()) == pytest.approx(expected, abs=1e-12)
