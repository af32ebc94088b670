"""Models on the same recordings as one type, and as JSON.

`Scores` of the shared recordings, `EvaluationResult` → `ComparedModel`; all of them → `SideBySide` → JSON
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from pydantic import TypeAdapter

from ser_models.evaluation.paired import Difference
from ser_models.evaluation.result import EvaluationResult, Scores


@dataclass(frozen=True, slots=True)
class ComparedModel:
    """A model on the recordings that all models were tested on.

    Attributes:
        name: of its folder.
        model: name in the registry.
        protocol: of its own test.
        tested: number of recordings of its own test.
        leaks: number of findings of its leak audit.
        uar: 0 to 1, as its interval, accuracy, macro_f1 and the recalls.
        uar_ci95: 95 % interval over speakers; None if speakers are too few.
        accuracy: share of correct predictions.
        macro_f1: mean F1 of the classes.
        log_loss: in nats.
        recall: by class.
        difference: to the first model, paired; None for that one.
    """

    name: str
    model: str
    protocol: str
    tested: int
    leaks: int
    uar: float
    uar_ci95: tuple[float, float] | None
    accuracy: float
    macro_f1: float
    log_loss: float
    recall: Mapping[str, float]
    difference: Difference | None = None

    @classmethod
    def of(
        cls, scores: Scores, name: str, result: EvaluationResult, *, difference: Difference | None
    ) -> Self:
        """A model by its scores on the shared recordings, and the result of its own test."""
        assert scores.uar is not None, "the caller has recordings of two classes"
        return cls(
            name=name,
            model=result.model,
            protocol=result.protocol,
            tested=result.n,
            leaks=len(result.leakage),
            uar=scores.uar,
            uar_ci95=scores.uar_ci95,
            accuracy=scores.accuracy,
            macro_f1=scores.macro_f1,
            log_loss=scores.log_loss,
            recall={label: row.recall for label, row in scores.per_class.items()},
            difference=difference,
        )


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Models on the recordings that all of them were tested on.

    Attributes:
        models: the first is the one that the others are compared with.
        recordings: number of shared test recordings.
        speakers: what the intervals are over, such as "20 speakers".
        chance: UAR of guessing.
        seed: of the bootstrap.
        notes: what limits the comparison, a sentence each.
    """

    models: tuple[ComparedModel, ...]
    recordings: int
    speakers: str
    chance: float
    seed: int
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """Which models differ from the first beyond chance."""
        first, *others = self.models
        lines = []
        for word, sign in (("better", 1), ("worse", -1)):
            names = [one.name for one in others if one.difference and sign * _bound(one.difference, sign) > 0]
            if names:
                lines.append(f"{word} than {first.name} beyond chance: {', '.join(names)}")
        return (
            "; ".join(lines) or f"no model differs from {first.name} beyond chance: the intervals include 0"
        )

    def to_dict(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        values: dict[str, Any] = TypeAdapter(SideBySide).dump_python(self, mode="json")
        return {"verdict": self.verdict, **values}


def _bound(difference: Difference, sign: int) -> float:
    """The bound of the interval that is nearer to 0 for a difference of this sign."""
    return difference.low if sign > 0 else difference.high
