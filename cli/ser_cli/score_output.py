"""The result of `ser score` as text: metrics, classes, confusion matrix, groups and comparison."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ser_cli.streams import shown
from ser_cli.tables import print_classes, print_table

if TYPE_CHECKING:
    from ser_models.evaluation.entries import GroupResult
    from ser_models.evaluation.result import ConfusionScores
    from ser_models.scoring.result import Comparison, ScoreResult

MOST_SPEAKERS = 12
"""Number of speakers that are listed; of more, the lowest and the highest UAR."""


def print_scores(result: "ScoreResult") -> None:
    """Print a result on one screen, if classes and groups are few."""
    from ser_models.reporting.text import counted

    _say(
        f"{result.name}: {counted(result.n, 'recording')}, {counted(len(result.labels), 'class', 'classes')}"
    )
    if result.columns:
        _say("columns: " + ", ".join(f"{name} → {role}" for role, name in result.columns.items()))
    print()
    print_table(["metric", "value", ""], list(_metrics(result)), left=(0, 2))
    if result.majority:
        print()
        _say(f"majority class: {result.majority}")
    _print_classes(result)
    _print_matrix(result)
    for name, groups in result.groups.items():
        _print_groups(name, groups)
    _print_speakers(result.per_speaker)
    if result.comparison:
        _print_comparison(result, result.comparison)
    _print_notes(result.notes)


def _metrics(result: "ScoreResult") -> Iterator[tuple[str, str, str]]:
    """Name, value and what qualifies it, of each metric."""
    from ser_models.reporting.text import decimals, untested

    if result.uar_ci95 is None:
        yield "UAR (UA)", decimals(None, 3), untested(result) or "all recordings are of one class"
    else:
        low, high = result.uar_ci95
        interval = f"95 % interval {low:.3f} to {high:.3f} over {result.bootstrap_unit}"
        yield "UAR (UA)", decimals(result.uar, 3), f"{interval}, chance {decimals(result.chance, 3)}"
    yield "accuracy (WA)", decimals(result.accuracy, 3), ""
    yield "macro F1", decimals(result.macro_f1, 3), ""
    yield "weighted F1", decimals(result.weighted_f1, 3), ""
    yield "MCC", decimals(result.mcc, 3), ""
    if result.calibration:
        yield "ECE", decimals(result.calibration.ece, 3), f"{result.calibration.bins} bins"
        yield "log loss", decimals(result.log_loss, 3), "nats"


def _print_classes(scores: "ConfusionScores") -> None:
    print()
    print_classes(scores, "class", "n")
    if scores.untested and scores.uar is not None:
        _say(f"untested: {', '.join(scores.untested)}")


def _print_matrix(scores: "ConfusionScores") -> None:
    print()
    rows = [
        [label, *map(str, counts)]
        for label, counts in zip(scores.labels, scores.confusion_matrix, strict=True)
        if label in scores.per_class
    ]
    print_table(["true \\ predicted", *scores.labels], rows)


def _print_groups(name: str, groups: "Mapping[str, GroupResult]") -> None:
    from ser_models.reporting.text import decimals

    print()
    print_table(
        [name, "UAR", "n"], [[value, decimals(row.uar, 3), str(row.n)] for value, row in groups.items()]
    )


def _print_speakers(speakers: "Mapping[str, GroupResult]") -> None:
    """Print all speakers if they are few, else those of the lowest and the highest UAR."""
    if 1 < len(speakers) <= MOST_SPEAKERS:
        _print_groups("speaker", speakers)
        return
    uars = sorted((row.uar, name) for name, row in speakers.items() if row.uar is not None)
    if len(uars) > 1:
        (low, lowest), (high, highest) = uars[0], uars[-1]
        print()
        _say(f"UAR of {len(uars)} speakers: {low:.3f} ({lowest}) to {high:.3f} ({highest})")


def _print_comparison(result: "ScoreResult", comparison: "Comparison") -> None:
    from ser_models.reporting.text import counted, decimals, signed

    difference, test = comparison.difference, comparison.mcnemar
    other = comparison.other
    print()
    _say(f"{other.name}: UAR {decimals(other.uar, 3)}, accuracy {decimals(other.accuracy, 3)}, n = {other.n}")
    _say(f"{result.name} minus {other.name}, on {counted(difference.recordings, 'recording')} in both:")
    value, low, high = (
        signed(f"{number:.3f}") for number in (difference.uar, difference.low, difference.high)
    )
    _say(f"UAR {value}, 95 % interval {low} to {high}, paired over the same speakers or recordings")
    _say(
        f"right alone: {test.only_first} and {test.only_other} recordings, McNemar's exact test "
        f"p = {test.p_value:.3g}"
    )
    for name, unpaired in ((result.name, comparison.unpaired), (other.name, comparison.unpaired_other)):
        if unpaired:
            _say(f"not compared: {counted(unpaired, 'recording')} of {name}")
    _print_notes(comparison.notes)


def _print_notes(notes: tuple[str, ...]) -> None:
    for note in notes:
        _say(f"note: {note}")


def _say(line: str) -> None:
    """Print a line; control characters of names are escaped."""
    print(shown(line))
