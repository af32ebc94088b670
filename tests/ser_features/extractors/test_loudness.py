"""Course of the loudness of bands with a known answer."""

import numpy as np
import pytest

from ser_features.extractors.loudness import COURSE, LOUDNESS_COLUMNS, Loudness, course


def test_course_of_known_bands():
    peaks = np.resize([1.0, 2.0, 3.0, 2.0], 100)
    rise = np.linspace(1, 2, 100)
    values = course(np.stack([peaks, rise, np.ones(100)], axis=1).astype(np.float32), frame_rate=100)
    assert list(values) == list(COURSE)
    assert values["peak_rate"].tolist() == [25, 0, 0]
    assert values["peak_mean"][0] == 3
    assert values["peak_relative"][0] == values["peak_std"][0] + 1 == 1
    assert values["above_50"][:2] == pytest.approx([0.25, 0.5])
    assert values["rising"].tolist() == pytest.approx([0.5, 0.99, 0])
    assert (values["position_max"][1], values["position_min"][1]) == (0.99, 0)
    assert values["centre"][1] == pytest.approx(2 / 3, abs=0.01)
    assert np.isnan([values["peak_mean"][1], values["mean_fall"][1], values["centre"][2]]).all()
    assert values["mean_rise"][1] == pytest.approx(1 / 99)


def test_relative_functionals_do_not_depend_on_the_level(analyse):
    signal = np.random.default_rng(0).normal(size=16_000) * np.sin(np.arange(16_000) / 900)
    quiet, loud = (Loudness().extract(analyse(gain * signal)) for gain in (0.05, 0.1))
    names = [column.name.partition("__")[2] for column in LOUDNESS_COLUMNS]
    scaled = [
        name.startswith(("peak_mean", "peak_rel", "peak_std", "trough", "mean_", "change")) for name in names
    ]
    factor = np.where(scaled, 2**0.66, 1)
    np.testing.assert_allclose(loud, quiet * factor, rtol=1e-3)
