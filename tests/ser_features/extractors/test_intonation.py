"""Intonation: the F0 of `pitch` over its median, without gaps."""

import numpy as np
import pytest

from ser_features.config import SPEECH16K
from ser_features.extractors import FAMILIES, Analysis

RATE = SPEECH16K.audio.sample_rate


@pytest.fixture(scope="module")
def analysis():
    """A tone that rises by an octave, with half a second of silence in the middle."""
    time = np.arange(2 * RATE) / RATE
    tone = 0.5 * np.sin(2 * np.pi * np.cumsum(120 * 2 ** (time / 2)) / RATE)
    return Analysis(np.where(abs(time - 1) < 0.25, 0, tone).astype(np.float32), SPEECH16K)


def test_it_is_the_f0_over_its_median_and_a_line_through_the_gap(analysis):
    height, change, voiced = FAMILIES["intonation"].extractor.extract(analysis).T
    f0 = FAMILIES["pitch"].extractor.extract(analysis)[:, 0]
    measured = ~np.isnan(f0)
    np.testing.assert_allclose(
        height[measured], 12 * np.log2(f0[measured] / np.median(f0[measured])), atol=1e-4
    )
    assert np.diff(height[90:111]).std() < 1e-5
    assert change[100] == pytest.approx(12 / 200, rel=0.05)
    assert voiced[100] == 0
    assert voiced[50] == 1


def test_nothing_voiced_is_level():
    assert not FAMILIES["intonation"].extractor.extract(Analysis(np.zeros(RATE, np.float32), SPEECH16K)).any()
