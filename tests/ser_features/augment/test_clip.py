"""Flat at a share of the peak, untouched below."""

import numpy as np
import pytest


@pytest.mark.parametrize("threshold", [0.1, 0.5, 1.0])
def test_flat_above_untouched_below(apply, speech, threshold):
    limit = threshold * np.abs(speech).max()
    found = apply("clip", speech, threshold=threshold)
    assert np.abs(found).max() == pytest.approx(limit, rel=1e-6)
    below = np.abs(speech) < limit
    assert np.array_equal(found[below], speech[below])
    assert found[~below] == pytest.approx(np.sign(speech[~below]) * limit, rel=1e-6)


def test_published_threshold_does_something_to_a_soft_recording(apply, speech):
    faint = speech / 16
    assert np.abs(faint).max() < 0.5
    assert not np.array_equal(apply("clip", faint, threshold=0.5), faint)
