"""Losses after a second softmax: SciPy's softmax, and the figures that a published system prints."""

import numpy as np
import pytest
from scipy.special import softmax

from ser_models.evaluation.score import score
from ser_models.evaluation.second_softmax import losses, second_softmax
from ser_models.recipes.read import load
from tests.results import LABELS, make_predictions

SUPPORTS = {label: row.support for label, row in load("bone_conducted_transformer").claims.per_class.items()}


def test_equals_softmax_of_scipy():
    rows = np.random.default_rng(0).dirichlet(np.ones(8), 100)
    np.testing.assert_allclose(second_softmax(rows), softmax(rows, axis=1), rtol=1e-12)


def test_losses_are_those_of_score_on_softened_probabilities():
    table = make_predictions()
    columns = [f"p_{label}" for label in LABELS]
    softened = table.assign(**dict(zip(columns, softmax(table[columns].to_numpy(), axis=1).T, strict=True)))
    expected, result = score(softened, LABELS, seed=0), losses(table, LABELS)
    assert result.log_loss == pytest.approx(expected.log_loss)
    assert result.mse == pytest.approx(expected.mse)
    for label, row in expected.per_class.items():
        assert result.per_class[label].log_loss == pytest.approx(row.log_loss)
        assert result.per_class[label].mse == pytest.approx(row.mse)


@pytest.mark.parametrize("certain", [0.86, 0.9])
def test_published_losses_are_those_of_a_second_softmax(certain):
    """95.5 % correct predictions of about 0.9 give the published figures, overall and per class."""
    claims = load("bone_conducted_transformer").claims
    table = make_predictions(speakers=1, takes=1, labels=tuple(SUPPORTS)).drop(columns="speaker")
    table = table.loc[table.index.repeat(list(SUPPORTS.values()))].reset_index(drop=True)
    rng = np.random.default_rng(0)
    predicted = np.repeat(np.arange(8), list(SUPPORTS.values()))
    wrong = rng.random(len(table)) > claims.accuracy
    predicted[wrong] = (predicted[wrong] + rng.integers(1, 8, wrong.sum())) % 8
    probabilities = np.full((len(table), 8), (1 - certain) / 7)
    probabilities[np.arange(len(table)), predicted] = certain
    table[[f"p_{label}" for label in SUPPORTS]] = probabilities
    result = losses(table, tuple(SUPPORTS))
    assert 1.39 < result.log_loss < 1.44
    assert 0.080 < result.mse < 0.083
    assert result.log_loss == pytest.approx(claims.log_loss, abs=0.03)
    assert result.mse == pytest.approx(claims.mse, abs=0.002)
    for label, row in claims.per_class.items():
        if row.mse:
            assert result.per_class[label].mse == pytest.approx(row.mse, abs=0.006)
    assert result.per_class["neutral"].log_loss == pytest.approx(
        claims.per_class["neutral"].log_loss, abs=0.01
    )
