"""Predictions → metrics.

predictions table (a row per recording, p_<label> columns) → `score` → `Scores`

>>> rows = pd.DataFrame({"file_id": ["own/1", "own/2"], "dataset": "own", "speaker": ["a", "b"], "fold": 0,
...                      "emotion": ["sad", "angry"], "p_angry": [0.2, 0.6], "p_sad": [0.8, 0.4]})
>>> scores = score(rows, ("angry", "sad"), seed=0)
>>> scores.uar, scores.per_class["sad"].auc, round(scores.calibration.ece, 3)
(1.0, 1.0, 0.3)
"""

from collections.abc import Sequence
from dataclasses import fields
from functools import partial

import numpy as np
import pandas as pd

from ser_models.data.examples import speaker_keys
from ser_models.evaluation import error_analysis
from ser_models.evaluation.bootstrap import interval
from ser_models.evaluation.calibration import calibration, risk_coverage
from ser_models.evaluation.metrics import confusion_matrix, log_losses, roc_curve, uar
from ser_models.evaluation.predictions import probability_columns
from ser_models.evaluation.result import Average, Averages, ClassResult, Errors, GroupResult, Scores


def score(predictions: pd.DataFrame, labels: Sequence[str], *, seed: int) -> Scores:
    """Compute all metrics of a predictions table.

    Args:
        predictions: columns file_id, dataset, speaker, emotion, fold and p_<label>; each recording once.
        labels: the classes, in order.
        seed: of the bootstrap.
    """
    from sklearn import metrics

    # rows of a float32 softmax may exceed 1 by its precision
    probabilities = predictions[probability_columns(labels)].to_numpy(dtype=np.float64).clip(0, 1)
    targets = np.array([labels.index(emotion) for emotion in predictions["emotion"]], dtype=np.int64)
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    matrix = confusion_matrix(targets, predicted, len(labels))
    speakers, corpora = speaker_keys(predictions), predictions["dataset"].to_numpy(dtype=object)
    bounds = interval(targets, predicted, speakers, classes=len(labels), seed=seed)
    table = _class_table(targets, predicted, probabilities, labels)
    occurring = table[table["support"] > 0]
    curves = {
        label: curve
        for index, label in enumerate(labels)
        if (curve := roc_curve(targets == index, probabilities[:, index]))
    }
    averages = _averages(occurring)
    groups = partial(_groups, targets, predicted, len(labels))
    return Scores(
        n=len(predictions),
        uar=uar(matrix),
        uar_ci95=(bounds.low, bounds.high),
        bootstrap_unit=bounds.unit,
        chance=1 / len(occurring),
        accuracy=float(metrics.accuracy_score(targets, predicted)),
        macro_f1=averages.macro.f1,
        weighted_f1=averages.weighted.f1,
        mcc=float(metrics.matthews_corrcoef(targets, predicted)),
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
            error_analysis.most_confident(predictions, labels, probabilities),
            error_analysis.confusions(matrix, labels),
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
    columns |= {"log_loss": log_losses(targets, probabilities)[1], "support": support}
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
    """UAR and size of each group of recordings, sorted by key."""
    members = {key: keys == key for key in sorted(set(keys))}
    return {
        str(key): GroupResult(uar(confusion_matrix(targets[own], predicted[own], classes)), int(own.sum()))
        for key, own in members.items()
    }
