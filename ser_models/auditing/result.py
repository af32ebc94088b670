"""The result of an audit as one type, and as JSON.

`Shared` counts and `Finding`s of each fold → `FoldAudit` → `AuditResult` → `to_json`

>>> fold = FoldAudit("1", {"train": 2, "test": 1}, {"speaker": Shared(test=1, shared=1, rows=1)})
>>> AuditResult(rows=3, unparsed=0, folds=(fold,)).is_speaker_independent
False
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from ser_features.arguments import chosen
from ser_models.auditing.split_table import TRAIN
from ser_models.evaluation.entries import Finding

KINDS = ("speaker", "text", "session", "audio", "file", "recording", "take")
"""What is counted: text is a sentence; recording, one with all of its augmented copies; take, all recordings
with identical or near-identical audio, which is known where audio was compared."""

FORBIDDEN = ("speaker", "audio", "take", "file", "recording")
"""What two sides must not share if a test is called speaker-independent; sentences and sessions may be."""


NOT_ALWAYS_KNOWN = ("speaker", "text", "session")
"""What names and tables do not always state."""


@dataclass(frozen=True, slots=True)
class Shared:
    """How much of the test of a fold is in its training too.

    Attributes:
        test: number of different values in the test, such as speakers.
        shared: how many of these are in the training.
        rows: number of test rows that have one of these.
    """

    test: int
    shared: int
    rows: int


@dataclass(frozen=True, slots=True)
class FoldAudit:
    """One fold of a split.

    Attributes:
        fold: its name.
        sides: number of rows by side.
        shared: by `KINDS`. Where a fold has no test side, its dev side counts as the test, which a finding
            says.
        unknown: number of rows whose speaker, text or session is unknown and may be shared, by these.
        findings: what "speaker-independent" forbids first, then what qualifies the figures. Their kinds are
            those of `shared`, unknown, untrained (a class that is tested and never trained) and side (none).
        classes: number of rows by side and class.
        speakers: number of speakers by side and class.
        groups: number of rows by property (gender, age, language, dataset), side and value.
        untrained: classes that are tested and never trained.
    """

    fold: str
    sides: Mapping[str, int]
    shared: Mapping[str, Shared]
    unknown: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    classes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    speakers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    untrained: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Estimate:
    """How much a split flatters: UAR of one model on it, and without the test speakers in training.

    UARs are of the test recordings of all folds together, 0 to 1, and means over the draws.

    Attributes:
        model: name of the model.
        uar: trained on the whole training side of the split.
        own_uar: trained on as much of it as `honest_uar`; `uar` where nothing had to be left out.
        honest_uar: trained on as many recordings that share nothing with those tested that
            "speaker-independent" forbids.
        difference: own_uar minus honest_uar.
        low: lower bound of its 95 % interval.
        high: upper bound.
        unit: what the interval is over, such as "10 speakers, 10 draws".
        draws: number of draws of honest training sides.
        train: recordings that own_uar and honest_uar are trained on, rounded mean.
        test: recordings that are tested, over all folds.
        notes: what qualifies the figures.
    """

    model: str
    uar: float
    own_uar: float
    honest_uar: float
    difference: float
    low: float
    high: float
    unit: str
    draws: int
    train: int
    test: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditResult:
    """The result of an audit.

    Attributes:
        rows: number of rows of the split as it is listed.
        unparsed: number of these of which nothing is known but their path.
        folds: in the order of the split.
        read_from: by property, where its values come from.
        notes: how the split was understood.
        files: SHA-256 of each list that was read, by its path.
        estimate: how much the split flatters; None if that was not asked for.
    """

    rows: int
    unparsed: int
    folds: tuple[FoldAudit, ...]
    read_from: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    estimate: Estimate | None = None

    @property
    def shares_forbidden(self) -> bool:
        """Whether something is shared in a fold that a speaker-independent test forbids."""
        return any(map(self.shared, FORBIDDEN))

    @property
    def is_speaker_independent(self) -> bool:
        """Whether it is shown that nothing is shared in any fold that a speaker-independent test forbids.

        It is not shown where speakers are unknown, or a fold has no training or no test.
        """
        is_known = any(fold.shared["speaker"].test for fold in self.folds if "speaker" in fold.shared)
        is_whole = all(
            TRAIN in fold.sides and len(fold.sides) > 1 and not fold.unknown.get("speaker")
            for fold in self.folds
        )
        return is_known and is_whole and not self.shares_forbidden

    def shared(self, kind: str) -> dict[str, Shared]:
        """Return the counts of the folds that share something of a kind; empty if none does.

        Args:
            kind: one of `KINDS`.

        Returns:
            By name of the fold.

        Raises:
            InputError: if there is no such kind.
        """
        name = chosen(kind, KINDS, "kind")
        counts = {fold.fold: fold.shared[name] for fold in self.folds if name in fold.shared}
        return {fold: shared for fold, shared in counts.items() if shared.shared}

    def to_json(self) -> str:
        """As JSON text."""
        return TypeAdapter(AuditResult).dump_json(self, indent=1).decode()
