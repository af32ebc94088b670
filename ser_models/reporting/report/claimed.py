"""What a publication reports beside the results of runs: only the metrics that it reports.

`Claims`, `EvaluationResult`s by name of their run → `tables` → report, `ser reproduce`, docs/papers

The publication is the first of the sources that are compared; "–" is a figure that a source does not have.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from ser_models.evaluation.claims import Claims, ClassClaims
from ser_models.evaluation.result import EvaluationResult
from ser_models.reporting.report.metrics import EMOTION_METRICS, METRICS, Metric
from ser_models.reporting.report.text import Table, cell, value_of
from ser_models.reporting.text import MISSING, decimals, points, signed

PAPER = "paper"
"""Name of the publication among the sources."""

SECOND_SOFTMAX = (
    "The log losses and MSE of the paper have the values of probabilities that passed through softmax twice, "
    "which leaves 0.28 to a certain prediction of one in 8 classes: they cannot be compared with other "
    "losses. For this comparison only, the second softmax is applied to the probabilities of the runs here."
)
"""What has to stand beside such claims."""

OVERALL = (
    *METRICS,
    Metric("averages.macro.precision", "Macro precision"),
    Metric("averages.macro.recall", "Macro recall"),
    Metric("averages.weighted.precision", "Weighted precision"),
    Metric("averages.weighted.recall", "Weighted recall"),
    Metric("n", "Test recordings", digits=0),
)
BY_EMOTION = (
    *EMOTION_METRICS,
    Metric("support", "Recordings", digits=0),
    Metric("correct", "Correct", digits=0),
)
TRAINING = (
    Metric("training.train.accuracy", "Training accuracy"),
    Metric("training.validation.accuracy", "Validation accuracy"),
    Metric("training.train.loss", "Training loss", digits=4),
    Metric("training.validation.loss", "Validation loss", digits=4),
    Metric("training.epochs", "Epochs", digits=0),
)

Runs = Mapping[str, EvaluationResult]


def tables(claims: Claims, runs: Runs) -> list[Table]:
    """Everything that the publication reports, beside the runs; tables without a claim are left out."""
    made = (overall(claims, runs), emotions(claims, runs), training(claims, runs), losses(claims, runs))
    return [table for table in made if table.rows]


def overall(claims: Claims, runs: Runs) -> Table:
    """Metrics of all test recordings, with the difference of each run."""
    return _by_metric("All test recordings", _comparable(OVERALL, claims), claims, runs)


def training(claims: Claims, runs: Runs) -> Table:
    """Course of the training of the final model; the epoch is the one whose weights are used."""
    return _by_metric("Training of the final model", TRAINING, claims, runs)


def emotions(claims: Claims, runs: Runs) -> Table:
    """Metrics of each emotion and their averages, a row for each source."""
    values: dict[str, Mapping[str, object]] = {PAPER: {**claims.per_class, **_averages(claims)}}
    values |= {name: {**_classes(run), **_averages(run)} for name, run in runs.items()}
    return _by_emotion("Each emotion", _comparable(BY_EMOTION, claims), values)


def losses(claims: Claims, runs: Runs) -> Table:
    """Log loss and MSE after a second softmax, if the publication reports those."""
    values: dict[str, Mapping[str, object]] = {PAPER: {"all": claims, **claims.per_class}}
    for name, run in runs.items():
        repeated = run.second_softmax
        values[name] = {"all": repeated, **repeated.per_class} if repeated else {}
    metrics = [metric for metric in EMOTION_METRICS if not claims.is_comparable(metric.key)]
    return _by_emotion("Probabilities that passed through softmax twice", metrics, values)


def _averages(source: Claims | EvaluationResult) -> Mapping[str, object]:
    return {"macro average": source.averages.macro, "weighted average": source.averages.weighted}


def _classes(run: EvaluationResult) -> Mapping[str, object]:
    """Metrics of each class of a run, with its correct predictions."""
    correct = {label: run.confusion_matrix[row][row] for row, label in enumerate(run.labels)}
    return {
        label: ClassClaims(**asdict(metrics), correct=correct[label])
        for label, metrics in run.per_class.items()
    }


def _comparable(metrics: Iterable[Metric], claims: Claims) -> list[Metric]:
    """The metrics whose claim has the usual definition."""
    return [metric for metric in metrics if claims.is_comparable(metric.key)]


def _by_metric(caption: str, metrics: Iterable[Metric], claims: Claims, runs: Runs) -> Table:
    columns = ["Metric", PAPER]
    for name in runs:
        columns += [name, "difference"]
    rows = []
    for metric in metrics:
        if (claim := value_of(metric, claims)) is not None:
            cells = [metric.name, _printed(metric, claim)]
            for run in runs.values():
                value = value_of(metric, run)
                cells += [cell(metric, value), _difference(metric, claim, value)]
            rows.append(tuple(cells))
    return Table(caption, tuple(columns), tuple(rows))


def _printed(metric: Metric, claim: float | None) -> str:
    r"""Format a claim with the decimals that the publication prints.

    >>> _printed(METRICS[1], 0.9551), _printed(METRICS[1], 0.86)
    ('95.51\xa0%', '86\xa0%')
    """
    if claim is None or metric.digits == 0:
        return cell(metric, claim)
    return f"{100 * claim:.10g}\N{NO-BREAK SPACE}%" if metric.digits is None else f"{claim:.10g}"


def _difference(metric: Metric, claim: float, value: float | None) -> str:
    """Difference of a run to the claim; "–" for counts."""
    if value is None or metric.digits == 0:
        return MISSING
    gap = points(value - claim) if metric.digits is None else decimals(value - claim, metric.digits)
    return signed(gap)


def _by_emotion(
    caption: str, metrics: Sequence[Metric], sources: Mapping[str, Mapping[str, object]]
) -> Table:
    """A row for each emotion and source, and a column for each metric with a claim."""
    claims = sources[PAPER]
    claimed = [metric for metric in metrics if _any(claims.values(), [metric])]
    rows = []
    for label in claims:
        if _any([claims[label]], claimed):
            for name, values in sources.items():
                text = _printed if name == PAPER else cell
                rows.append(
                    (label, name, *(text(metric, value_of(metric, values.get(label))) for metric in claimed))
                )
    columns = ("Emotion", "Source", *(metric.name for metric in claimed))
    return Table(caption, columns, tuple(rows), words=(0, 1))


def _any(sources: Iterable[object], metrics: Sequence[Metric]) -> bool:
    """Whether a source has one of the metrics."""
    return any(value_of(metric, source) is not None for source in sources for metric in metrics)
