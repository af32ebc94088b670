"""Honest training sides are of the size of a split's own and share nothing with the test."""

import numpy as np
import pandas as pd

from ser_models.auditing.honest import draw
from ser_models.auditing.recordings import Fold
from ser_models.auditing.result import FORBIDDEN


def random_fold(rng, rows=240, speakers=9):
    """Random sides, with recordings that are on two of them, copies, and a file of two speakers' parts."""
    names = np.array([f"s{number}" for number in range(rows)], dtype=object)
    keys = pd.DataFrame(
        {
            "speaker": rng.integers(speakers, size=rows).astype(str),
            "audio": np.where(rng.random(rows) < 0.05, "twin", names),
            "file": np.where(rng.random(rows) < 0.05, "call", None),
            "recording": names,
            "take": np.where(rng.random(rows) < 0.05, "compressed", None),
        }
    )
    sides = rng.choice(3, size=rows, p=[0.6, 0.1, 0.3])
    train, dev, test = (np.flatnonzero(sides == side) for side in range(3))
    return Fold("1", np.union1d(train, test[:3]), dev, test), keys, rng.integers(4, size=rows)


def test_nothing_is_shared_and_sizes_are_equal_by_class():
    for seed in range(5):
        rng = np.random.default_rng(seed)
        fold, keys, targets = random_fold(rng)
        pairs = draw(fold, keys, targets, rng)
        assert np.array_equal(np.sort(np.concatenate([pair.test for pair in pairs])), fold.test)
        for pair in pairs:
            shared = [keys[name].isin(keys[name].iloc[pair.test].dropna()) for name in FORBIDDEN]
            is_linked = np.any(shared, axis=0)
            assert not is_linked[pair.honest].any()
            assert is_linked[np.setdiff1d(fold.train, pair.honest)].all()
            assert len(set(pair.honest)) == len(pair.honest)
            assert set(pair.own) <= set(fold.train)
            assert np.array_equal(
                *(np.bincount(targets[side], minlength=4) for side in (pair.honest, pair.own))
            )


def test_what_is_missing_is_replaced_from_the_other_sides():
    speakers = np.repeat([str(number) for number in range(5)], 10)
    keys = pd.DataFrame({"speaker": speakers, **dict.fromkeys(FORBIDDEN[1:])})
    positions = np.arange(50)
    fold = Fold("1", positions[positions % 5 > 0], np.array([], int), positions[positions % 5 == 0])
    pairs = draw(fold, keys, positions % 2, np.random.default_rng(0))
    assert [(len(pair.honest), len(pair.own)) for pair in pairs] == [(40, 40)] * 5
