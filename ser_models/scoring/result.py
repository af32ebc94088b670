"""The metrics of predictions of others as types, and as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from ser_models.evaluation.entries import Calibration, GroupResult
from ser_models.evaluation.paired import Difference, McNemar
from ser_models.evaluation.result import ConfusionScores


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreResult(ConfusionScores):
    """The metrics of the predictions of a table, or of a confusion matrix.

    Attributes:
        name: of the file.
        uar_ci95: bounds of the 95 % confidence interval of the UAR; None if that is None.
        bootstrap_unit: what the interval is over, such as "20 speakers"; empty without an interval.
        unknown_speakers: number of recordings whose speaker is unknown.
        log_loss: mean negative log-probability of the true class, in nats; None without probabilities.
        calibration: of the probability of the predicted class; None without probabilities.
        unpredicted: number of recordings by true class that have no prediction; they are in no metric.
        per_speaker: by speaker, or "corpus/speaker".
        groups: by column and value.
        columns: column of the table by role: path, truth, prediction, speaker, dataset.
        majority: how the accuracy hides a majority class, in a sentence; None if it does not.
        notes: how the table was understood, and what was left out.
        comparison: with the predictions of another table; None if there is none.
    """

    name: str
    uar_ci95: tuple[float, float] | None
    bootstrap_unit: str
    unknown_speakers: int
    log_loss: float | None = None
    calibration: Calibration | None = None
    unpredicted: Mapping[str, int] = field(default_factory=dict)
    per_speaker: Mapping[str, GroupResult] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, GroupResult]] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    majority: str | None = None
    notes: tuple[str, ...] = ()
    comparison: "Comparison | None" = None

    def __repr__(self) -> str:
        """Name of the table, number of recordings and UAR."""
        return f"ScoreResult({self.name}: {self.short})"

    def to_dict(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        values: dict[str, Any] = TypeAdapter(ScoreResult).dump_python(self, mode="json")
        return values


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two systems on the recordings that both predict.

    Attributes:
        other: result of the other system, on all of its recordings.
        difference: UAR of the first minus UAR of the other, with its paired interval.
        mcnemar: McNemar's exact test of which is right more often.
        unpaired: number of recordings of the first table that the other lacks.
        unpaired_other: of the other table that the first lacks.
        notes: how recordings were matched, and which were left out.
    """

    other: ScoreResult
    difference: Difference
    mcnemar: McNemar
    unpaired: int
    unpaired_other: int
    notes: tuple[str, ...] = ()
