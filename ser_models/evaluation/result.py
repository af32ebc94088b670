"""The result of an evaluation as one type, and as JSON.

`Scores` (metrics of some predictions) → `EvaluationResult` (with model, protocol, leak audit) → `to_json`
→ metrics.json → `read_result` or `EvaluationResult.from_json` (types, ranges and consistency checked)

The entries, such as the metrics of a class, are in `entries`.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Self

from pydantic import ConfigDict, TypeAdapter, ValidationError

from ser_features import notebook
from ser_features.errors import ArtifactError
from ser_features.labels import is_label
from ser_models.evaluation.entries import (
    Averages,
    Calibration,
    ClassMetrics,
    ClassResult,
    Correlation,
    Count,
    Errors,
    Finding,
    GroupResult,
    Loss,
    Losses,
    Rate,
    RiskCoverage,
    RocCurve,
    TrainingResult,
)
from ser_models.safe_io.strict import quoted

METRICS = "metrics.json"
"""Name of the file in an artifact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfusionScores:
    """Metrics of a confusion matrix; see `ser_models.evaluation.score`.

    A test of a single class measures no UAR: it is None then, and so are chance and the MCC.

    Attributes:
        n: number of recordings.
        uar: unweighted average recall (balanced accuracy) over the classes that occur.
        chance: UAR of guessing, 1 / number of classes that occur.
        accuracy: share of correct predictions.
        macro_f1: mean F1 of the classes that occur.
        weighted_f1: the same weighted by support.
        mcc: Matthews correlation coefficient, -1 to 1.
        mean_iou: mean IoU of the classes that occur.
        averages: macro and weighted averages.
        per_class: by label, of the classes that occur.
        confusion_matrix: counts, true classes in rows, predicted ones in columns, in the order of `labels`.
        labels: the classes, in order.
    """

    n: Count
    uar: Rate | None
    chance: Rate | None
    accuracy: Rate
    macro_f1: Rate
    weighted_f1: Rate
    mcc: Correlation | None
    mean_iou: Rate
    averages: Averages
    per_class: Mapping[str, ClassMetrics]
    confusion_matrix: tuple[tuple[Count, ...], ...]
    labels: tuple[str, ...]

    @classmethod
    def of(cls, scores: "ConfusionScores", **others: Any) -> Self:
        """Combine the attributes of a result with others, passed by name, which replace its own."""
        return cls(**{entry.name: getattr(scores, entry.name) for entry in fields(scores)} | others)

    def _repr_html_(self) -> str:
        """Metrics by class, for a notebook."""
        rows = [
            [label, *(f"{value:.3f}" for value in (row.recall, row.precision, row.f1)), row.support]
            for label, row in self.per_class.items()
        ]
        header = ["class", "recall", "precision", "F1", "recordings"]
        return notebook.table(repr(self), header, rows, self.remark)

    @property
    def short(self) -> str:
        """Number of recordings and UAR."""
        return f"n={self.n}, UAR {'not measurable' if self.uar is None else f'{self.uar:.3f}'}"

    @property
    def remark(self) -> str:
        """A sentence below the table of classes in a notebook; empty by default."""
        return ""

    @property
    def untested(self) -> tuple[str, ...]:
        """The classes that no test recording has."""
        return tuple(label for label in self.labels if label not in self.per_class)

    @property
    def scope(self) -> str:
        """What has to stand beside the UAR: "over 3 of 4 classes"; empty if all classes were tested."""
        tested = len(self.per_class)
        return f"over {tested} of {len(self.labels)} classes" if self.untested else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores(ConfusionScores):
    """Metrics of a predictions table; see `ser_models.evaluation.score`.

    Attributes:
        uar_ci95: bounds of the 95 % bootstrap confidence interval of the UAR; None if it is None.
        bootstrap_unit: what the bootstrap drew, such as "20 speakers".
        unknown_speakers: number of recordings whose speaker is unknown.
        macro_auc: mean area under the ROC curves; None if there is no curve.
        log_loss: mean negative log-probability of the true class, in nats.
        mse: mean squared error over recordings and classes.
        folds: UAR of each fold; None for a fold of a single class.
        per_class: by label, of the classes that occur.
        per_speaker: by "dataset/speaker", of known speakers.
        per_corpus: by name of the corpus.
        roc: curves by label, at most 100 points each.
        calibration: of the confidence.
        risk_coverage: selective classification by confidence.
        errors: error analysis.
    """

    uar_ci95: tuple[Rate, Rate] | None
    bootstrap_unit: str
    unknown_speakers: Count = 0
    macro_auc: Rate | None
    log_loss: Loss
    mse: Rate
    folds: tuple[Rate | None, ...]
    per_class: dict[str, ClassResult]
    per_speaker: dict[str, GroupResult]
    per_corpus: dict[str, GroupResult]
    roc: dict[str, RocCurve]
    calibration: Calibration
    risk_coverage: RiskCoverage
    errors: Errors


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationResult(Scores):
    """What a model was tested on, under which protocol, and with which result: the content of metrics.json.

    Attributes:
        model: name in the model registry.
        target: what the classes are: emotion, or another column of the store.
        datasets: corpora of the evaluation.
        synthetic: whether some of their speech is synthesised.
        protocol: the protocol in words, such as "speaker-disjoint, 5 folds".
        transductive: whether speaker normalisation used all recordings of each test speaker.
        leakage: findings of the leak audit; empty if there is none.
        confounds: what tells the emotion of these recordings apart from the voice; empty if nothing does.
        notes: remarks on the data and the run.
        seed: of split, training and bootstrap.
        stored: True if a finished model was evaluated on a store, False for the test of its own training.
        unseen: if `stored`, the metrics over speakers and audio that were not in the training; None if there
            are none.
        reproducible: whether the same command gives the same figures on the same machine.
        recipe: name of the recipe; None for a plain training.
        quick: what a reduced run reduces; None for a full run.
        command: the command that was typed.
        date: of the run, as YYYY-MM-DD.
        fingerprint: identifies the recordings by name and content.
        files: number of recordings of each corpus, without augmented copies.
        training: the training of the final model; None if nothing was trained.
        second_softmax: losses after a second softmax, if the publication prints those; else None.
    """

    model: str
    datasets: tuple[str, ...]
    synthetic: bool
    protocol: str
    transductive: bool
    target: str = "emotion"
    leakage: tuple[Finding, ...] = ()
    confounds: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    seed: int
    stored: bool = False
    unseen: Scores | None = None
    reproducible: bool = True
    recipe: str | None = None
    quick: str | None = None
    command: str = ""
    date: str = ""
    fingerprint: str = ""
    files: dict[str, Count] = field(default_factory=dict)
    training: TrainingResult | None = None
    second_softmax: Losses | None = None

    __pydantic_config__ = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    def __repr__(self) -> str:
        """Model, corpora, UAR with its interval, and the number of recordings."""
        interval = " [{:.3f}, {:.3f}]".format(*self.uar_ci95) if self.uar_ci95 else ""
        return f"EvaluationResult({self.model} on {' + '.join(self.datasets)}: {self.short}{interval})"

    @property
    def remark(self) -> str:
        """The protocol and the leaks."""
        return f"{self.protocol}; leaks: {'; '.join(one.message for one in self.leakage) or 'none'}"

    def to_json(self) -> str:
        """Return the result as indented JSON, with model and protocol before the metrics."""
        values = _adapter().dump_python(self, mode="json")
        names = ("model", "datasets", "synthetic", "protocol", "transductive")
        first = {name: values[name] for name in names}
        return json.dumps(first | values, indent=2, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str | bytes, source: object = METRICS) -> "EvaluationResult":
        """Parse the JSON of a result and check types, ranges and consistency.

        Args:
            text: the JSON.
            source: its path, for the error message.

        Raises:
            ArtifactError: if it is not such a result; the message names the first wrong field.
        """
        try:
            result = _adapter().validate_json(text)
            _check(result)
            if result.unseen:
                _check(result.unseen)
        except ValueError as error:
            raise ArtifactError(
                f"{source} is not a result of this version of ser: {_problem(error)}: train again"
            ) from error
        return result


def read_result(folder: Path) -> EvaluationResult:
    """Read the metrics.json of an artifact.

    Raises:
        ArtifactError: if there is none, or it is not a result of this version.
    """
    path = folder / METRICS
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ArtifactError(f"no result in {folder}: expected {path}: make one with ser train") from error
    return EvaluationResult.from_json(text, path)


def read_results(folders: Mapping[str, Path]) -> dict[str, EvaluationResult]:
    """Read those of some artifacts, by name, that exist and are of this version."""
    results = {}
    for name, folder in folders.items():
        with suppress(ArtifactError):
            results[name] = read_result(folder)
    return results


@cache
def _adapter() -> TypeAdapter[EvaluationResult]:
    return TypeAdapter(EvaluationResult)


def _check(scores: Scores) -> None:
    """Refuse fields that contradict each other.

    Raises:
        ValueError: naming the field.
    """
    labels = set(scores.labels)
    if not labels or len(labels) < len(scores.labels) or not all(map(is_label, labels)):
        raise ValueError(f"field labels is {quoted(scores.labels)}, expected different names")
    if {len(scores.labels)} != {len(scores.confusion_matrix), *map(len, scores.confusion_matrix)}:
        raise ValueError(
            f"field confusion_matrix is not square: expected {len(scores.labels)} rows and columns"
        )
    for name in ("per_class", "roc"):
        if unknown := sorted(set(getattr(scores, name)) - labels):
            raise ValueError(f"field {name} names {quoted(repr(unknown[0]))}, which is not among the labels")
    if not set(scores.roc) <= {label for label, row in scores.per_class.items() if row.auc is not None}:
        raise ValueError("field roc has a curve of a class without an auc in per_class")
    if not (scores.per_class and scores.per_corpus):
        raise ValueError("field per_class or per_corpus is empty: expected at least one entry")
    if not scores.per_speaker and scores.unknown_speakers < scores.n:
        raise ValueError("field per_speaker is empty: expected at least one entry of known speakers")


def _problem(error: ValueError) -> str:
    """Describe the first problem in one line, with the name of the field."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False)[0]
    name = ".".join(map(str, first["loc"]))
    expected = first["msg"].replace("Input should be ", "expected ")
    if not name:
        return quoted(expected)
    if first["type"] == "missing":
        return f"field {quoted(name)} is missing"
    if first["type"] == "unexpected_keyword_argument":
        return f"field {quoted(name)} is unknown"
    return f"field {quoted(name)} is {quoted(repr(first['input']), 40)}, {quoted(expected)}"
