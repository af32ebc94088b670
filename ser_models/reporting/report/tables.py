"""The tables of a report, as text in cells.

metrics.json, claims, `Data` → `Table`s, which the template lays out

The first cell of a row heads it; columns of numbers are aligned to the right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ser_models.reporting.report.content import Data, Report
from ser_models.reporting.report.text import MEASURES, Measure
from ser_models.reporting.text import MISSING, decimals, percent, points, signed

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Text in rows and columns.

    Attributes:
        caption: what the table holds.
        columns: their heads.
        rows: cells, as many as columns.
        words: places of the columns that hold words; the others hold numbers.
        strong: places of rows that stand out.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: tuple[int, ...] = (0,)
    strong: tuple[int, ...] = ()


def results(report: Report) -> Table:
    """Set this run, other runs and the claim side by side."""
    metrics, claims = report.metrics, report.claims
    columns = ("Run", "UAR", "95 % interval", "Accuracy", "Tested on", "Leaks found", "Protocol")
    mine = (report.name, metrics["protocol"], metrics["uar"], metrics["interval"], metrics["accuracy"])
    rows = [_result(*mine, metrics["n"], len(metrics["leakage"]))]
    rows += [
        _result(other.name, other.protocol, other.uar, other.interval, other.accuracy, other.n, other.leaks)
        for other in report.others
    ]
    if unseen := metrics.get("unseen"):
        words = ("only voices never met", metrics["protocol"])
        rows.append(_result(*words, unseen["uar"], unseen["interval"], unseen["accuracy"], unseen["n"], None))
    if claims.get("uar") is not None or claims.get("accuracy") is not None:
        shares = (percent(claims.get("uar")), MISSING, percent(claims.get("accuracy")))
        rows.append(("the paper's claim", *shares, MISSING, MISSING, "as published"))
    return Table("This run and what it is compared with", columns, tuple(rows), words=(0, 6), strong=(0,))


def measures(metrics: Values, claims: Values) -> Table:
    """Every measure of the whole, ours and the paper's."""
    known = [measure for measure in MEASURES if any(claims.get(each.key) is not None for each in MEASURES)]
    columns = ("Measure", "This run", *(("Paper's claim", "Difference") if known else ()), "What it says")
    rows = tuple(
        (
            measure.name,
            _value(measure, metrics[measure.key]),
            *(_claim(measure, metrics, claims) if known else ()),
            measure.meaning,
        )
        for measure in MEASURES
    )
    return Table(
        "Measures over all tested recordings", columns, rows, words=(0, len(columns) - 1), strong=(0,)
    )


def emotions(metrics: Values, claims: Values) -> Table:
    """The classification report, with each emotion's own measures."""
    claimed: Mapping[str, float] = claims.get("f1", {})
    columns = ("Emotion", "Recordings", "Recall", "Precision", "F1", *(["F1 claimed"] if claimed else []))
    columns += ("IoU", "AUC", "Log loss", "MSE")
    rows = [
        _emotion(label, row, [percent(claimed.get(label))] if claimed else [])
        for label, row in metrics["per_class"].items()
    ]
    for kind in ("macro", "weighted"):
        row = {"support": metrics["n"], **metrics["averages"][kind]}
        claim = [percent(claims.get("macro_f1") if kind == "macro" else None)] if claimed else []
        rows.append(_emotion(f"{kind} average", row, claim))
    return Table("Measures of each emotion", columns, tuple(rows), strong=(len(rows) - 2, len(rows) - 1))


def groups(metrics: Values, kind: str) -> Table:
    """UAR by "speaker", lowest first, or by "corpus"."""
    values, counts = metrics[f"per_{kind}"], metrics["recordings"][f"per_{kind}"]
    ranked = (
        sorted(values.items(), key=lambda item: (item[1], item[0])) if kind == "speaker" else values.items()
    )
    rows = tuple((name, f"{counts[name]:,}", percent(uar)) for name, uar in ranked)
    return Table(f"UAR by {kind}", (kind.capitalize(), "Recordings", "UAR"), rows)


def corpora(data: Data) -> Table:
    """What was used of each corpus."""
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


def mistakes(rows: Sequence[Values]) -> Table:
    """The most confident mistakes."""
    columns = ("Recording", "Acted", "Predicted", "Confidence", "Probability of the acted emotion")
    cells = tuple(
        (
            row["file_id"],
            row["acted"],
            row["predicted"],
            percent(row["confidence"]),
            percent(row["acted_probability"]),
        )
        for row in rows
    )
    return Table("Mistakes that the model was surest of", columns, cells, words=(0, 1, 2))


def confusions(rows: Sequence[Values]) -> Table:
    """The most frequent confusions."""
    columns = ("Acted", "Taken for", "Times", "Share of the acted")
    cells = tuple((row["acted"], row["predicted"], f"{row['n']:,}", percent(row["share"])) for row in rows)
    return Table("Emotions that are confused most often", columns, cells, words=(0, 1))


def _result(
    name: str,
    protocol: str,
    uar: float,
    interval: Sequence[float],
    accuracy: float,
    n: int,
    leaks: int | None,
) -> tuple[str, ...]:
    low, high = interval
    bounds = f"{100 * low:.1f} to {percent(high)}"
    found = MISSING if leaks is None else str(leaks or "none")
    return (name, percent(uar), bounds, percent(accuracy), f"{n:,}", found, protocol)


def _value(measure: Measure, value: float | None) -> str:
    return percent(value) if measure.digits is None else decimals(value, measure.digits)


def _claim(measure: Measure, metrics: Values, claims: Values) -> tuple[str, str]:
    """The claim, and how far ours is above it."""
    claim, mine = claims.get(measure.key), metrics[measure.key]
    if claim is None or mine is None:
        return _value(measure, claim), MISSING
    gap = points(mine - claim) if measure.digits is None else decimals(mine - claim, measure.digits)
    return _value(measure, claim), signed(gap)


def _emotion(name: str, row: Values, claim: Sequence[str]) -> tuple[str, ...]:
    shares = [percent(row[key]) for key in ("recall", "precision", "f1")]
    errors = [decimals(row.get(key), digits) for key, digits in (("auc", 3), ("log_loss", 4), ("mse", 4))]
    return (name, f"{row['support']:,}", *shares, *claim, percent(row["iou"]), *errors)
