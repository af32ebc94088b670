"""Claims beside results: which metrics are shown, their differences, and losses after a second softmax."""

from ser_models.evaluation.claims import AverageClaims, AveragesClaims, Claims, ClassClaims
from ser_models.evaluation.entries import ClassLosses, Losses
from ser_models.reporting.report import claimed
from tests.results import make_result


def plain(table):
    return [tuple(cell.replace("\xa0", " ") for cell in row) for row in table.rows]


def test_differences_have_a_sign():
    result = make_result({"uar": 0.4, "log_loss": 1.5, "mse": 0.09, "macro_auc": None})
    claims = Claims(uar=0.9532, log_loss=1.4105, mse=0.0812, macro_auc=1.0, n=4320)
    assert plain(claimed.overall(claims, {"this run": result})) == [
        ("UAR (balanced accuracy)", "95.32 %", "40.0 %", "−55.3 points"),
        ("Macro AUC", "1", "–", "–"),
        ("Log loss", "1.4105", "1.5000", "+0.0895"),
        ("MSE", "0.0812", "0.0900", "+0.0088"),
        ("Test recordings", "4,320", "60", "–"),
    ]


def test_only_what_is_claimed_is_shown():
    claims = Claims(
        per_class={"sad": ClassClaims(recall=0.5, correct=3), "angry": ClassClaims(recall=0.6)},
        averages=AveragesClaims(weighted=AverageClaims(recall=0.55)),
    )
    result = make_result()
    overall, emotions = claimed.tables(claims, {"run": result})
    assert [row[0] for row in overall.rows] == ["Weighted recall"]
    assert emotions.columns == ("Emotion", "Source", "Recall", "Correct")
    assert plain(emotions) == [
        ("sad", "paper", "50 %", "3"),
        ("sad", "run", "95.0 %", "19"),
        ("angry", "paper", "60 %", "–"),
        ("angry", "run", "80.0 %", "16"),
        ("weighted average", "paper", "55 %", "–"),
        ("weighted average", "run", "86.7 %", "–"),
    ]
    assert claimed.tables(Claims(), {"run": result}) == []


def test_losses_after_a_second_softmax_have_a_table_of_their_own():
    claims = Claims(log_loss=1.41, mse=0.08, second_softmax=True, per_class={"sad": ClassClaims(mse=0.05)})
    losses = Losses(1.39, 0.09, {"sad": ClassLosses(0.2, 0.06)})
    runs = {"run": make_result({"second_softmax": losses}), "older run": make_result()}
    [table] = claimed.tables(claims, runs)
    assert table.columns == ("Emotion", "Source", "Log loss", "MSE")
    assert plain(table) == [
        ("all", "paper", "1.41", "0.08"),
        ("all", "run", "1.3900", "0.0900"),
        ("all", "older run", "–", "–"),
        ("sad", "paper", "–", "0.05"),
        ("sad", "run", "0.2000", "0.0600"),
        ("sad", "older run", "–", "–"),
    ]
