"""What the test of each fold shares with its training.

`IdentifiedSplit` → keys of each row (of `evaluation.leakage`) → counts and findings by fold → `FoldAudit`

>>> from ser_models.auditing.split_table import KEYS
>>> rows = pd.DataFrame({"path": ["a.wav", "b.wav"], "fold": "1", "side": ["train", "test"]})
>>> rows = rows.assign(file_id=rows["path"], audio_sha256=rows["path"], dataset="own", speaker="ada",
...                    **dict.fromkeys((*KEYS[1:], "source_file_id")))
>>> [fold] = fold_audits(IdentifiedSplit(rows, {}))
>>> fold.shared["speaker"], fold.findings[0].message
(Shared(test=1, shared=1, rows=1), '1 speaker is in both train and test: own/ada')
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from ser_features.labels import in_order
from ser_models.auditing.result import FORBIDDEN, NOT_ALWAYS_KNOWN, FoldAudit, Shared
from ser_models.auditing.sound import AUDIO_COLUMNS
from ser_models.auditing.split_table import DEV, SIDES, TEST, TRAIN, IdentifiedSplit
from ser_models.data.examples import PART_COLUMNS, session_keys, text_keys
from ser_models.evaluation.entries import Finding
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

COUNTED = {
    "speaker": "speaker",
    "text": "text",
    "session": "session",
    "audio": "audio",
    "file": "whole_file",
    "recording": "original",
    "take": "whole_take",
}
"""What is counted, and its column. Findings on files, recordings and takes are on parts of files, recordings
with augmented copies and near-identical audio: identical audio has a finding of its own."""

QUALIFYING = {"text": "sentences", "session": "sessions"}
"""What a speaker-independent test may share, in the plural."""

GROUPS = ("gender", "age", "language", "dataset")

NO_CORPUS = "unknown corpus"

BySide = dict[str, dict[str, int]]
"""Counts by side and value, both in their usual order."""


def fold_audits(split: IdentifiedSplit) -> tuple[FoldAudit, ...]:
    """Audit each fold of a split, in the order of the split."""
    rows = _keyed(split.rows)
    tested = _with_tests(rows)
    sides = {fold: dict(own.value_counts()) for fold, own in rows.groupby("fold", sort=False)["split"]}
    shared = {kind: _shared(tested, column) for kind, column in COUNTED.items()}
    unknown = {kind: _unknown(tested, kind)["fold"].value_counts() for kind in NOT_ALWAYS_KNOWN}
    untrained = _untrained(tested)
    findings: dict[str, list[Finding]] = defaultdict(list)
    for fold, finding in _findings(rows, tested, untrained):
        findings[fold].append(finding)
    classes, speakers = _rows_by_side(rows, "emotion"), _speakers_by_side(rows)
    groups = {name: _rows_by_side(_binned(rows, name), name) for name in GROUPS}
    return tuple(
        FoldAudit(
            fold,
            {side: int(sizes[side]) for side in SIDES if side in sizes},
            shared={kind: counts.get(fold, Shared(0, 0, 0)) for kind, counts in shared.items()},
            unknown={kind: int(counts.get(fold, 0)) for kind, counts in unknown.items()},
            findings=tuple(findings[fold]),
            classes=classes.get(fold, {}),
            speakers=speakers.get(fold, {}),
            groups={name: by_fold[fold] for name, by_fold in groups.items() if fold in by_fold},
            untrained=untrained.get(fold, ()),
        )
        for fold, sizes in sides.items()
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
    sources = rows["source_file_id"].dropna().unique()
    compared = rows.reindex(columns=AUDIO_COLUMNS).astype(object)
    identical, take = compared["identical_audio"].mask(is_part), compared["same_take"].mask(is_part)
    return keyed.assign(
        fold=rows["fold"],
        split=rows["side"],
        audio=keyed["audio"].mask(is_part).where(identical.isna(), identical),
        take=take.where(identical.groupby(take).transform("nunique") > 1),
        whole_take=take,
        file=keyed["file"].mask(is_part, rows["audio_sha256"]),
        whole_file=rows["audio_sha256"],
        recording=keyed["recording"].where(keyed["recording"].isin(sources)),
        original=keyed["recording"].mask(is_part),
        text=text_keys(rows),
        session=session_keys(rows),
        **{name: rows[name] for name in ("emotion", *GROUPS)},
    )


def _with_tests(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with dev as the test of folds that have no test."""
    has_test = rows["fold"].isin(rows.loc[rows["split"] == TEST, "fold"])
    return rows.assign(split=rows["split"].mask(~has_test & (rows["split"] == DEV), TEST))


def _shared(rows: pd.DataFrame, column: str) -> dict[str, Shared]:
    """Count by fold what train and test share; folds without a value in the test are left out."""
    in_test = rows.loc[rows["split"] == TEST, ["fold", column]].dropna()
    both = in_both(rows, column, TRAIN, TEST)
    shared = both["fold"].value_counts()
    concerned = in_test.merge(both, on=["fold", column])["fold"].value_counts()
    different = in_test.drop_duplicates()["fold"].value_counts()
    return {
        str(fold): Shared(int(number), int(shared.get(fold, 0)), int(concerned.get(fold, 0)))
        for fold, number in different.items()
    }


def _unknown(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Rows of train and test whose value is unknown, in corpora that are on both sides."""
    return unknown_rows(rows[rows["split"].isin((TRAIN, TEST))], kind)


def _untrained(rows: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Classes that are tested and never trained, of folds whose training has classes."""
    return {
        fold: tuple(value for value, number in by_side[TEST].items() if number and not by_side[TRAIN][value])
        for fold, by_side in _rows_by_side(rows, "emotion").items()
        if TRAIN in by_side and TEST in by_side
    }


def _findings(
    rows: pd.DataFrame, tested: pd.DataFrame, untrained: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, Finding]]:
    """All findings with their folds: what is forbidden first, then what qualifies."""
    overlaps = overlapping_parts(rows)
    yield from _between(tested, overlaps, TRAIN, TEST)
    yield from _missing_sides(rows)
    for fold, unknown in _unknown(tested, "speaker").groupby("fold", sort=False):
        if finding := unknown_finding(unknown):
            yield str(fold), finding
    yield from _qualifying(tested)
    for fold, classes in untrained.items():
        if classes:
            amount = "1 class is" if len(classes) == 1 else f"{len(classes)} classes are"
            message = f"{amount} tested and never trained: {', '.join(classes)}"
            yield fold, Finding("untrained", message, len(classes), tuple(classes[:SHOWN]))
    if (rows["split"] == DEV).any():  # a model that is selected on it is selected on what it shares
        beside_test = rows[rows["fold"].isin(rows.loc[rows["split"] == TEST, "fold"])]
        yield from _between(beside_test, overlaps, TRAIN, DEV)
        yield from _between(beside_test, overlaps, DEV, TEST)


def _between(
    rows: pd.DataFrame, overlaps: pd.DataFrame, one: str, other: str
) -> Iterator[tuple[str, Finding]]:
    """What two sides share that a speaker-independent test forbids."""
    for kind in FORBIDDEN:
        for fold, shared in in_both(rows, kind, one, other).groupby("fold", sort=False)[kind]:
            own = rows[rows["fold"] == fold]
            if finding := shared_finding(own, kind, shared, one, other):
                yield str(fold), finding
    for fold, own in rows.groupby("fold", sort=False) if len(overlaps) else ():
        if finding := overlap_finding(own, overlaps, one, other):
            yield str(fold), finding


def _missing_sides(rows: pd.DataFrame) -> Iterator[tuple[str, Finding]]:
    for fold, own in rows.groupby("fold", sort=False)["split"]:
        sides = set(own)
        if TRAIN not in sides:
            message = "no training side: nothing can be shared with it"
            yield str(fold), Finding("side", message, 1, (TRAIN,))
        if TEST not in sides:
            instead = "dev is audited in its place" if DEV in sides else "nothing can be shared with it"
            yield str(fold), Finding("side", f"no test side: {instead}", 1, (TEST,))


def _qualifying(rows: pd.DataFrame) -> Iterator[tuple[str, Finding]]:
    """Sentences and sessions that a speaker-independent test may share."""
    for kind, plural in QUALIFYING.items():
        tested = _shared(rows, kind)
        for fold, shared in in_both(rows, kind, TRAIN, TEST).groupby("fold", sort=False)[kind]:
            message = in_training_too(len(shared), tested[str(fold)].test, plural)
            yield str(fold), Finding(kind, message, len(shared), tuple(sorted(shared)[:SHOWN]))


def _rows_by_side(rows: pd.DataFrame, column: str) -> dict[str, BySide]:
    """Number of rows by fold, side and value; without folds in which no value is known."""
    return _by_fold(rows.dropna(subset=column).groupby(["fold", "split", column]).size())


def _speakers_by_side(rows: pd.DataFrame) -> dict[str, BySide]:
    """Number of speakers by fold, side and class, in the same way."""
    spoken = rows.dropna(subset=["speaker", "emotion"])
    return _by_fold(spoken.groupby(["fold", "split", "emotion"])["speaker"].nunique())


def _by_fold(counts: pd.Series) -> dict[str, BySide]:
    """Counts by fold, side and value as mappings; every side of a fold has all of its values."""
    by_fold: dict[str, BySide] = {}
    for (fold, side, value), number in counts.items():
        by_fold.setdefault(fold, {}).setdefault(side, {})[value] = int(number)
    for fold, by_side in by_fold.items():
        values = in_order({value for of_side in by_side.values() for value in of_side})
        by_fold[fold] = {
            side: {value: by_side[side].get(value, 0) for value in values}
            for side in SIDES
            if side in by_side
        }
    return by_fold


def _binned(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows with ages as decades, unless they are ranges already."""
    if name != "age":
        return rows
    decades = pd.to_numeric(rows["age"], errors="coerce") // 10 * 10
    words = decades.map(lambda start: f"{start:.0f}–{start + 9:.0f}", na_action="ignore")
    return rows.assign(age=words.astype(object).fillna(rows["age"]))
