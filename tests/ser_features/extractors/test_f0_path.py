"""The best F0 path against an exhaustive search."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ser_features.extractors.f0_path import MAX_CANDIDATES, Candidates, best_path, per_step

CEILING = 600.0


def candidates(frames: list[list[tuple[float, float]]], unvoiced: list[float]) -> Candidates:
    """Of (frequency, strength) by frame."""
    flat = [(number, *item) for number, frame in enumerate(frames) for item in frame]
    frame, frequency, strength = (
        (np.array(values) for values in zip(*flat, strict=True)) if flat else ([],) * 3
    )
    return Candidates(
        np.array(unvoiced), np.asarray(frame, int), np.asarray(frequency, float), np.asarray(strength, float)
    )


def cost(before: float, after: float, step: float) -> float:
    """Of a change of F0, 0 meaning unvoiced, by the book."""
    if not before and not after:
        return 0
    if not before or not after:
        return 0.14 * 0.01 / step
    return 0.35 * 0.01 / step * abs(np.log2(before / after))


def score(path: tuple[tuple[float, float], ...], step: float) -> float:
    strengths = sum(value - (0.01 * np.log2(CEILING / f0) if f0 else 0) for f0, value in path)
    return strengths - sum(cost(a, b, step) for (a, _), (b, _) in pairwise(path))


voiced = st.lists(st.tuples(st.floats(75, 599), st.floats(0.2, 1)), max_size=3)
frame = st.tuples(voiced, st.floats(0.45, 2.45))


@settings(max_examples=150, deadline=None)
@given(st.lists(frame, min_size=1, max_size=6), st.sampled_from([0.005, 0.01, 0.02]))
def test_the_path_is_optimal(frames, step):
    values = best_path(candidates([item[0] for item in frames], [item[1] for item in frames]), CEILING, step)
    options = [[(0.0, unvoiced), *voiced] for voiced, unvoiced in frames]
    best = max(score(path, step) for path in product(*options))
    chosen = [[item for item in option if item[0] == f0] for option, f0 in zip(options, values, strict=True)]
    assert max(score(path, step) for path in product(*chosen)) == pytest.approx(best, abs=1e-9)


def test_a_single_octave_error_is_corrected():
    frames = [[(200.0, 0.9), (100.0, 0.88)]] * 5
    frames[2] = [(200.0, 0.86), (100.0, 0.95)]
    assert (best_path(candidates(frames, [0.45] * 5), CEILING, 0.01) == 200).all()


def test_a_real_jump_is_followed():
    frames = [[(150.0, 0.9)]] * 20 + [[(300.0, 0.9)]] * 20
    assert best_path(candidates(frames, [0.45] * 40), CEILING, 0.01).tolist() == [150.0] * 20 + [300.0] * 20


def test_silence_is_unvoiced():
    assert not best_path(candidates([[], [], []], [2.0] * 3), CEILING, 0.01).any()


def test_the_strongest_candidates_are_considered():
    weak = [(500.0 - number, 0.3) for number in range(2 * MAX_CANDIDATES)]
    frames = [[*weak, (120.0, 0.9), *weak]] * 3
    assert best_path(candidates(frames, [0.45] * 3), CEILING, 0.01).tolist() == [120.0] * 3


def test_precision_on_long_recordings():
    """After 5,000 frames a difference of 1e-6 still decides; in single precision it would not."""
    frames = [[(200.0, 1 - 1e-6), (201.0, 1.0)]] * 5_000
    assert (best_path(candidates(frames, [0.45] * len(frames)), CEILING, 0.01) == 201).all()


def test_joined_blocks_renumber_frames():
    first, second = candidates([[(100.0, 0.5)], []], [0.5, 0.6]), candidates([[(200.0, 0.7)]], [0.8])
    joined = Candidates.joined([first, second])
    assert joined.unvoiced.tolist() == [0.5, 0.6, 0.8]
    assert joined.frame.tolist() == [0, 2]
    assert (joined.frequency.tolist(), joined.strength.tolist()) == ([100.0, 200.0], [0.5, 0.7])


def test_costs_are_per_10_ms():
    assert per_step(0.35, 0.01) == pytest.approx(0.35)
    assert per_step(0.35, 0.005) == pytest.approx(0.7)
