"""The rows of a comparison as one type, and as JSON.

`Measured` (a trained row), `Difference` to the recipe's own row → `ComparedRow`
rows → `ComparedRows` → compare.json

>>> row = ComparedRow("svm", "SVM", reason="no package")
>>> rows = ComparedRows("mine", "honest", "speaker-disjoint, 5 folds", (row,), classes=6)
>>> ComparedRows.from_json(rows.to_json()).rows[0].reason
'no package'
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from pydantic import TypeAdapter

from ser_models.evaluation.claims import Claims
from ser_models.evaluation.paired import Difference
from ser_models.evaluation.result import Scores


@dataclass(frozen=True, slots=True)
class Measured:
    """The result of a row that was trained.

    Attributes:
        fingerprint: of everything that decides the result; a row with another one is trained again.
        model: name of the model.
        accuracy: 0 to 1, as uar, macro_f1 and macro_auc.
        uar: unweighted average recall; None if all tested recordings are of one class.
        uar_ci95: its 95 % interval.
        macro_f1: mean of the F1 of the classes.
        macro_auc: mean of their areas under the ROC curve.
        log_loss: in nats.
        tested: number of tested recordings.
        seconds: duration of the training, in s.
    """

    fingerprint: str
    model: str
    accuracy: float
    uar: float | None
    uar_ci95: tuple[float, float] | None
    macro_f1: float
    macro_auc: float | None
    log_loss: float
    tested: int
    seconds: float

    @classmethod
    def of(cls, scores: Scores, *, fingerprint: str, model: str, seconds: float) -> Self:
        """The metrics of a comparison, out of all."""
        return cls(
            fingerprint=fingerprint,
            model=model,
            accuracy=scores.accuracy,
            uar=scores.uar,
            uar_ci95=scores.uar_ci95,
            macro_f1=scores.macro_f1,
            macro_auc=scores.macro_auc,
            log_loss=scores.log_loss,
            tested=scores.n,
            seconds=seconds,
        )


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One row of a comparison.

    Attributes:
        name: of the row.
        system: what is compared, in the words of the paper.
        source: table or section of the paper.
        claims: what the paper reports.
        changes: what differs from the recipe, a sentence each.
        notes: how the row differs from what the paper names, and what qualifies its figures.
        measured: the result; None if the row could not be run.
        difference: to the recipe's own row; None for that row, and for other recordings.
        reason: why the row could not be run; None if it was.
    """

    name: str
    system: str
    source: str = ""
    claims: Claims = field(default_factory=Claims)
    changes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    measured: Measured | None = None
    difference: Difference | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ComparedRows:
    """A comparison.

    Attributes:
        recipe: name of the recipe.
        protocol: "paper" or "honest".
        split: description of the split.
        rows: the recipe's own row, then the others.
        classes: number of classes.
        title: of the recipe.
        quick: what a reduced run reduces; None for a full run.
        notes: sentences that qualify all figures.
        seed: of split, training and bootstrap.
        command: the command line.
        date: ISO 8601.
        fingerprint: of the recordings.
        files: number of recordings by corpus.
    """

    recipe: str
    protocol: str
    split: str
    rows: tuple[ComparedRow, ...]
    classes: int
    title: str = ""
    quick: str | None = None
    notes: tuple[str, ...] = ()
    seed: int = 0
    command: str = ""
    date: str = ""
    fingerprint: str = ""
    files: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> str:
        """As JSON text, without what is not set."""
        return TypeAdapter(ComparedRows).dump_json(self, indent=1, exclude_defaults=True).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read what `to_json` wrote.

        Raises:
            ValueError: if it is something else.
        """
        return TypeAdapter(cls).validate_json(text)
