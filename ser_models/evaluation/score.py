"""Predictions → metrics.

`Examples`, probabilities → `prediction_table` (a row per recording, p_<label> columns) → `score` → `Scores`
confidence, correct? → `calibration` → bins and ECE
confidence, true and predicted classes → `risk_coverage` → UAR and accuracy by coverage, AURC
predictions table → `most_confident` errors; confusion matrix → `confusions`

Confidence is the probability of the predicted class. Calibration uses 15 bins of equal width from 0 to 1,
(low, high], as in Guo et al., On Calibration of Modern Neural Networks, 2017.

>>> rows = pd.DataFrame({"file_id": ["own/1", "own/2"], "dataset": "own", "speaker": ["a", "b"], "fold": 0,
...                      "emotion": ["sad", "angry"], "p_angry": [0.2, 0.6], "p_sad": [0.8, 0.4]})
>>> scores = score(rows, ("angry", "sad"), seed=0)
>>> scores.uar, scores.per_class["sad"].auc, round(scores.calibration.ece, 3)
(1.0, 1.0, 0.3)
>>> result = calibration(np.array([0.9, 0.9, 0.9, 0.9]), np.array([True, True, True, False]))
>>> round(result.ece, 3)
0.15
"""

from collections.abc import Sequence
from dataclasses import fields
from functools import partial

import numpy as np
import pandas as pd

from ser_models.data.examples import Examples, speaker_keys
from ser_models.evaluation.metrics import confusion_matrix, interval, log_losses, measured_uar, roc_curve
from ser_models.evaluation.result import (
    Average,
    Averages,
    Calibration,
    CalibrationBin,
    ClassResult,
    Confusion,
    CoveragePoint,
    Errors,
    GroupResult,
    Misclassification,
    RiskCoverage,
    Scores,
)


def score(predictions: pd.DataFrame, labels: Sequence[str], *, seed: int) -> Scores:
    """Compute all metrics of a predictions table.

    Args:
        predictions: columns file_id, dataset, speaker (null if unknown), emotion, fold and p_<label>; each
            recording once.
        labels: the classes, in order.
        seed: of the bootstrap.
    """
    from sklearn import metrics

    targets, probabilities = arrays_of(predictions, labels)
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    matrix = confusion_matrix(targets, predicted, len(labels))
    speakers, corpora = speaker_keys(predictions), predictions["dataset"].to_numpy(dtype=object)
    bounds = interval(targets, predicted, speakers, classes=len(labels), seed=seed)
    table = _class_table(targets, predicted, probabilities, labels)
    occurring = table[table["support"] > 0]
    measurable = len(occurring) > 1
    curves = {
        label: curve
        for index, label in enumerate(labels)
        if (curve := roc_curve(targets == index, probabilities[:, index]))
    }
    averages = _averages(occurring)
    groups = partial(_groups, targets, predicted, len(labels))
    return Scores(
        n=len(predictions),
        uar=measured_uar(matrix),
        uar_ci95=(bounds.low, bounds.high) if measurable else None,
        bootstrap_unit=bounds.unit,
        unknown_speakers=int(predictions["speaker"].isna().sum()),
        chance=1 / len(occurring) if measurable else None,
        accuracy=float(metrics.accuracy_score(targets, predicted)),
        macro_f1=averages.macro.f1,
        weighted_f1=averages.weighted.f1,
        mcc=float(metrics.matthews_corrcoef(targets, predicted)) if measurable else None,
        mean_iou=averages.macro.iou,
        macro_auc=float(np.mean([area for _, area in curves.values()])) if curves else None,
        log_loss=log_losses(targets, probabilities)[0],
        mse=float(table["mse"].mean()),
        averages=averages,
        folds=tuple(group.uar for group in groups(predictions["fold"].to_numpy()).values()),
        per_class={
            str(label): ClassResult(auc=curves[label][1] if label in curves else None, **row)
            for label, row in occurring.to_dict("index").items()
        },
        per_speaker=groups(speakers),
        per_corpus=groups(corpora),
        confusion_matrix=tuple(map(tuple, matrix.tolist())),
        roc={label: curve for label, (curve, _) in curves.items()},
        calibration=calibration(confidence, predicted == targets),
        risk_coverage=risk_coverage(confidence, targets, predicted, len(labels)),
        errors=Errors(
            most_confident(predictions, labels, probabilities),
            confusions(matrix, labels),
        ),
        labels=tuple(labels),
    )


def _class_table(
    targets: np.ndarray, predicted: np.ndarray, probabilities: np.ndarray, labels: Sequence[str]
) -> pd.DataFrame:
    """The metrics of `ClassResult` except the AUC, with a row per label."""
    from sklearn import metrics

    classes = range(len(labels))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        targets, predicted, labels=classes, zero_division=0
    )
    iou = metrics.jaccard_score(targets, predicted, labels=classes, average=None, zero_division=0)
    mse = metrics.mean_squared_error(np.eye(len(labels))[targets], probabilities, multioutput="raw_values")
    columns = {"precision": precision, "recall": recall, "f1": f1, "iou": iou, "mse": mse}
    columns |= {"log_loss": log_losses(targets, probabilities)[1]}
    columns |= {"support": support.astype(int)}  # scikit-learn returns floats if no prediction is correct
    return pd.DataFrame(columns, index=list(labels))


def _averages(table: pd.DataFrame) -> Averages:
    """Average the rows of a class table, unweighted and weighted by support."""

    def average(weights: pd.Series | None) -> Average:
        names = [field.name for field in fields(Average)]
        return Average(**{name: float(np.average(table[name], weights=weights)) for name in names})

    return Averages(macro=average(None), weighted=average(table["support"]))


def _groups(
    targets: np.ndarray, predicted: np.ndarray, classes: int, keys: np.ndarray
) -> dict[str, GroupResult]:
    """UAR and size of each group of recordings, sorted by key; None is no group."""
    members = {key: keys == key for key in sorted(set(keys) - {None})}
    return {
        str(key): GroupResult(
            measured_uar(confusion_matrix(targets[own], predicted[own], classes)), int(own.sum())
        )
        for key, own in members.items()
    }


def arrays_of(predictions: pd.DataFrame, labels: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """True classes, (recordings,), and probabilities, (recordings, classes), of a predictions table."""
    # rows of a float32 softmax may exceed 1 by its precision
    probabilities = predictions[probability_columns(labels)].to_numpy(dtype=np.float64).clip(0, 1)
    targets = np.array([labels.index(emotion) for emotion in predictions["emotion"]], dtype=np.int64)
    return targets, probabilities


def probability_columns(labels: Sequence[str]) -> list[str]:
    """Names of the probability columns of a predictions table, in the order of the labels."""
    return [f"p_{label}" for label in labels]


def prediction_table(examples: Examples, probabilities: np.ndarray, *, fold: int, split: str) -> pd.DataFrame:
    """Build the predictions table of some recordings.

    Args:
        examples: the recordings.
        probabilities: (recordings, classes), in the order of the examples and of their labels.
        fold: number of the fold, written to each row.
        split: "train", "validation" or "test", likewise.

    Returns:
        Columns file_id, dataset, path, speaker, emotion (the true class), fold, split, predicted,
        confidence (probability of the predicted class, 0 to 1) and one p_<label> per class.
    """
    best = probabilities.argmax(axis=1)
    table = examples.rows[["file_id", "dataset", "path", "speaker", "emotion"]].assign(
        fold=fold,
        split=split,
        predicted=np.array(examples.labels, dtype=object)[best],
        confidence=probabilities[np.arange(len(best)), best],
    )
    columns = probability_columns(examples.labels)
    return pd.concat([table, pd.DataFrame(probabilities, columns=columns, index=table.index)], axis=1)


BINS = 15
STEPS = 20
"""Number of coverages at which a risk-coverage curve is computed."""


def calibration(confidence: np.ndarray, correct: np.ndarray, bins: int = BINS) -> Calibration:
    """Bin predictions by confidence and compute the expected calibration error (ECE).

    Args:
        confidence: (recordings,), 0 to 1.
        correct: whether each prediction is correct, (recordings,) bool.
        bins: number of bins of equal width.

    Returns:
        The bins that are not empty, by rising confidence, and the mean distance of confidence and accuracy
        over bins, weighted by their size.
    """
    edges = np.linspace(0, 1, bins + 1)
    numbers = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    reliability = tuple(
        CalibrationBin(
            low=float(edges[number]),
            high=float(edges[number + 1]),
            n=int(inside.sum()),
            confidence=float(confidence[inside].mean()),
            accuracy=float(correct[inside].mean()),
        )
        for number in np.unique(numbers)
        for inside in [numbers == number]
    )
    gaps = [abs(entry.confidence - entry.accuracy) for entry in reliability]
    ece = float(np.average(gaps, weights=[entry.n for entry in reliability]))
    return Calibration(ece, bins, reliability)


def risk_coverage(
    confidence: np.ndarray, targets: np.ndarray, predicted: np.ndarray, classes: int
) -> RiskCoverage:
    """Evaluate selective classification: predictions of lowest confidence are rejected first.

    Args:
        confidence: (recordings,), 0 to 1.
        targets: true classes, (recordings,).
        predicted: predicted classes, (recordings,).
        classes: number of classes.

    Returns:
        The AURC, and the curve at `STEPS` coverages by rising coverage.
    """
    order = np.argsort(-confidence, kind="stable")
    curve = []
    for step in range(1, STEPS + 1):
        kept = order[: max(1, round(len(order) * step / STEPS))]
        matrix = confusion_matrix(targets[kept], predicted[kept], classes)
        curve.append(
            CoveragePoint(
                coverage=len(kept) / len(order),
                threshold=float(confidence[kept[-1]]),
                accuracy=float(np.trace(matrix) / len(kept)),
                uar=measured_uar(matrix),
            )
        )
    return RiskCoverage(aurc(confidence, predicted == targets), tuple(curve))


def aurc(confidence: np.ndarray, correct: np.ndarray) -> float:
    """Area under the risk-coverage curve, 0 to 1: the error rate averaged over all coverages.

    0 if every prediction is correct; the overall error rate if confidence is uninformative. Recordings of
    equal confidence share a coverage. Geifman and El-Yaniv, Selective Classification for Deep Neural
    Networks, 2017.

    >>> aurc(np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, True, False]))
    0.0625
    """
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~correct[order])
    last = np.searchsorted(-confidence[order], -confidence[order], side="right")
    return float((wrong[last - 1] / last).mean())


MOST_ERRORS = 20
"""Maximal number of wrong predictions that are listed."""
MOST_PAIRS = 10
"""Maximal number of confused pairs that are listed."""


def most_confident(
    predictions: pd.DataFrame, labels: Sequence[str], probabilities: np.ndarray
) -> tuple[Misclassification, ...]:
    """List the wrong predictions of highest confidence.

    Args:
        predictions: columns file_id and emotion, a row per recording.
        labels: the classes, in order.
        probabilities: (recordings, classes), in the order of the rows.

    Returns:
        At most `MOST_ERRORS`, by falling confidence, then by file_id.
    """
    rows = zip(predictions["file_id"], predictions["emotion"], probabilities, strict=True)
    errors = [
        Misclassification(file_id, true, predicted, float(row.max()), float(row[labels.index(true)]))
        for file_id, true, row in rows
        if (predicted := labels[row.argmax()]) != true
    ]
    return tuple(sorted(errors, key=lambda error: (-error.confidence, error.file_id))[:MOST_ERRORS])


def confusions(matrix: np.ndarray, labels: Sequence[str]) -> tuple[Confusion, ...]:
    """List the pairs of classes that are confused most often.

    Args:
        matrix: true classes in rows, predicted ones in columns, (classes, classes).
        labels: the classes, in order.

    Returns:
        At most `MOST_PAIRS`, by falling count, then by falling share of the true class's recordings.
    """
    pairs = [
        Confusion(labels[row], labels[column], int(n), float(n / matrix[row].sum()))
        for (row, column), n in np.ndenumerate(matrix)
        if row != column and n
    ]
    return tuple(sorted(pairs, key=lambda pair: (-pair.n, -pair.share))[:MOST_PAIRS])
