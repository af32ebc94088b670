"""What a publication reports about its system, by the names of `EvaluationResult`.

`[claims]` of a recipe → `Claims` → beside the `EvaluationResult` of a run, in the report

Only what the publication prints is set; everything else is None. Rates are 0 to 1, losses in nats.

>>> claims = Claims(accuracy=0.96, per_class={"sad": ClassClaims(f1=0.94)})
>>> claims.per_class["sad"].f1, claims.uar
(0.94, None)
"""

from pydantic import BaseModel, ConfigDict, PositiveFloat

from ser_models.evaluation.entries import Correlation, Count, Loss, Rate

LOSSES = ("log_loss", "mse")
"""Metrics that a second softmax changes."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AverageClaims(_Table):
    """Averages over classes, as `ser_models.evaluation.entries.Average`."""

    precision: Rate | None = None
    recall: Rate | None = None
    f1: Rate | None = None
    iou: Rate | None = None


class AveragesClaims(_Table):
    """Averages over classes: `macro` unweighted, `weighted` by support."""

    macro: AverageClaims = AverageClaims()
    weighted: AverageClaims = AverageClaims()


class ClassClaims(AverageClaims):
    """Metrics of one class against all others, as `ser_models.evaluation.entries.ClassResult`.

    Attributes:
        log_loss: mean binary log loss.
        mse: Brier score.
        auc: area under the ROC curve.
        support: number of test recordings.
        correct: number of correct predictions, the cell on the diagonal of the confusion matrix.
    """

    log_loss: Loss | None = None
    mse: Rate | None = None
    auc: Rate | None = None
    support: Count | None = None
    correct: Count | None = None


class SideClaims(_Table):
    """Accuracy and loss of one side of the split at the end of the training."""

    accuracy: Rate | None = None
    loss: Loss | None = None


class TrainingClaims(_Table):
    """Course of the training.

    Attributes:
        epochs: number of epochs until it stopped.
        train: figures of the training recordings.
        validation: figures of the validation recordings.
    """

    epochs: Count | None = None
    train: SideClaims = SideClaims()
    validation: SideClaims = SideClaims()


class ExtractionClaims(_Table):
    """Duration of the feature extraction: number of files, and seconds for all of them."""

    files: Count
    seconds: PositiveFloat


class Claims(_Table):
    """What a publication reports.

    Attributes:
        n: number of test recordings.
        accuracy: share of correct predictions.
        uar: unweighted average recall (balanced accuracy).
        mcc: Matthews correlation coefficient, -1 to 1.
        log_loss: mean negative log-probability of the true class.
        mse: mean squared error over recordings and classes.
        macro_auc: mean area under the ROC curves.
        averages: precision, recall, F1 and IoU averaged over classes.
        per_class: metrics of each class, by canonical emotion.
        training: course of the training.
        extraction: duration of the feature extraction.
        second_softmax: whether all log losses and MSE are of probabilities that passed through softmax twice.
    """

    n: Count | None = None
    accuracy: Rate | None = None
    uar: Rate | None = None
    mcc: Correlation | None = None
    log_loss: Loss | None = None
    mse: Rate | None = None
    macro_auc: Rate | None = None
    averages: AveragesClaims = AveragesClaims()
    per_class: dict[str, ClassClaims] = {}
    training: TrainingClaims = TrainingClaims()
    extraction: ExtractionClaims | None = None
    second_softmax: bool = False

    def is_comparable(self, metric: str) -> bool:
        """Whether the claims of a metric have its usual definition, which that of a result has."""
        return not (self.second_softmax and metric in LOSSES)
