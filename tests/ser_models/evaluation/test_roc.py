"""ROC curves and areas equal scikit-learn's; thinned curves keep the area."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from ser_models.evaluation import roc


@pytest.fixture(params=[0, 1], ids=["distinct scores", "tied scores"])
def case(request):
    rng = np.random.default_rng(11)
    positive = rng.random(500) < 0.2
    scores = np.clip(0.3 * positive + rng.random(500), 0, 1)
    return positive, np.round(scores, 1) if request.param else scores


def test_a_curve_is_scikit_learns(case):
    found = roc.curve(*case)
    fpr, tpr, _ = reference.roc_curve(*case, drop_intermediate=False)
    np.testing.assert_allclose(found.fpr, fpr)
    np.testing.assert_allclose(found.tpr, tpr)


def test_the_area_is_scikit_learns(case):
    assert roc.auc(roc.curve(*case)) == pytest.approx(reference.roc_auc_score(*case))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=2, max_size=40))
def test_the_area_is_the_chance_of_ranking_a_pair_rightly(rows):
    positive = np.array([truth for truth, _ in rows])
    scores = np.array([value / 4 for _, value in rows])
    found = roc.curve(positive, scores)
    if positive.all() or not positive.any():
        assert found is None
        return
    gaps = scores[positive][:, None] - scores[~positive][None, :]
    assert roc.auc(found) == pytest.approx(np.mean((gaps > 0) + 0.5 * (gaps == 0)))


@pytest.mark.parametrize("positive", [np.ones(3, dtype=bool), np.zeros(3, dtype=bool)])
def test_nothing_to_tell_apart_has_no_curve(positive):
    assert roc.curve(positive, np.array([0.1, 0.5, 0.9])) is None


def test_a_thin_curve_is_short_and_keeps_its_ends_and_area(case):
    found = roc.curve(*case)
    thin = roc.thin(found, 50)
    assert len(thin.fpr) <= 50
    assert [thin.fpr[0], thin.tpr[0], thin.fpr[-1], thin.tpr[-1]] == [0, 0, 1, 1]
    assert roc.auc(thin) == pytest.approx(roc.auc(found), abs=0.01)


def test_a_short_curve_stays_as_it_is():
    found = roc.curve(np.array([True, False]), np.array([0.9, 0.1]))
    assert roc.thin(found) is found
