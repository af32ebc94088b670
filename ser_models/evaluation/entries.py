"""What a result consists of: metrics of one class, group or bin of confidence, errors, findings, epochs.

`score` (`metrics`), `leakage`, `confounds` → entries → `result.EvaluationResult`

All rates, probabilities and losses are plain Python numbers. Rates and probabilities lie between 0 and 1.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

Rate = Annotated[float, Field(ge=0, le=1)]
Loss = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
Correlation = Annotated[float, Field(ge=-1, le=1)]


@dataclass(frozen=True, slots=True)
class ClassMetrics:
    """Metrics of the predicted classes, of one class against all others.

    Attributes:
        precision: 0 for a class that was never predicted.
        recall: share of its recordings that were classified correctly.
        f1: harmonic mean of precision and recall.
        iou: intersection over union (Jaccard index), TP / (TP + FP + FN).
        support: number of recordings of the class, 1 or more.
    """

    precision: Rate
    recall: Rate
    f1: Rate
    iou: Rate
    support: Count


@dataclass(frozen=True, slots=True)
class ClassResult(ClassMetrics):
    """The same with those of the probability of the class.

    Attributes:
        log_loss: mean binary log loss of the probability, in nats.
        mse: mean squared error of the probability, the Brier score.
        auc: area under the ROC curve; None if all recordings are of the class.
    """

    log_loss: Loss
    mse: Rate
    auc: Rate | None


@dataclass(frozen=True, slots=True)
class Average:
    """Precision, recall, F1 and IoU averaged over the classes that occur in the test."""

    precision: Rate
    recall: Rate
    f1: Rate
    iou: Rate


@dataclass(frozen=True, slots=True)
class Averages:
    """Averages over classes: `macro` unweighted, `weighted` by support."""

    macro: Average
    weighted: Average


@dataclass(frozen=True, slots=True)
class GroupResult:
    """UAR and number of recordings of one speaker or corpus; no UAR if all of them are of one class."""

    uar: Rate | None
    n: Count


@dataclass(frozen=True, slots=True)
class RocCurve:
    """A ROC curve from (0, 0) to (1, 1): false and true positive rates, one pair per threshold."""

    fpr: tuple[Rate, ...]
    tpr: tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """The recordings whose confidence lies in (low, high]; at least one.

    Attributes:
        low: lower bound, excluded.
        high: upper bound, included.
        n: number of recordings.
        confidence: their mean confidence.
        accuracy: their accuracy.
    """

    low: Rate
    high: Rate
    n: Count
    confidence: Rate
    accuracy: Rate


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibration of the confidence.

    Attributes:
        ece: expected calibration error.
        bins: number of bins of equal width between 0 and 1.
        reliability: the bins that are not empty, by rising confidence.
    """

    ece: Rate
    bins: Count
    reliability: tuple[CalibrationBin, ...]


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """The predictions that remain if those of lowest confidence are rejected.

    Attributes:
        coverage: share of the recordings that remain, above 0.
        threshold: lowest confidence among them.
        accuracy: their accuracy.
        uar: their UAR, over the classes that occur among them; None if that is one class.
    """

    coverage: Rate
    threshold: Rate
    accuracy: Rate
    uar: Rate | None


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """Selective classification: `aurc`, the area under the risk-coverage curve, and points of the curve."""

    aurc: Rate
    curve: tuple[CoveragePoint, ...]


@dataclass(frozen=True, slots=True)
class Misclassification:
    """One wrong prediction.

    Attributes:
        file_id: the recording.
        true: its class.
        predicted: the predicted class.
        confidence: probability of the predicted class.
        true_probability: probability of the true class.
    """

    file_id: str
    true: str
    predicted: str
    confidence: Rate
    true_probability: Rate


@dataclass(frozen=True, slots=True)
class Confusion:
    """A pair of classes that were confused: how often, and the share of the true class's recordings."""

    true: str
    predicted: str
    n: Count
    share: Rate


@dataclass(frozen=True, slots=True)
class Errors:
    """Error analysis: wrong predictions by falling confidence, and pairs of classes by falling count."""

    most_confident: tuple[Misclassification, ...]
    confusions: tuple[Confusion, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One leak between training and test, or one confound of the recordings.

    Attributes:
        kind: speaker, audio, recording, unknown, fitted, corpus-level or suspect. Of a confound it is the
            property, such as sample rate.
        message: one sentence without a final full stop.
        count: number of speakers, recordings, columns or classes concerned.
        examples: up to five of them.
    """

    kind: str
    message: str
    count: Count
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SideResult:
    """Loss, as it was trained, and accuracy of one side of the split after an epoch."""

    accuracy: Rate | None
    loss: Loss | None


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """The training of the final model.

    Attributes:
        epoch: the epoch whose weights are used.
        epochs: number of epochs until it stopped.
        train: figures of the training recordings in that epoch.
        validation: figures of the validation recordings after it.
    """

    epoch: Count
    epochs: Count
    train: SideResult
    validation: SideResult


@dataclass(frozen=True, slots=True)
class ClassLosses:
    """Binary log loss and mean squared error of the probability of one class."""

    log_loss: Loss
    mse: Rate


@dataclass(frozen=True, slots=True)
class Losses:
    """Log loss and mean squared error, overall and per class, as in `Scores`."""

    log_loss: Loss
    mse: Rate
    per_class: dict[str, ClassLosses]
