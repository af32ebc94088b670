"""Minus the signal."""

import numpy as np


def test_every_sample_is_negated(apply, speech):
    assert np.array_equal(apply("polarity", speech), -speech)
