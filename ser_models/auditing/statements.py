"""What a paper may say of a split, and what it may not.

`AuditResult` → what `CLAIMS` forbid, what is unknown → a `Statement` per claim

>>> from ser_models.auditing.result import FoldAudit, Shared
>>> fold = FoldAudit("1", {"train": 9, "test": 3}, {"speaker": Shared(test=2, shared=1, rows=2)})
>>> statements(AuditResult(rows=12, unparsed=0, folds=(fold,)))[0]
Statement(claim='speaker-independent', holds=False, reason='1 of 2 speakers of the test are in training too \
(2 test rows)')
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ser_models.auditing.result import FORBIDDEN, NOT_ALWAYS_KNOWN, AuditResult, Shared
from ser_models.auditing.split_table import TRAIN
from ser_models.evaluation.leakage import in_training_too

CLAIMS = {
    "speaker-independent": FORBIDDEN,
    "sentence-independent": ("text",),
    "session-independent": ("session",),
}
"""What two sides must not share, by what a test is called."""

PLURALS = {
    "speaker": "speakers",
    "text": "sentences",
    "session": "sessions",
    "audio": "pieces of audio",
    "file": "files",
    "recording": "recordings or their augmented copies",
    "take": "takes",
}

OF_AUDIO = ("file", "recording", "take")
"""Kinds that are shared with identical audio, and count where more of them are."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Whether a test may be called what it may be claimed to be.

    Attributes:
        claim: one of `CLAIMS`.
        holds: whether nothing that the claim forbids is shared; None if that is not shown.
        reason: of the answer, without a final full stop.
    """

    claim: str
    holds: bool | None
    reason: str

    @property
    def answer(self) -> str:
        """The answer in words."""
        return {True: "may be called", False: "may not be called", None: "not shown to be"}[self.holds]

    @property
    def text(self) -> str:
        """The answer and its reason as one phrase."""
        return f"{self.answer} {self.claim}: {self.reason}"


def statements(result: AuditResult) -> tuple[Statement, ...]:
    """Answer each of `CLAIMS`, "speaker-independent" first."""
    return tuple(_statement(result, claim, kinds) for claim, kinds in CLAIMS.items())


def total(result: AuditResult, kind: str) -> Shared:
    """Counts of a kind over all folds: the same speaker in the tests of two folds counts twice."""
    counts = [fold.shared[kind] for fold in result.folds if kind in fold.shared]
    return Shared(
        sum(one.test for one in counts), sum(one.shared for one in counts), sum(one.rows for one in counts)
    )


def _statement(result: AuditResult, claim: str, kinds: tuple[str, ...]) -> Statement:
    if shared := list(_shared(result, kinds)):
        return Statement(claim, False, "; ".join(shared))
    if open_questions := list(_not_shown(result, kinds)):
        return Statement(claim, None, "; ".join(open_questions))
    tested = [kind for kind in kinds if kind not in ("file", "recording") and total(result, kind).test]
    *most, last = map(PLURALS.__getitem__, tested)
    words = f"{', '.join(most)} or {last}" if most else last
    return Statement(claim, True, f"no {words} of the test are in training")


def _shared(result: AuditResult, kinds: tuple[str, ...]) -> Iterator[str]:
    """What is shared; `OF_AUDIO` only if they are more than the identical audio."""
    audio = total(result, "audio").shared if "audio" in kinds else 0
    for kind in kinds:
        counts, folds = total(result, kind), result.shared(kind)
        if folds and (kind not in OF_AUDIO or counts.shared > audio):
            amount = in_training_too(counts.shared, counts.test, PLURALS[kind])
            if len(result.folds) > 1:
                some = f"in {len(folds)} of {len(result.folds)} folds"
                amount = f"{some} {PLURALS[kind]} of the test are in training too"
            yield f"{amount} ({counts.rows} test rows)"


def _not_shown(result: AuditResult, kinds: tuple[str, ...]) -> Iterator[str]:
    """Why it is not shown that nothing is shared."""
    without = [fold.fold for fold in result.folds if TRAIN not in fold.sides or len(fold.sides) < 2]
    if without:
        some = (
            f"{len(without)} of {len(result.folds)} folds have" if len(result.folds) > 1 else "the split has"
        )
        yield f"{some} no training or no test side"
    for kind in kinds:
        unknown = max((fold.unknown.get(kind, 0) for fold in result.folds), default=0)
        if kind in NOT_ALWAYS_KNOWN and not total(result, kind).test:
            yield f"no {kind} of the test is known"
        elif unknown:
            some = f"{unknown} rows" if len(result.folds) == 1 else f"up to {unknown} rows of a fold"
            yield f"the {kind} of {some} is unknown"
