"""The machine against other ways to solve the same, and what held-out recordings decide."""

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge

from ser_models.models.base import balanced_weights
from ser_models.models.inner_folds import GroupFold
from ser_models.models.kernel import solver

RNG = np.random.default_rng(4)
TARGETS = np.repeat([0, 1, 2], [30, 20, 10])
DESIGN = (RNG.standard_normal((60, 8)) + TARGETS[:, None] / 2).astype(np.float32) / np.sqrt(8)
EVERYBODY = np.arange(60)


def solved(system, penalty):
    return system.solve(EVERYBODY, TARGETS, classes=3, penalties=[penalty])[0]


@pytest.mark.parametrize("penalty", [0.01, 1.0])
def test_both_systems_are_scikit_learns_weighted_kernel_ridge(penalty):
    weights = balanced_weights(TARGETS, 3)
    wanted = np.eye(3)[TARGETS]
    offset = np.average(wanted, axis=0, weights=weights)
    ridge = KernelRidge(alpha=penalty).fit(DESIGN.astype(float), wanted - offset, sample_weight=weights)
    expected = ridge.predict(DESIGN.astype(float)) + offset
    dual = solver.Dual((DESIGN @ DESIGN.T).astype(np.float64))
    for system in (dual, solver.Primal(DESIGN)):
        found = system.scores(EVERYBODY, EVERYBODY, solved(system, penalty))
        np.testing.assert_allclose(found, expected, atol=1e-4)


def test_the_cheaper_system_is_taken():
    assert isinstance(solver.linear(DESIGN), solver.Primal)
    assert isinstance(solver.linear(DESIGN[:5]), solver.Dual)


def test_the_radial_kernel_is_what_it_says():
    found = solver.rbf_kernel(DESIGN[:4], DESIGN[:3], 0.7)
    expected = [[np.exp(-0.7 * np.sum((a - b) ** 2)) for b in DESIGN[:3]] for a in DESIGN[:4]]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_scores_of_held_out_recordings_come_from_others_alone():
    turns = [
        GroupFold(np.flatnonzero(side == EVERYBODY % 2), np.flatnonzero(side != EVERYBODY % 2))
        for side in (0, 1)
    ]
    system = solver.linear(DESIGN)
    choice = solver.choose(system, TARGETS, turns, classes=3, penalties=[0.3])
    for turn in turns:
        own = system.solve(turn.train, TARGETS[turn.train], classes=3, penalties=[0.3])[0]
        np.testing.assert_allclose(
            choice.scores[turn.held_out], system.scores(turn.held_out, turn.train, own)
        )


def test_the_penalty_with_the_highest_uar_is_chosen():
    turns = [
        GroupFold(np.flatnonzero(side != EVERYBODY % 3), np.flatnonzero(side == EVERYBODY % 3))
        for side in range(3)
    ]
    system = solver.linear(DESIGN)
    penalties = [1e-3, 0.1, 10.0]
    choice = solver.choose(system, TARGETS, turns, classes=3, penalties=penalties)
    weights = balanced_weights(TARGETS, 3)

    def uar(penalty):
        alone = solver.choose(system, TARGETS, turns, classes=3, penalties=[penalty])
        return weights[alone.scores.argmax(axis=1) == TARGETS].sum()

    assert uar(choice.penalty) == max(map(uar, penalties))


def test_the_sharpness_is_the_most_likely_one():
    scores = np.eye(3)[TARGETS] * 0.4 + RNG.standard_normal((60, 3)) * 0.3
    weights = balanced_weights(TARGETS, 3)

    def loss(factor):
        told = solver.probabilities(scores, factor, np.ones(3, dtype=bool))
        return np.average(-np.log(told[EVERYBODY, TARGETS]), weights=weights)

    found = solver.sharpness(scores, TARGETS, 3)
    assert loss(found) <= min(loss(factor) for factor in np.geomspace(0.01, 100, 200)) + 1e-6


def test_a_class_that_was_never_trained_on_has_no_probability():
    told = solver.probabilities(np.zeros((2, 3)), 5.0, np.array([True, False, True]))
    np.testing.assert_allclose(told, [[0.5, 0, 0.5]] * 2)
