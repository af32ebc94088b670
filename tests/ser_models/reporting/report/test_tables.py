"""Cells of tables that the golden reports do not have, and the signs of differences."""

from ser_models.evaluation.claims import Claims
from ser_models.evaluation.entries import GroupResult
from ser_models.reporting.report import text
from tests.results import make_report, make_result


def plain(rows):
    return [tuple(cell.replace("\xa0", " ") for cell in row) for row in rows]


def test_a_claim_of_accuracy_alone_is_compared():
    values = {"uar": 0.4, "uar_ci95": (0.35, 0.45), "accuracy": 0.42}
    assert plain(text.results(make_report(values, claims=Claims(accuracy=0.955))).rows) == [
        ("this run", "40.0 %", "35.0 to 45.0 %", "42.0 %", "60", "none", "speaker-disjoint, 2 folds"),
        ("the paper's claim", "–", "–", "95.5 %", "–", "–", "as published"),
    ]
    assert len(text.results(make_report(claims=Claims(mcc=0.9))).rows) == 1


def test_speakers_are_sorted_by_uar_and_corpora_are_not():
    groups = {"a/x": GroupResult(0.9, 3), "b/y": GroupResult(0.1, 1200)}
    result = make_result({"per_speaker": groups, "per_corpus": groups})
    expected = [("a/x", "3", "90.0 %"), ("b/y", "1,200", "10.0 %")]
    assert plain(text.groups(result, "speaker").rows) == expected[::-1]
    assert plain(text.groups(result, "corpus").rows) == expected
