"""Predictions → metrics.

`Examples`, probabilities → `prediction_table` (a row per recording, p_<label> columns) → `score` → `Scores`
confusion matrix → `confusion_scores` → `ConfusionScores`, the metrics that need no probabilities
confidence, true and predicted classes → `risk_coverage` → UAR and accuracy by coverage, AURC
predictions table → `most_confident` errors; confusion matrix → `confusions`

Confidence is the probability of the predicted class.

>>> rows = pd.DataFrame({"file_id": ["own/1", "own/2"], "dataset": "own", "speaker": ["a", "b"], "fold": 0,
...                      "emotion": ["sad", "angry"], "p_angry": [0.2, 0.6], "p_sad": [0.8, 0.4]})
>>> scores = score(rows, ("angry", "sad"), seed=0)
>>> scores.uar, scores.per_class["sad"].auc, round(scores.calibration.ece, 3)
(1.0, 1.0, 0.3)
"""

from collections.abc import Sequence
from dataclasses import asdict, fields
from functools import partial

import numpy as np
import pandas as pd

from ser_models.data.examples import Examples, speaker_keys
from ser_models.evaluation.entries import (
    Average,
    Averages,
    ClassMetrics,
    ClassResult,
    Confusion,
    CoveragePoint,
    Errors,
    GroupResult,
    Misclassification,
    RiskCoverage,
)
from ser_models.evaluation.metrics import (
    aurc,
    calibration,
    confusion_matrix,
    interval,
    log_losses,
    measured_uar,
    roc_curve,
)
from ser_models.evaluation.result import ConfusionScores, Scores


def score(predictions: pd.DataFrame, labels: Sequence[str], *, seed: int) -> Scores:
    """Compute all metrics of a predictions table.

    Args:
        predictions: columns file_id, dataset, speaker (null if unknown), emotion, fold and p_<label>; each
            recording once.
        labels: the classes, in order.
        seed: of the bootstrap.
    """
    targets, probabilities = arrays_of(predictions, labels)
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    overall = confusion_scores(confusion_matrix(targets, predicted, len(labels)), labels)
    speakers, corpora = speaker_keys(predictions), predictions["dataset"].to_numpy(dtype=object)
    bounds = interval(targets, predicted, speakers, classes=len(labels), seed=seed)
    curves = {
        label: curve
        for index, label in enumerate(labels)
        if (curve := roc_curve(targets == index, probabilities[:, index]))
    }
    log_loss, class_losses = log_losses(targets, probabilities)
    errors = np.square(np.eye(len(labels))[targets] - probabilities).mean(axis=0)
    groups = partial(group_results, targets, predicted, len(labels))
    return Scores.of(
        overall,
        uar_ci95=(bounds.low, bounds.high) if overall.uar is not None else None,
        bootstrap_unit=bounds.unit,
        unknown_speakers=int(predictions["speaker"].isna().sum()),
        macro_auc=float(np.mean([area for _, area in curves.values()])) if curves else None,
        log_loss=log_loss,
        mse=float(errors.mean()),
        folds=tuple(group.uar for group in groups(predictions["fold"].to_numpy()).values()),
        per_class={
            label: ClassResult(
                **asdict(overall.per_class[label]),
                log_loss=float(class_losses[index]),
                mse=float(errors[index]),
                auc=curves[label][1] if label in curves else None,
            )
            for index, label in enumerate(labels)
            if label in overall.per_class
        },
        per_speaker=groups(speakers),
        per_corpus=groups(corpora),
        roc={label: curve for label, (curve, _) in curves.items()},
        calibration=calibration(confidence, predicted == targets),
        risk_coverage=risk_coverage(confidence, targets, predicted, len(labels)),
        errors=Errors(
            most_confident(predictions, labels, probabilities),
            confusions(np.array(overall.confusion_matrix), labels),
        ),
    )


def confusion_scores(matrix: np.ndarray, labels: Sequence[str]) -> ConfusionScores:
    """Compute the metrics of a confusion matrix.

    Args:
        matrix: counts, true classes in rows, predicted ones in columns, (classes, classes), at least one.
        labels: the classes, in order.
    """
    from sklearn import metrics

    classes = range(len(labels))
    targets, predicted = np.nonzero(matrix)
    counts = matrix[targets, predicted]  # a cell stands for so many recordings
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        targets, predicted, labels=classes, sample_weight=counts, zero_division=0
    )
    iou = metrics.jaccard_score(
        targets, predicted, labels=classes, sample_weight=counts, average=None, zero_division=0
    )
    columns = {"precision": precision, "recall": recall, "f1": f1, "iou": iou, "support": support.astype(int)}
    table = pd.DataFrame(columns, index=list(labels))
    occurring = table[table["support"] > 0]
    averages, measurable = _averages(occurring), len(occurring) > 1
    return ConfusionScores(
        n=int(matrix.sum()),
        uar=measured_uar(matrix),
        chance=1 / len(occurring) if measurable else None,
        accuracy=float(np.trace(matrix) / matrix.sum()),
        macro_f1=averages.macro.f1,
        weighted_f1=averages.weighted.f1,
        mcc=float(metrics.matthews_corrcoef(targets, predicted, sample_weight=counts))
        if measurable
        else None,
        mean_iou=averages.macro.iou,
        averages=averages,
        per_class={str(label): ClassMetrics(**row) for label, row in occurring.to_dict("index").items()},
        confusion_matrix=tuple(map(tuple, matrix.tolist())),
        labels=tuple(labels),
    )


def _averages(table: pd.DataFrame) -> Averages:
    """Average the rows of a class table, unweighted and weighted by support."""

    def average(weights: pd.Series | None) -> Average:
        names = [field.name for field in fields(Average)]
        return Average(**{name: float(np.average(table[name], weights=weights)) for name in names})

    return Averages(macro=average(None), weighted=average(table["support"]))


def group_results(
    targets: np.ndarray, predicted: np.ndarray, classes: int, keys: np.ndarray
) -> dict[str, GroupResult]:
    """Compute UAR and size of groups of recordings.

    Args:
        targets: true classes, (recordings,).
        predicted: predicted classes, (recordings,).
        classes: number of classes.
        keys: group of each recording, (recordings,); None is no group.

    Returns:
        By group, sorted.
    """
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


STEPS = 20
"""Number of coverages at which a risk-coverage curve is computed."""


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
