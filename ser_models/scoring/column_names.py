"""Names of the columns of predictions, without case, blanks, hyphens and underscores.

header → `columns` (which column is what), by these names and by those of `ser_features.tables`
"""

from collections.abc import Sequence

from ser_features.arguments import plain


def _plain(*names: str) -> frozenset[str]:
    return frozenset(map(plain, names))


TRUTH = _plain(
    *("truth", "true", "true_label", "true_class", "true_emotion", "y_true", "target", "reference", "ref"),
    *("gold", "gold_label", "ground_truth", "gt", "actual", "expected", "emotion_true", "label_true"),
)
"""Names of the true classes. `emotion`, `label` and their like may be the prediction instead."""

PREDICTION = _plain(
    *("prediction", "predictions", "predicted", "pred", "preds", "hypothesis", "hyp", "y_pred", "y_hat"),
    *("predicted_label", "predicted_class", "predicted_emotion", "pred_label", "pred_class", "pred_emotion"),
    *("prediction_label", "emotion_pred", "label_pred", "emotion_predicted", "output"),
)

CONFIDENCE = _plain("confidence", "ood_score")
"""Columns of `ser predict`: the emotion beside them is the prediction."""

DATASET = _plain("dataset", "corpus", "database", "db", "source_dataset")

GROUPS = ("dataset", "corpus", "database", "language", "lang", "gender", "sex", "session", "fold")
"""Columns whose values are compared without being named."""

CLASSES = "truth, label or emotion"
PREDICTIONS = "prediction or pred, or a column of probabilities per class"
"""What a message expects."""


def is_of(name: str, names: frozenset[str]) -> bool:
    """Whether a column has one of some names."""
    return plain(name) in names


def usual_names() -> Sequence[str]:
    """All names of the roles, by which a header is recognised."""
    return sorted(TRUTH | PREDICTION | CONFIDENCE | DATASET)
