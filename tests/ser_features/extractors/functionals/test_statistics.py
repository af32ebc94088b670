"""Every functional against NumPy and SciPy, and on sequences with a known answer."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ser_features.extractors.functionals import statistics

COURSE = np.random.default_rng(3).gamma(2.0, 3.0, size=(137, 5)) - 4

NUMPY = {
    "mean": lambda x: x.mean(axis=0),
    "std": lambda x: x.std(axis=0),
    "skewness": lambda x: scipy.stats.skew(x),
    "kurtosis": lambda x: scipy.stats.kurtosis(x, fisher=False),
    **{
        f"p{percent:02d}": lambda x, percent=percent: np.percentile(x, percent, axis=0)
        for percent in statistics.PERCENTILES
    },
    "iqr": lambda x: scipy.stats.iqr(x, axis=0),
    "range_10_90": lambda x: np.percentile(x, 90, axis=0) - np.percentile(x, 10, axis=0),
    "range_01_99": lambda x: np.percentile(x, 99, axis=0) - np.percentile(x, 1, axis=0),
    "slope": lambda x: np.polyfit(np.linspace(-1, 1, len(x)), x, 1)[0],
    "curvature": lambda x: np.polyfit(np.linspace(-1, 1, len(x)), x, 2)[0],
    "mac": lambda x: np.abs(np.diff(x, axis=0)).mean(axis=0),
}


@pytest.mark.parametrize("name", statistics.FULL)
def test_functionals_equal_numpy_and_scipy(name):
    np.testing.assert_allclose(statistics.full(COURSE)[name], NUMPY[name](COURSE), rtol=1e-9)


def test_some_equals_full():
    every = statistics.full(COURSE)
    for names in (statistics.SHORT, statistics.VOICED, statistics.UNVOICED):
        values = statistics.some(COURSE, names)
        assert tuple(values) == names
        for name in names:
            np.testing.assert_array_equal(values[name], every[name])


def test_no_frames_give_nan():
    assert np.isnan(list(statistics.some(COURSE[:0], statistics.VOICED).values())).all()


@given(
    arrays(
        np.float32, st.tuples(st.integers(1, 40), st.integers(1, 3)), elements=st.floats(-1e4, 1e4, width=32)
    )
)
def test_functionals_are_finite(course):
    assert np.isfinite(list(statistics.full(course).values())).all()


def test_skewness_and_kurtosis_of_a_constant_are_zero():
    values = statistics.full(np.full((50, 1), 0.1, np.float32))
    assert values["skewness"] == values["kurtosis"] == 0


@pytest.mark.parametrize(("hertz", "band"), [(0.75, 0), (1.5, 1), (3, 2), (6, 3), (12, 4), (24, 5)])
def test_modulation_of_a_sine_is_in_its_band(hertz, band):
    time = np.arange(600) / 100
    values = statistics.modulation(np.sin(2 * np.pi * hertz * time)[:, np.newaxis].astype(np.float32), 100.0)
    assert int(np.argmax([value[0] for value in values.values()])) == band


def test_modulation_equals_numpy_s_fft():
    values = statistics.modulation(COURSE.astype(np.float32), 100.0)
    window = np.hanning(len(COURSE) + 2)[1:-1, np.newaxis]
    power = np.abs(np.fft.rfft((COURSE - COURSE.mean(axis=0)) * window, 512, axis=0)) ** 2 / len(COURSE)
    frequencies = np.fft.rfftfreq(512, 0.01)
    for (low, high), value in zip(statistics.MODULATION, values.values(), strict=True):
        inside = (frequencies >= low) & (frequencies < high)
        np.testing.assert_allclose(value, np.log10(power[inside].mean(axis=0) + 1e-3), atol=1e-4)


def test_modulation_above_half_the_frame_rate_is_nan():
    values = statistics.modulation(COURSE.astype(np.float32), 30.0)
    assert np.isnan(values["modulation_16_32hz"]).all()
    assert np.isfinite(values["modulation_4_8hz"]).all()


def test_thirds_are_relative_to_the_mean():
    course = np.array([[0.0], [0.0], [3.0], [3.0], [np.nan], [6.0]])
    values = statistics.thirds(course)
    assert [float(value[0]) for value in values.values()] == pytest.approx([-2.4, 0.6, 3.6])


def test_a_third_without_a_value_is_nan():
    values = statistics.thirds(np.array([[1.0], [np.nan], [1.0]]))
    assert np.isnan(values["third_2"]).all()
