"""The tables of a report, as text in cells.

`EvaluationResult`, claims, `Data` → `Table`s, which the template renders

The first cell of a row is its header; columns of numbers are aligned to the right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ser_models.evaluation.result import Average, ClassResult, Scores
from ser_models.reporting.report.content import Data, Report
from ser_models.reporting.report.text import METRICS, Metric
from ser_models.reporting.text import MISSING, decimals, percent, points, signed

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Text in rows and columns.

    Attributes:
        caption: above the table.
        columns: headers.
        rows: cells, one per column.
        words: indices of the columns of text; the others are numbers.
        strong: indices of the rows in bold.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: tuple[int, ...] = (0,)
    strong: tuple[int, ...] = ()


def results(report: Report) -> Table:
    """Compare this run with other runs and with the claim."""
    result, claims = report.result, report.claims
    columns = ("Run", "UAR", "95 % interval", "Accuracy", "Tested on", "Leaks found", "Protocol")
    runs = {report.name: result, **report.others}
    rows = [_result(name, run, run.protocol, len(run.leakage)) for name, run in runs.items()]
    if result.unseen:
        rows.append(_result("only unseen speakers", result.unseen, result.protocol, None))
    if claims.get("uar") is not None or claims.get("accuracy") is not None:
        shares = (percent(claims.get("uar")), MISSING, percent(claims.get("accuracy")))
        rows.append(("the paper's claim", *shares, MISSING, MISSING, "as published"))
    return Table("This run and what it is compared with", columns, tuple(rows), words=(0, 6), strong=(0,))


def metrics(result: Scores, claims: Values) -> Table:
    """All metrics of the whole test, with the paper's claims."""
    claimed = any(claims.get(metric.key) is not None for metric in METRICS)
    columns = ("Metric", "This run", *(("Paper's claim", "Difference") if claimed else ()), "Definition")
    rows = tuple(
        (
            metric.name,
            _value(metric, getattr(result, metric.key)),
            *(_claim(metric, result, claims) if claimed else ()),
            metric.meaning,
        )
        for metric in METRICS
    )
    return Table("Metrics of all test recordings", columns, rows, words=(0, len(columns) - 1), strong=(0,))


def emotions(result: Scores, claims: Values) -> Table:
    """The classification report, with AUC, log loss and MSE of each emotion."""
    claimed: Mapping[str, float] = claims.get("f1", {})
    columns = ("Emotion", "Recordings", "Recall", "Precision", "F1", *(["F1 claimed"] if claimed else []))
    columns += ("IoU", "AUC", "Log loss", "MSE")
    rows = [
        _emotion(label, row.support, row, [percent(claimed.get(label))] if claimed else [])
        for label, row in result.per_class.items()
    ]
    for kind in ("macro", "weighted"):
        claim = [percent(claims.get("macro_f1") if kind == "macro" else None)] if claimed else []
        rows.append(_emotion(f"{kind} average", result.n, getattr(result.averages, kind), claim))
    return Table("Metrics by emotion", columns, tuple(rows), strong=(len(rows) - 2, len(rows) - 1))


def groups(result: Scores, kind: str) -> Table:
    """UAR by "speaker", lowest first, or by "corpus"."""
    rows = list((result.per_speaker if kind == "speaker" else result.per_corpus).items())
    if kind == "speaker":
        rows.sort(key=lambda item: (item[1].uar, item[0]))
    cells = tuple((name, f"{group.n:,}", percent(group.uar)) for name, group in rows)
    return Table(f"UAR by {kind}", (kind.capitalize(), "Recordings", "UAR"), cells)


def corpora(data: Data) -> Table:
    """Recordings, speakers and emotions of each corpus."""
    copies = any(part.copies for part in data.corpora)
    labels = list(data.corpora[0].emotions)
    columns = ("Corpus", "Recordings", "Speakers", *(["Augmented copies"] if copies else []), *labels)
    rows = tuple(
        (
            part.title,
            f"{part.recordings:,}" + (f" of {part.whole:,}" if part.whole else ""),
            f"{part.speakers}",
            *([f"{part.copies:,}"] if copies else []),
            *(f"{part.emotions[label]:,}" for label in labels),
        )
        for part in data.corpora
    )
    return Table("Recordings of each corpus", columns, rows)


def errors(result: Scores) -> Table:
    """The wrong predictions of highest confidence."""
    columns = ("Recording", "True", "Predicted", "Confidence", "Probability of the true emotion")
    cells = tuple(
        (row.file_id, row.true, row.predicted, percent(row.confidence), percent(row.true_probability))
        for row in result.errors.most_confident
    )
    return Table("Wrong predictions of highest confidence", columns, cells, words=(0, 1, 2))


def confusions(result: Scores) -> Table:
    """The pairs of emotions that are confused most often."""
    columns = ("True", "Predicted", "Recordings", "Share of the true emotion")
    cells = tuple(
        (row.true, row.predicted, f"{row.n:,}", percent(row.share)) for row in result.errors.confusions
    )
    return Table("Most frequent confusions", columns, cells, words=(0, 1))


def _result(name: str, scores: Scores, protocol: str, leaks: int | None) -> tuple[str, ...]:
    low, high = scores.uar_ci95
    bounds = f"{100 * low:.1f} to {percent(high)}"
    count = MISSING if leaks is None else str(leaks or "none")
    return (name, percent(scores.uar), bounds, percent(scores.accuracy), f"{scores.n:,}", count, protocol)


def _value(metric: Metric, value: float | None) -> str:
    return percent(value) if metric.digits is None else decimals(value, metric.digits)


def _claim(metric: Metric, result: Scores, claims: Values) -> tuple[str, str]:
    """The claim, and the difference of this run to it."""
    claim, value = claims.get(metric.key), getattr(result, metric.key)
    if claim is None or value is None:
        return _value(metric, claim), MISSING
    gap = points(value - claim) if metric.digits is None else decimals(value - claim, metric.digits)
    return _value(metric, claim), signed(gap)


def _emotion(name: str, n: int, row: ClassResult | Average, claim: Sequence[str]) -> tuple[str, ...]:
    shares = [percent(share) for share in (row.recall, row.precision, row.f1)]
    losses = (row.auc, row.log_loss, row.mse) if isinstance(row, ClassResult) else (None, None, None)
    cells = [decimals(value, digits) for value, digits in zip(losses, (3, 4, 4), strict=True)]
    return (name, f"{n:,}", *shares, *claim, percent(row.iou), *cells)
