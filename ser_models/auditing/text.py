"""An audit as text: a table of what is shared, and a line per finding.

`AuditResult` → `overview` → header and rows; → `finding_lines`

>>> from ser_models.auditing.result import FoldAudit
>>> fold = FoldAudit("1", {"train": 9, "test": 3}, {"speaker": Shared(test=2, shared=1, rows=1200)})
>>> overview(AuditResult(rows=12, unparsed=0, folds=(fold,)))
(('fold', 'train', 'test', 'speakers'), [('1', '9', '3', '1/2 (1,200)')])
"""

from collections.abc import Mapping, Sequence

from ser_features.errors import counted, listed
from ser_models.auditing.result import AuditResult, Estimate, Shared
from ser_models.auditing.split_table import SIDES
from ser_models.auditing.statements import OF_AUDIO, total

COLUMNS = {
    "speaker": "speakers",
    "text": "sentences",
    "session": "sessions",
    "audio": "audio",
    "file": "files",
    "recording": "recordings",
    "take": "takes",
}
"""Header of the column of each kind."""

LEGEND = "in training too / in the test (test rows that have one of these)"

MOST_FOLDS = 12
"""More folds are summed up in one row."""


def overview(result: AuditResult) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """What is shared, as a header and a row per fold; `LEGEND` explains the cells.

    Kinds of which nothing is known have no column, nor have those of `OF_AUDIO` that are as the audio.
    """
    kinds = [kind for kind in COLUMNS if total(result, kind).test and _is_of_its_own(result, kind)]
    sides = [side for side in SIDES if any(side in fold.sides for fold in result.folds)]
    if len(result.folds) <= MOST_FOLDS:
        rows = [_cells(fold.fold, fold.sides, fold.shared, sides, kinds) for fold in result.folds]
    else:
        sums = {side: sum(fold.sides.get(side, 0) for fold in result.folds) for side in sides}
        totals = {kind: total(result, kind) for kind in kinds}
        rows = [_cells(f"all {len(result.folds)}", sums, totals, sides, kinds)]
    return ("fold", *sides, *(COLUMNS[kind] for kind in kinds)), rows


def read_lines(result: AuditResult) -> list[str]:
    """How the split was read: numbers of rows and folds, where the speaker and others are from, notes."""
    others = ", ".join(name for name in result.read_from if name != "speaker")
    speaker = result.read_from.get("speaker", "unknown")
    return [
        f"{counted(result.rows, 'row')}, {counted(len(result.folds), 'fold')}",
        f"speaker {speaker if speaker.startswith('unknown') else f'read from {speaker}'}",
        *([f"also read: {others}"] if others else []),
        *result.notes,
    ]


def finding_lines(result: AuditResult) -> list[str]:
    """The findings with their folds; equal ones of several folds are one line."""
    folds_of: dict[str, list[str]] = {}
    for fold in result.folds:
        for finding in fold.findings:
            folds_of.setdefault(finding.message, []).append(fold.fold)
    return [f"{_folds(folds, len(result.folds))}{message}" for message, folds in folds_of.items()]


def estimated(estimate: Estimate) -> tuple[tuple[str, str], list[tuple[str, str]]]:
    """How much the split flatters, as a header and rows of two cells."""
    header = (f"{estimate.model}, {counted(estimate.test, 'test recording')}", "UAR")
    return header, [
        ("trained on the whole training side", f"{estimate.uar:.3f}"),
        (f"trained on {estimate.train:,} recordings of it", f"{estimate.own_uar:.3f}"),
        (f"trained on {estimate.train:,} without test speakers", f"{estimate.honest_uar:.3f}"),
        ("difference of the last two", f"{estimate.difference:+.3f}"),
        (f"its 95 % interval, over {estimate.unit}", f"{estimate.low:+.3f} to {estimate.high:+.3f}"),
    ]


def counts(shared: Shared) -> str:
    """One cell: how many are shared, of how many, in how many test rows."""
    rows = f" ({shared.rows:,})" if shared.rows else ""
    return f"{shared.shared:,}/{shared.test:,}{rows}"


def _is_of_its_own(result: AuditResult, kind: str) -> bool:
    """Whether a kind is more than the audio again."""
    if kind not in OF_AUDIO:
        return True
    audio, own = total(result, "audio"), total(result, kind)
    return not audio.test or (own.shared, own.rows) != (audio.shared, audio.rows)


def _cells(
    name: str,
    sizes: Mapping[str, int],
    shared: Mapping[str, Shared],
    sides: Sequence[str],
    kinds: Sequence[str],
) -> tuple[str, ...]:
    return (name, *(f"{sizes.get(side, 0):,}" for side in sides), *(counts(shared[kind]) for kind in kinds))


def _folds(folds: Sequence[str], number: int) -> str:
    if number == 1:
        return ""
    if len(folds) == number:
        return f"all {counted(number, 'fold')}: "
    return f"{'fold' if len(folds) == 1 else 'folds'} {listed(folds, MOST_FOLDS)}: "
