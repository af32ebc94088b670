"""One gap, no longer than was asked for, and nothing else."""

import numpy as np
import pytest

from ser_features.augment import Variant

RAMPS = 160
"""Two of 5 ms at 16 kHz."""


@pytest.mark.parametrize("position", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("fraction", [0.02, 0.1, 0.5])
def test_one_gap_of_that_share(apply, speech, fraction, position):
    found = apply("time_mask", speech, fraction=fraction, position=position)
    length = int(fraction * speech.size)
    start = round(position * (speech.size - length))
    differing = np.flatnonzero(found != speech)
    assert differing.min() >= start
    assert differing.max() < start + length
    silent = found[start + RAMPS // 2 : start + length - RAMPS // 2]
    assert silent.size == length - RAMPS
    assert not silent.any()


def test_drawn_gaps_take_up_to_a_tenth_and_lie_anywhere(apply):
    variant, ones = Variant("gap", "time_mask"), np.ones(16_000, np.float32)
    shares, middles = [], []
    for number in range(300):
        found = apply("time_mask", ones, **variant.draw(0, f"x/{number}"))
        changed = np.flatnonzero(found != 1)
        shares.append(changed.size / ones.size)
        middles.append(changed.mean() / ones.size if changed.size else 0.5)
    assert 0.095 < max(shares) <= 0.1
    assert min(shares) < 0.01
    assert np.mean(shares) == pytest.approx(0.05, abs=0.006)
    assert min(middles) < 0.1 < 0.9 < max(middles)


def test_a_mask_of_nothing_changes_nothing(apply, speech):
    assert np.array_equal(apply("time_mask", speech, fraction=0.0, position=0.5), speech)
