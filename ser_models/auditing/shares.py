"""What the test of each fold shares with its training.

`IdentifiedSplit` → keys of each row (of `evaluation.leakage`) → counts and findings by fold → `FoldAudit`

>>> rows = pd.DataFrame({"path": ["a.wav", "b.wav"], "fold": "1", "side": ["train", "test"]})
>>> rows = rows.assign(file_id=rows["path"], audio_sha256=rows["path"], dataset="own", speaker="ada",
...                    **dict.fromkeys(("statement", "session", "emotion", "gender", "age", "language")))
>>> [fold] = fold_audits(IdentifiedSplit(rows, {}))
>>> fold.shared["speaker"], fold.findings[0].message
(Shared(test=1, shared=1, rows=1), '1 speaker is in both train and test: own/ada')
"""

from collections.abc import Iterator, Mapping

import pandas as pd

from ser_features.labels import in_order
from ser_models.auditing.result import FORBIDDEN, FoldAudit, Shared
from ser_models.auditing.split_table import DEV, SIDES, TEST, TRAIN, IdentifiedSplit
from ser_models.data.examples import PART_COLUMNS, session_keys, text_keys
from ser_models.evaluation.leakage import (
    SHOWN,
    in_both,
    in_training_too,
    keys,
    overlap_finding,
    overlapping_parts,
    shared_finding,
    unknown_finding,
    unknown_rows,
)
from ser_models.evaluation.result import Finding

COUNTED = {
    "speaker": "speaker",
    "text": "text",
    "session": "session",
    "audio": "audio",
    "file": "whole_file",
    "recording": "original",
}
"""What is counted, and its column. Findings on files and recordings are on parts of files and on recordings
with augmented copies: others that are shared are identical audio, which has its own finding."""

UNKNOWN = ("speaker", "text", "session")
"""What names do not always state."""

QUALIFYING = {"text": "sentences", "session": "sessions"}
"""What a speaker-independent test may share, in the plural."""

GROUPS = ("gender", "age", "language", "dataset")

NO_CORPUS = "unknown corpus"


def fold_audits(split: IdentifiedSplit) -> tuple[FoldAudit, ...]:
    """Audit each fold of a split, in the order of the split."""
    sides = _keyed(split.rows)
    overlaps = overlapping_parts(sides)
    return tuple(
        _audited(str(fold), rows, overlaps) for fold, rows in sides.groupby("fold", sort=False, observed=True)
    )


def _keyed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with what they may share.

    Several rows of one file without times, on one side of a fold, are parts of it at unknown times.
    """
    rows = rows.assign(dataset=rows["dataset"].fillna(NO_CORPUS))
    keyed = keys(rows)
    times = [name for name in PART_COLUMNS if name in rows]
    timeless = rows[times].isna().all(axis=1)
    repeated = timeless & rows.duplicated(["fold", "side", "file_id"])
    is_part = timeless & rows["file_id"].isin(rows.loc[repeated, "file_id"])
    sources = rows["source_file_id"].dropna().unique() if "source_file_id" in rows else ()
    return keyed.assign(
        fold=rows["fold"],
        split=rows["side"],
        audio=keyed["audio"].mask(is_part),
        file=keyed["file"].mask(is_part, rows["audio_sha256"]),
        whole_file=rows["audio_sha256"],
        recording=keyed["recording"].where(keyed["recording"].isin(sources)),
        original=keyed["recording"].mask(is_part),
        text=text_keys(rows),
        session=session_keys(rows),
        **{name: rows[name] for name in ("emotion", *GROUPS)},
    )


def _audited(fold: str, rows: pd.DataFrame, overlaps: pd.DataFrame) -> FoldAudit:
    sizes = rows["split"].value_counts()
    sides = {side: int(sizes[side]) for side in SIDES if side in sizes}
    tested = rows if TEST in sides else rows.assign(split=rows["split"].replace(DEV, TEST))
    in_test = tested[tested["split"] == TEST]
    trained = tested.loc[tested["split"] == TRAIN, "emotion"]
    untrained = in_order(set(in_test["emotion"].dropna()) - set(trained)) if len(trained) else []
    findings = (
        *_forbidden(tested, overlaps),
        *_missing_sides(sides),
        *_qualifying(tested),
        *_untrained(untrained),
        *_of_dev(rows, overlaps),
    )
    return FoldAudit(
        fold,
        sides,
        shared={kind: _shared(tested, in_test, column) for kind, column in COUNTED.items()},
        unknown={kind: _unknown(tested, kind) for kind in UNKNOWN},
        findings=tuple(finding for finding in findings if finding),
        classes=_rows_by_side(rows, "emotion"),
        speakers=_speakers_by_side(rows),
        groups={name: by_side for name in GROUPS if (by_side := _rows_by_side(_binned(rows, name), name))},
        untrained=tuple(untrained),
    )


def _shared(rows: pd.DataFrame, in_test: pd.DataFrame, column: str) -> Shared:
    both = in_both(rows, column, TRAIN, TEST)[column]
    return Shared(
        test=in_test[column].nunique(), shared=len(both), rows=int(in_test[column].isin(both).sum())
    )


def _unknown(rows: pd.DataFrame, kind: str) -> int:
    """Number of rows of train and test whose value is unknown, in corpora that are on both sides."""
    return len(unknown_rows(rows[rows["split"].isin((TRAIN, TEST))], kind))


def _forbidden(rows: pd.DataFrame, overlaps: pd.DataFrame) -> Iterator[Finding | None]:
    yield from (shared_finding(rows, kind, TRAIN, TEST) for kind in FORBIDDEN)
    yield overlap_finding(rows, overlaps, TRAIN, TEST)


def _missing_sides(sides: Mapping[str, int]) -> Iterator[Finding]:
    if TRAIN not in sides:
        yield Finding("side", "no training side: nothing can be shared with it", 1, (TRAIN,))
    if TEST not in sides:
        instead = "dev is audited in its place" if DEV in sides else "nothing can be shared with it"
        yield Finding("side", f"no test side: {instead}", 1, (TEST,))


def _qualifying(rows: pd.DataFrame) -> Iterator[Finding | None]:
    """What a speaker-independent test may share or leave open."""
    yield unknown_finding(rows[rows["split"].isin((TRAIN, TEST))])
    for kind, plural in QUALIFYING.items():
        shared = sorted(in_both(rows, kind, TRAIN, TEST)[kind])
        tested = rows.loc[rows["split"] == TEST, kind].nunique()
        if shared:
            message = in_training_too(len(shared), tested, plural)
            yield Finding(kind, message, len(shared), tuple(shared[:SHOWN]))


def _untrained(classes: list[str]) -> Iterator[Finding]:
    if classes:
        amount = "1 class is" if len(classes) == 1 else f"{len(classes)} classes are"
        message = f"{amount} tested and never trained: {', '.join(classes)}"
        yield Finding("untrained", message, len(classes), tuple(classes[:SHOWN]))


def _of_dev(rows: pd.DataFrame, overlaps: pd.DataFrame) -> Iterator[Finding | None]:
    """What the dev side shares: a model that is selected on it is selected on what it shares."""
    pairs = ((TRAIN, DEV), (DEV, TEST)) if (rows["split"] == TEST).any() else ()
    for one, other in pairs:
        yield from (shared_finding(rows, kind, one, other) for kind in FORBIDDEN)
        yield overlap_finding(rows, overlaps, one, other)


def _rows_by_side(rows: pd.DataFrame, column: str) -> dict[str, dict[str, int]]:
    """Number of rows by side and value; empty if no value is known."""
    return _by_side(rows.dropna(subset=column).groupby(["split", column], observed=True).size())


def _speakers_by_side(rows: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Number of speakers by side and class; empty if no speaker is known."""
    spoken = rows.dropna(subset=["speaker", "emotion"])
    return _by_side(spoken.groupby(["split", "emotion"], observed=True)["speaker"].nunique())


def _by_side(counts: pd.Series) -> dict[str, dict[str, int]]:
    """Counts by side and value, both in their usual order."""
    values = in_order(set(counts.index.get_level_values(1)))
    present = set(counts.index.get_level_values(0))
    return {
        side: {value: int(counts.get((side, value), 0)) for value in values}
        for side in SIDES
        if side in present
    }


def _binned(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows with ages as decades."""
    if name != "age":
        return rows
    decades = pd.to_numeric(rows["age"], errors="coerce") // 10 * 10
    words = decades.map(lambda start: f"{start:.0f}–{start + 9:.0f}", na_action="ignore")
    return rows.assign(age=words)
