"""Cells hold the numbers of metrics.json, beside what the paper claims."""

import pytest

from ser_models.reporting.report import tables
from ser_models.reporting.report.text import MEASURES


def plain(rows):
    return [tuple(cell.replace("\xa0", " ") for cell in row) for row in rows]


def test_runs_stand_side_by_side(make_report, other):
    values = {"uar": 0.4, "interval": [0.35, 0.45], "accuracy": 0.42}
    report = make_report(values, name="honest protocol", others=[other], claims={"accuracy": 0.955})
    assert plain(tables.results(report).rows) == [
        ("honest protocol", "40.0 %", "35.0 to 45.0 %", "42.0 %", "60", "none", "speaker-disjoint, 2 folds"),
        ("paper protocol", "95.0 %", "90.0 to 97.0 %", "96.0 %", "400", "3", other.protocol),
        ("the paper's claim", "–", "–", "95.5 %", "–", "–", "as published"),
    ]


def test_a_plain_run_stands_alone(make_report):
    assert len(tables.results(make_report()).rows) == 1
    assert len(tables.results(make_report(claims={"macro_f1": 0.9})).rows) == 1


def test_voices_never_met_have_a_row(make_report, make_metrics):
    unseen = make_metrics()
    row = tables.results(make_report({"unseen": unseen})).rows[-1]
    assert row[0] == "only voices never met"
    assert row[4] == "60"


def test_every_measure_has_a_row_and_what_is_claimed_a_difference(make_metrics):
    metrics = make_metrics({"uar": 0.4, "log_loss": 1.5, "mse": 0.09})
    table = tables.measures(metrics, {"uar": 0.9532, "log_loss": 1.4105, "mse": 0.0812})
    assert table.columns == ("Measure", "This run", "Paper's claim", "Difference", "What it says")
    rows = {row[0]: row[1:4] for row in plain(table.rows)}
    assert list(rows) == [measure.name for measure in MEASURES]
    assert rows["UAR (balanced accuracy)"] == ("40.0 %", "95.3 %", "−55.3 points")
    assert rows["Log loss"] == ("1.5000", "1.4105", "+0.0895")
    assert rows["MSE"] == ("0.0900", "0.0812", "+0.0088")
    assert rows["MCC"][1:] == ("–", "–")


def test_without_claims_there_are_no_columns_for_them(make_metrics):
    assert tables.measures(make_metrics(), {}).columns == ("Measure", "This run", "What it says")
    assert "F1 claimed" not in tables.emotions(make_metrics(), {"accuracy": 0.9, "f1": {}}).columns


def test_what_cannot_be_computed_is_a_dash(make_metrics):
    metrics = make_metrics(acted=("sad",))
    rows = {row[0]: row for row in tables.measures(metrics, {"macro_auc": 1.0}).rows}
    assert rows["Macro AUC"][1:4] == ("–", "1.000", "–")


def test_the_classification_report(make_metrics):
    metrics = make_metrics()
    table = tables.emotions(metrics, {"macro_f1": 0.86, "f1": {"sad": 0.81}})
    rows = {row[0]: row[1:] for row in plain(table.rows)}
    assert list(rows) == ["angry", "neutral", "sad", "macro average", "weighted average"]
    sad = metrics["per_class"]["sad"]
    assert rows["sad"] == (
        "20",
        *(f"{100 * sad[key]:.1f} %" for key in ("recall", "precision", "f1")),
        "81.0 %",
        f"{100 * sad['iou']:.1f} %",
        f"{sad['auc']:.3f}",
        f"{sad['log_loss']:.4f}",
        f"{sad['mse']:.4f}",
    )
    assert rows["angry"][4] == "–"
    assert rows["macro average"][:2] == ("60", f"{100 * metrics['uar']:.1f} %")
    assert rows["macro average"][4] == "86.0 %"
    assert rows["weighted average"][4] == "–"


def test_speakers_are_ranked_and_corpora_are_not(make_metrics):
    metrics = make_metrics({"per_speaker": {"a/x": 0.9, "b/y": 0.1}, "per_corpus": {"a": 0.9, "b": 0.1}})
    metrics["recordings"] = {"per_speaker": {"a/x": 3, "b/y": 1200}, "per_corpus": {"a": 3, "b": 1200}}
    speakers, corpora = tables.groups(metrics, "speaker"), tables.groups(metrics, "corpus")
    assert plain(speakers.rows) == [("b/y", "1,200", "10.0 %"), ("a/x", "3", "90.0 %")]
    assert plain(corpora.rows) == [("a", "3", "90.0 %"), ("b", "1,200", "10.0 %")]


def test_the_data(data):
    table = tables.corpora(data)
    assert table.columns == ("Corpus", "Recordings", "Speakers", "angry", "neutral", "sad")
    assert table.rows == (("Demo corpus", "60 of 72", "5", "20", "20", "20"),)


@pytest.mark.parametrize("make", [tables.mistakes, tables.confusions])
def test_rows_are_as_wide_as_heads(make_metrics, make):
    mistakes = make_metrics()["mistakes"]
    rows = mistakes["most_confident"] if make is tables.mistakes else mistakes["confusions"]
    table = make(rows)
    assert len(table.rows) == len(rows) > 0
    assert all(len(row) == len(table.columns) for row in table.rows)
