"""Every sample times the factor."""

import numpy as np
import pytest

from ser_features.augment import Variant


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.5, 40.0])
def test_peak_and_every_sample_are_multiplied(apply, speech, factor):
    found = apply("gain", speech, factor=factor)
    assert np.abs(found).max() == pytest.approx(factor * np.abs(speech).max(), rel=1e-6)
    assert found == pytest.approx(factor * speech, rel=1e-6)


def test_drawn_factors_are_those_of_the_paper():
    factors = [Variant("louder", "gain").draw(0, f"x/{number}")["factor"] for number in range(300)]
    assert 0.5 <= min(factors) < 0.52
    assert 1.48 < max(factors) <= 1.5
