"""Figures of the papers in `[claims]` agree with each other within the decimals that are printed."""

import numpy as np
import pytest

from ser_models import recipes
from ser_models.recipes.read import load

LAST_DIGIT = 0.01
"""Of precision, recall and F1 in all papers."""

REPORTED = [name for name in recipes.names() if load(name).claims.per_class]


@pytest.mark.parametrize("name", REPORTED)
def test_averages_follow_from_the_classes(name):
    claims = load(name).claims
    support = [row.support for row in claims.per_class.values()]
    assert sum(support) == claims.n
    for metric in ("precision", "recall", "f1"):
        values = [getattr(row, metric) for row in claims.per_class.values()]
        macro, weighted = (
            getattr(side, metric) for side in (claims.averages.macro, claims.averages.weighted)
        )
        assert np.mean(values) == pytest.approx(macro, abs=LAST_DIGIT)
        assert np.average(values, weights=support) == pytest.approx(weighted, abs=LAST_DIGIT)
    recalls = [row.recall for row in claims.per_class.values()]
    assert np.average(recalls, weights=support) == pytest.approx(claims.accuracy, abs=LAST_DIGIT)


@pytest.mark.parametrize("name", REPORTED)
def test_figures_of_a_class_agree(name):
    for row in load(name).claims.per_class.values():
        f1 = 2 * row.precision * row.recall / (row.precision + row.recall)
        assert f1 == pytest.approx(row.f1, abs=LAST_DIGIT)
        if row.correct is not None:
            assert row.correct / row.support == pytest.approx(row.recall, abs=LAST_DIGIT)
        if row.iou is not None:
            assert row.f1 / (2 - row.f1) == pytest.approx(row.iou, abs=2 * LAST_DIGIT)
