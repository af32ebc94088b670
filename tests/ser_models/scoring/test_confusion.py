"""Confusion matrices as papers print them: their metrics, and an interval that covers the UAR."""

import numpy as np
import pytest

from ser_features.errors import InputError
from ser_models.scoring.confusion import score_confusion, wilson_interval

COUNTS = np.array([[8, 2, 0], [1, 18, 1], [0, 6, 24]])
FORMS = {
    "numbers": "8,2,0\n1,18,1\n0,6,24\n",
    "header": "angry;calm;sad\n8;2;0\n1;18;1\n0;6;24\n",
    "both": ",angry,calm,sad\nangry,8,2,0\ncalm,1,18,1\nsad,0,6,24\n",
    "other order": "true,sad,angry,calm\nangry,0,8,2\ncalm,1,1,18\nsad,24,0,6\n",
    "blanks": "anger 8 2 0\ncalm 1 18 1\nsadness 0 6 24\n",
    "no corner": "angry calm sad\nangry 8 2 0\ncalm 1 18 1\nsad 0 6 24\n",
    "numbered": ",1,2,3\n1,8,2,0\n2,1,18,1\n3,0,6,24\n",
    "tabs": "\tangry\tcalm\tsad\nangry\t8\t2\t0\ncalm\t1\t18\t1\nsad\t0\t6\t24\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_forms(form):
    result = score_confusion(FORMS[form], "matrix.csv")
    assert np.array(result.confusion_matrix).tolist() == COUNTS.tolist()
    assert result.labels == (("1", "2", "3") if form.startswith("number") else ("angry", "calm", "sad"))
    assert result.uar == pytest.approx((0.8 + 0.9 + 0.8) / 3)
    assert (result.n, result.bootstrap_unit) == (60, "60 recordings, taken as independent")
    assert result.uar_ci95[0] < result.uar < result.uar_ci95[1]


def test_percentages_with_support():
    text = "80.0% 20.0% 0%\n5 90 5\n0 20 80"
    result = score_confusion(text, "matrix", support=(10, 20, 30))
    assert np.array(result.confusion_matrix).tolist() == COUNTS.tolist()
    assert score_confusion("0.8 0.2\n0.1 0.9", "matrix", support=(7, 9)).confusion_matrix == ((6, 1), (1, 8))
    transposed = "\n".join(" ".join(map(str, row)) for row in COUNTS.T)
    by_column = score_confusion(transposed, "matrix", columns_are_truth=True)
    assert np.array(by_column.confusion_matrix).tolist() == COUNTS.tolist()


def test_notes():
    assert score_confusion("90 10\n40 60", "matrix").notes == (
        "each true class has 100 in sum: if these are percentages, pass --support",
    )
    other = score_confusion(",a,b\nangry,8,2\nsad,1,9", "matrix")
    assert other.notes == ("columns a, b are read as angry, sad",)
    assert "always answering neutral" in score_confusion("neutral 90 0\nsad 10 0", "matrix").majority


@pytest.mark.parametrize(
    ("text", "support", "message"),
    [
        ("", (), "matrix: 0 rows of no numbers, expected a square matrix"),
        ("8 2 10\n1 9 10", (), "matrix: 2 rows of 3 numbers, expected a square matrix: leave out totals"),
        ("8 2\n1 9\n9 11", (), "matrix: 3 rows of 2 numbers, expected a square matrix: leave out totals"),
        ("8 2 10 1\n1 9 10 2", (), "matrix: 2 rows of 4 numbers, expected a square matrix: leave out totals"),
        ("8 x\n1 9", (), "matrix: found 'x', expected a count or a percentage"),
        ("-8 2\n1 9", (), "matrix: found '-8', expected a count"),
        ("80.5 19.5\n10 90", (), "matrix: found 80.5, expected counts: pass --support"),
        (
            "8 2\n1 9",
            (10, 10),
            "matrix: the true class 1 has 10 in sum, expected 100 or 1: leave out --support",
        ),
        ("80 20\n10 90", (10,), "matrix: --support has 1 number, expected 2, one per class"),
        ("0 0\n0 0", (), "matrix: all counts are 0"),
        ("sad 1 2\nsadness 3 4", (), "matrix: classes sad, sad, expected different names"),
        ('"sad,1\n', (), "matrix: no matrix"),
    ],
)
def test_matrices_that_are_refused(text, support, message):
    with pytest.raises(InputError, match=f"^{message}"):
        score_confusion(text, "matrix", support=support)


def test_interval_covers_the_uar():
    """In 93 to 95 % of tests, within the precision of 600; near 1, where a bootstrap has no width, too."""
    rng = np.random.default_rng(0)
    for rates, support in (((0.9, 0.5, 0.7), (40, 60, 25)), ((0.99, 0.97), (30, 100))):
        hits = rng.binomial(support, rates, size=(600, len(rates)))
        matrices = [np.diag(one) + np.roll(np.diag(support - one), 1, axis=1) for one in hits]
        intervals = map(wilson_interval, matrices)
        covered = [bounds.low <= np.mean(rates) <= bounds.high for bounds in intervals]
        assert 0.91 <= np.mean(covered) <= 0.975
    z2 = 1.959964**2  # the Wilson bound of 20 of 20 is 20 / (20 + z²)
    expected = 1 - z2 / (20 + z2) / np.sqrt(2)
    assert wilson_interval(np.diag([20, 20])).low == pytest.approx(expected)
