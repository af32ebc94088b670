"""The least-squares solver against scikit-learn, and its model selection on held-out recordings."""

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge

from ser_models.models.base import balanced_weights
from ser_models.models.inner_folds import GroupFold
from ser_models.models.kernel import solver

RNG = np.random.default_rng(4)
TARGETS = np.repeat([0, 1, 2], [30, 20, 10])
DESIGN = (RNG.standard_normal((60, 8)) + TARGETS[:, None] / 2).astype(np.float32) / np.sqrt(8)
ROWS = np.arange(60)
PROBLEM = solver.Problem(TARGETS, 3)
FOLDS = [GroupFold(np.flatnonzero(k != ROWS % 3), np.flatnonzero(k == ROWS % 3)) for k in range(3)]


@pytest.mark.parametrize("alpha", [0.01, 1.0])
@pytest.mark.parametrize(
    "system",
    [solver.Primal(DESIGN), solver.Dual((DESIGN @ DESIGN.T).astype(np.float64))],
    ids=["primal", "dual"],
)
def test_both_systems_equal_weighted_kernel_ridge_of_scikit_learn(system, alpha):
    weights, one_hot = balanced_weights(TARGETS, 3), np.eye(3)[TARGETS]
    mean = np.average(one_hot, axis=0, weights=weights)
    peer = KernelRidge(alpha=alpha).fit(DESIGN.astype(float), one_hot - mean, sample_weight=weights)
    solution = system.solve(ROWS, PROBLEM, alphas=[alpha])[0]
    expected = peer.predict(DESIGN.astype(float)) + mean
    np.testing.assert_allclose(system.scores(ROWS, ROWS, solution), expected, atol=1e-4)
    np.testing.assert_allclose(
        DESIGN @ solver.primal_weights(DESIGN, solution) + solution.intercept, expected, atol=1e-4
    )


def test_every_class_of_every_corpus_has_the_same_weight():
    corpora = np.repeat([0, 1], [50, 10])  # two classes in the first corpus, one in the second
    weights = solver.Problem(TARGETS, 3, corpora).weights
    cells = [weights[(target == TARGETS) & (corpora == 0)].sum() for target in range(2)]
    np.testing.assert_allclose(cells, weights[corpora == 1].sum())
    assert weights.mean() == pytest.approx(1)
    np.testing.assert_array_equal(solver.Problem(TARGETS, 3, corpora).take(ROWS[40:]).corpora, corpora[40:])


def test_a_larger_corpus_does_not_decide_what_another_shows():
    """Twice the recordings of one corpus leave the regression as it is."""
    corpora = ROWS % 2
    repeated = np.concatenate([ROWS, ROWS[corpora == 1]])
    alone, larger = (
        solver.Primal(DESIGN[rows]).solve(
            np.arange(len(rows)), solver.Problem(TARGETS[rows], 3, corpora[rows]), alphas=[1e-9]
        )[0]
        for rows in (ROWS, repeated)
    )
    np.testing.assert_allclose(larger.coefficients, alone.coefficients, atol=1e-3)


def test_the_smaller_system_is_used():
    assert isinstance(solver.linear(DESIGN), solver.Primal)
    assert isinstance(solver.linear(DESIGN[:5]), solver.Dual)


def test_rbf_kernel():
    expected = [[np.exp(-0.7 * np.sum((a - b) ** 2)) for b in DESIGN[:3]] for a in DESIGN[:4]]
    np.testing.assert_allclose(solver.rbf_kernel(DESIGN[:4], DESIGN[:3], 0.7), expected, rtol=1e-5)


def test_scores_of_held_out_recordings_come_from_the_other_folds():
    system = solver.linear(DESIGN)
    choice = solver.choose(system, PROBLEM, FOLDS, alphas=[0.3])
    for fold in FOLDS:
        solution = system.solve(fold.train, PROBLEM.take(fold.train), alphas=[0.3])[0]
        expected = system.scores(fold.held_out, fold.train, solution)
        np.testing.assert_allclose(choice.scores[fold.held_out], expected)


def test_the_alpha_with_the_highest_uar_is_chosen_whatever_the_number_of_jobs():
    system, alphas = solver.linear(DESIGN), [1e-3, 0.1, 10.0]
    choice = solver.choose(system, PROBLEM, FOLDS, alphas=alphas)
    weights = balanced_weights(TARGETS, 3)

    def uar(alpha):
        scores = solver.choose(system, PROBLEM, FOLDS, alphas=[alpha]).scores
        return weights[scores.argmax(axis=1) == TARGETS].sum()

    assert uar(choice.alpha) == max(map(uar, alphas))
    parallel = solver.choose(system, PROBLEM, FOLDS, alphas=alphas, jobs=2)
    assert (parallel.alpha, parallel.logit_scale) == (choice.alpha, choice.logit_scale)
    np.testing.assert_array_equal(parallel.scores, choice.scores)


def test_the_logit_scale_has_the_highest_likelihood():
    scores = np.eye(3)[TARGETS] * 0.4 + RNG.standard_normal((60, 3)) * 0.3
    weights = balanced_weights(TARGETS, 3)

    def loss(scale):
        probabilities = solver.probabilities(scores, scale, np.ones(3, dtype=bool))
        return np.average(-np.log(probabilities[ROWS, TARGETS]), weights=weights)

    best = min(loss(scale) for scale in np.geomspace(0.01, 100, 200))
    assert loss(solver.logit_scale(scores, PROBLEM)) <= best + 1e-6


def test_a_class_without_training_data_has_no_probability():
    probabilities = solver.probabilities(np.zeros((2, 3)), 5.0, np.array([True, False, True]))
    np.testing.assert_allclose(probabilities, [[0.5, 0, 0.5]] * 2)
