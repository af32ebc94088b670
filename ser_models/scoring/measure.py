"""Predictions of a table → all metrics that they allow.

`Predictions` → confusion matrix → `confusion_scores`, `interval` over speakers, groups, calibration
→ `ScoreResult`
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from ser_features.errors import counted, listed
from ser_models.data.examples import speaker_keys
from ser_models.evaluation.entries import Calibration
from ser_models.evaluation.metrics import calibration, confusion_matrix, interval, log_losses
from ser_models.evaluation.paired import class_indices
from ser_models.evaluation.result import ConfusionScores
from ser_models.evaluation.score import confusion_scores, group_results
from ser_models.scoring.majority import hidden_majority
from ser_models.scoring.predictions import Predictions
from ser_models.scoring.result import ScoreResult

MOST_GROUPS = 50
"""Values of a column of groups that are compared."""

SUSPECT = 20
"""Number of rows from which on predictions without an error may be the truth itself."""

LISTED = 6


def measure(predictions: Predictions, *, seed: int) -> ScoreResult:
    """Compute the metrics of predictions.

    Args:
        predictions: at least one.
        seed: of the bootstrap.
    """
    rows, labels = predictions.rows, predictions.labels
    targets, predicted = class_indices(rows, labels, "emotion", "predicted")
    scores = confusion_scores(confusion_matrix(targets, predicted, len(labels)), labels)
    speakers = speakers_of(rows)
    bounds = None
    if scores.uar is not None:
        bounds = interval(targets, predicted, speakers, classes=len(labels), seed=seed)
    compared = {name: _values(rows[name]) for name in predictions.groups}
    log_loss, bins = _of_probabilities(predictions.probabilities, targets, predicted)
    return ScoreResult.of(
        scores,
        name=predictions.name,
        uar_ci95=(bounds.low, bounds.high) if bounds else None,
        bootstrap_unit=bounds.unit if bounds else "",
        unknown_speakers=int(pd.isna(speakers).sum()),
        log_loss=log_loss,
        calibration=bins,
        unpredicted=predictions.unpredicted,
        per_speaker=group_results(targets, predicted, len(labels), speakers),
        groups={
            name: group_results(targets, predicted, len(labels), values)
            for name, values in compared.items()
            if 0 < len(_different(values)) <= MOST_GROUPS
        },
        columns=predictions.columns,
        majority=hidden_majority(scores, bounds.low if bounds else None),
        notes=(*predictions.notes, *_notes(predictions, scores, compared)),
    )


def speakers_of(rows: pd.DataFrame) -> np.ndarray:
    """Speaker of each row, "corpus/speaker" where a column names the corpus; None if unknown."""
    keys = speaker_keys(rows)
    return np.array([None if key is None else key.removeprefix("/") for key in keys], dtype=object)


def _values(column: pd.Series) -> np.ndarray:
    return column.where(column.notna(), None).to_numpy(dtype=object)


def _different(values: np.ndarray) -> set[str]:
    return set(values) - {None}


def _of_probabilities(
    probabilities: np.ndarray | None, targets: np.ndarray, predicted: np.ndarray
) -> tuple[float, Calibration] | tuple[None, None]:
    """Log loss and calibration; None without probabilities."""
    if probabilities is None:
        return None, None
    confidence = probabilities[np.arange(len(predicted)), predicted]
    return log_losses(targets, probabilities)[0], calibration(confidence, predicted == targets)


def _notes(
    predictions: Predictions, scores: ConfusionScores, compared: Mapping[str, np.ndarray]
) -> Iterator[str]:
    """What qualifies the metrics."""
    rows, labels = predictions.rows, predictions.labels
    if never := sorted({*rows["emotion"]} - {*rows["predicted"]}):
        yield f"never predicted: {listed(never, LISTED)}"
    if predictions.unpredicted:
        total = sum(predictions.unpredicted.values())
        yield (
            f"{counted(total, 'recording')} without a prediction: left out; counted as errors, the UAR is "
            f"{_uar_with_errors(predictions, scores):.3f}"
        )
    if predictions.probabilities is not None:
        best = np.array(labels, dtype=object)[predictions.probabilities.argmax(axis=1)]
        if other := int((best != rows["predicted"].to_numpy()).sum()):
            yield f"in {counted(other, 'row')} the prediction is not the class of the highest probability"
        if predictions.columns.get("prediction") is None and len(rows) >= SUSPECT and scores.accuracy == 1:
            column = predictions.columns["truth"]
            yield f"{column} is the class of the highest probability in every row: is it the prediction?"
    for name, values in compared.items():
        if (several := len(_different(values))) > MOST_GROUPS:
            yield f"column {name} has {several} values, more than {MOST_GROUPS}: they are not compared"


def _uar_with_errors(predictions: Predictions, scores: ConfusionScores) -> float:
    """UAR if recordings without a prediction count as errors."""
    support = {label: row.support for label, row in scores.per_class.items()}
    hits = {label: row.support * row.recall for label, row in scores.per_class.items()}
    labels = {*support, *predictions.unpredicted}
    return float(
        np.mean(
            [
                hits.get(label, 0) / (support.get(label, 0) + predictions.unpredicted.get(label, 0))
                for label in labels
            ]
        )
    )
