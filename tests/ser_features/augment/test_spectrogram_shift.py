"""A quarter to the right, silence from the left."""

import numpy as np
import pytest

from ser_features.augment import TRANSFORMS

MEL = np.random.default_rng(0).uniform(-80, 0, (200, 64)).astype(np.float32)


@pytest.mark.parametrize(("fraction", "frames"), [(0.25, 50), (0.5, 100)])
def test_right(fraction, frames):
    found = TRANSFORMS["spectrogram_shift"].apply(MEL, {"fraction": fraction})
    assert np.array_equal(found[frames:], MEL[:-frames])
    assert (found[:frames] == MEL.min()).all()


def test_left():
    found = TRANSFORMS["spectrogram_shift"].apply(MEL, {"fraction": -0.25})
    assert np.array_equal(found[:-50], MEL[50:])
    assert (found[-50:] == MEL.min()).all()


def test_no_shift_is_no_change():
    assert np.array_equal(TRANSFORMS["spectrogram_shift"].apply(MEL, {"fraction": 0.0}), MEL)
