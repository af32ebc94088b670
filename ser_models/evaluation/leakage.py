"""Leak audit: find information of the test that reached the training.

recordings, splits, `FitRecord`s, UAR → `audit` → `Finding`s; an empty list if there is no leak
recordings → `keys` → with fold and split of each → `in_both`, `shared_finding`, … (for `ser_models.auditing`)

>>> rows = pd.DataFrame({"file_id": ["a", "b"], "audio_sha256": ["1", "2"], "dataset": "tess",
...                      "speaker": "OAF"})
>>> splits = pd.DataFrame({"file_id": ["a", "b"], "fold": 0, "split": ["train", "test"]})
>>> [finding.message for finding in audit(rows, splits)]
['1 speaker is in both train and test: tess/OAF']
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import pandas as pd

from ser_models.data.examples import (
    PART_COLUMNS,
    audio_keys,
    file_keys,
    session_keys,
    speaker_keys,
    text_keys,
)
from ser_models.data.split import with_columns
from ser_models.evaluation.entries import Finding

SUSPECT_UAR = 0.90
"""A higher UAR on unseen speakers of one corpus is reported as a suspected leak."""

SIDES = ("train", "validation", "test")
NOUNS = {
    "recording": ("recording or its augmented copy", "recordings or their augmented copies"),
    "audio": ("piece of identical audio", "pieces of identical audio"),
    "speaker": ("speaker", "speakers"),
    "file": ("file with parts", "files with parts"),
    "take": ("recording with near-identical audio", "recordings with near-identical audio"),
}
"""What may be shared by two sides, in the singular and the plural."""
HASHES = ("audio", "file", "take")
"""Of these, recordings are named instead of the hash or the number."""
COLUMNS = ("file_id", "dataset", "speaker", "audio_sha256", *PART_COLUMNS, "source_file_id")
"""Columns of the recordings that an audit reads."""
SHOWN = 5
"""Maximal number of examples of a finding."""


@dataclass(frozen=True, slots=True)
class FitRecord:
    """The recordings that one component was fitted on.

    Attributes:
        part: the component, such as "scaler", "weights" or "early stopping".
        fold: number of the fold.
        file_ids: the recordings.
        sides: the sides of the split that it may be fitted on.
    """

    part: str
    fold: int
    file_ids: frozenset[str]
    sides: tuple[str, ...] = ("train",)


def audit(
    rows: pd.DataFrame,
    splits: pd.DataFrame,
    *,
    fitted: Iterable[FitRecord] = (),
    corpus_level: Sequence[str] = (),
    shared_validation: Collection[int] = (),
    uar: float | None = None,
) -> list[Finding]:
    """Search for leaks between the sides of a split.

    Args:
        rows: recordings with file_id, dataset, speaker (null if unknown: then it cannot be shared),
            audio_sha256, for parts of files audio_channel, start and end (null or absent: it is a whole
            file), and for augmented copies source_file_id (null or absent: it is no copy).
        splits: columns file_id, fold, split.
        fitted: what scaler, weights and early stopping were fitted on.
        corpus_level: model inputs that are computed from more than one recording.
        shared_validation: folds whose validation set declares that it shares speakers with the training set
            (`Split.shared_validation`).
        uar: UAR of the test, 0 to 1; None if there is none yet.

    Returns:
        Findings, the most direct first; empty if there is no leak.
    """
    sides = with_columns(splits, keys(rows))
    overlaps = overlapping_parts(sides)
    pairs = tuple(combinations(SIDES, 2))
    declared = sides["fold"].isin(shared_validation) & (sides["split"] == "validation")
    undeclared = sides.assign(speaker=sides["speaker"].mask(declared))
    shared = [
        shared_finding(undeclared, key, in_both(undeclared, key, *pair)[key], *pair)
        for key, pair in product(NOUNS, pairs)
        if key in sides
    ]
    shared += [overlap_finding(sides, overlaps, *pair) for pair in pairs]
    shared += [unknown_finding(unknown_rows(sides, "speaker"))]
    findings = [finding for finding in shared if finding]
    findings += [finding for part in fitted if (finding := _fitted_outside(part, splits))]
    findings += _corpus_level(corpus_level)
    return findings + _suspect(findings, rows["dataset"].unique(), uar)


def audited_columns(rows: pd.DataFrame) -> pd.DataFrame:
    """Those of the rows that `audit` reads, to keep them for a later one."""
    return rows[[name for name in COLUMNS if name in rows]]


def still_shared(rows: pd.DataFrame, splits: pd.DataFrame) -> tuple[str, ...]:
    """Say how many sentences and sessions of the test are in training too: it is no test of new ones.

    Args:
        rows: recordings with file_id, dataset and, where known, statement, text and session.
        splits: columns file_id, fold, split.

    Returns:
        A sentence for each property that is shared.
    """
    notes = []
    for what, keys_of in (("sentences", text_keys), ("sessions", session_keys)):
        keyed = pd.DataFrame({"file_id": rows["file_id"], "key": keys_of(rows)})
        sides = with_columns(splits, keyed)
        if shared := in_both(sides, "key", "train", "test")["key"].nunique():
            tested = sides.loc[sides["split"] == "test", "key"].nunique()
            notes.append(in_training_too(shared, tested, what))
    return tuple(notes)


def in_training_too(shared: int, tested: int, what: str) -> str:
    """Say how many of the tested sentences, sessions or others are in training too."""
    return f"{shared} of {tested} {what} of the test are in training too"


def keys(rows: pd.DataFrame) -> pd.DataFrame:
    """What each row must not share with another side: columns of `NOUNS`, null if unknown, but for the take.

    Args:
        rows: as those of `audit`.

    Returns:
        The keys with file_id, dataset, and channel, start and end of parts.
    """
    sources = rows["source_file_id"].fillna(rows["file_id"]) if "source_file_id" in rows else rows["file_id"]
    return pd.DataFrame(
        {
            "file_id": rows["file_id"],
            "recording": sources,
            "audio": audio_keys(rows),
            "dataset": rows["dataset"],
            "speaker": speaker_keys(rows),
            "file": file_keys(rows),
            "channel": _column(rows, "audio_channel", 0),
            "start": _column(rows, "start", 0.0),
            "end": _column(rows, "end", np.inf),
        }
    )


def _column(rows: pd.DataFrame, name: str, default: float) -> pd.Series:
    return rows[name].fillna(default) if name in rows else pd.Series(default, rows.index)


def in_both(sides: pd.DataFrame, key: str, one: str, other: str) -> pd.DataFrame:
    """Find what two sides of a fold share.

    Args:
        sides: columns fold, split and `key`, a row per recording and fold.
        key: column of the values; null is no value.
        one: a side.
        other: another side.

    Returns:
        Columns fold and `key`, a row for each value of a fold that both sides have.
    """
    rows = sides[["fold", "split", key]].dropna(subset=key)
    left, right = (rows.loc[rows["split"] == side, ["fold", key]] for side in (one, other))
    left = left[left[key].isin(right[key])]  # few, so that nothing is made of all
    right = right[right[key].isin(left[key])]
    return left.drop_duplicates().merge(right.drop_duplicates(), on=["fold", key])


def shared_finding(
    sides: pd.DataFrame, key: str, shared: Iterable[str], one: str, other: str
) -> Finding | None:
    """Report the values of `key`, one of `NOUNS`, that two sides share; see `in_both`."""
    values = sorted(set(shared))
    if not values:
        return None
    names = values if key not in HASHES else _named(sides, key, values)
    return _finding(key, f"in both {one} and {other}", names, len(values))


def unknown_rows(sides: pd.DataFrame, key: str) -> pd.DataFrame:
    """Rows without a value of `key` in a corpus that is in the test of a fold and on another side of it."""
    corpora = [sides["fold"], sides["dataset"]]
    is_test = (sides["split"] == "test").groupby(corpora)
    return sides[sides[key].isna() & is_test.transform("any") & ~is_test.transform("all")]


def unknown_finding(unknown: pd.DataFrame) -> Finding | None:
    """Report corpora in which unknown speakers may be shared; see `unknown_rows`."""
    names = sorted(set(unknown["dataset"]))
    if not names:
        return None
    count = unknown["file_id"].nunique()
    of = "speaker of 1 recording" if count == 1 else f"speakers of {count} recordings"
    message = f"unknown {of} of {', '.join(names[:SHOWN])} may be in both train and test"
    return Finding("unknown", message, count, tuple(names[:SHOWN]))


def overlap_finding(sides: pd.DataFrame, overlaps: pd.DataFrame, left: str, right: str) -> Finding | None:
    """Report parts of a file on two sides of one fold that overlap; see `overlapping_parts`."""
    one, other = (sides.loc[sides["split"] == side, ["fold", "file_id"]] for side in (left, right))
    overlapping = one.merge(overlaps, on="file_id").merge(
        other.rename(columns={"file_id": "other"}), on=["fold", "other"]
    )
    pairs = overlapping[["file_id", "other"]].drop_duplicates()
    if not len(pairs):
        return None
    names = sorted({*pairs["file_id"], *pairs["other"]})
    amount = "1 part of a file overlaps" if len(pairs) == 1 else f"{len(pairs)} parts of files overlap"
    message = f"{amount} another between {left} and {right}: {_listed(names)}"
    return Finding("audio", message, len(pairs), tuple(names[:SHOWN]))


def overlapping_parts(sides: pd.DataFrame) -> pd.DataFrame:
    """Pairs of recordings of one file that overlap in time without being identical, in one channel or a mix.

    Returns:
        Columns file_id and other, each pair in both orders; of all folds, as no fold is needed to find them.
    """
    parts = sides[sides["file"].notna()].drop_duplicates("file_id").sort_values("start")
    names, audio, channel, start, end = (
        parts[name].to_numpy() for name in ("file_id", "audio", "channel", "start", "end")
    )
    pairs = [
        (one, other)
        for own in parts.groupby("file").indices.values()
        for following, one, stop in zip(
            range(1, len(own) + 1), own, np.searchsorted(start[own], end[own]), strict=True
        )
        for other in own[following:stop]
    ]
    one, other = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    in_channel = (channel[one] == channel[other]) | (channel[one] == 0) | (channel[other] == 0)
    kept = in_channel & (end[other] > start[one]) & (audio[one] != audio[other])
    one, other = names[one[kept]], names[other[kept]]
    return pd.DataFrame({"file_id": [*one, *other], "other": [*other, *one]}, dtype=object)


def _named(sides: pd.DataFrame, key: str, hashes: list[str]) -> list[str]:
    """Recordings of these hashes, which are more readable."""
    return sorted(set(sides.loc[sides[key].isin(hashes), "file_id"]))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")


def _finding(kind: str, where: str, names: Sequence[str], count: int) -> Finding:
    one, many = NOUNS[kind]
    amount = f"1 {one} is" if count == 1 else f"{count} {many} are"
    return Finding(kind, f"{amount} {where}: {_listed(names)}", count, tuple(names[:SHOWN]))


def _fitted_outside(part: FitRecord, splits: pd.DataFrame) -> Finding | None:
    fold = splits[splits["fold"] == part.fold]
    outside = sorted(part.file_ids.difference(fold.loc[fold["split"].isin(part.sides), "file_id"]))
    if not outside:
        return None
    message = (
        f"{part.part} of fold {part.fold} was fitted on {len(outside)} recordings outside of "
        f"{' and '.join(part.sides)}"
    )
    return Finding("fitted", message, len(outside), tuple(outside[:SHOWN]))


def _corpus_level(columns: Sequence[str]) -> list[Finding]:
    if not columns:
        return []
    message = (
        f"{len(columns)} inputs were computed from more than one recording: {', '.join(columns[:SHOWN])}"
    )
    return [Finding("corpus-level", message, len(columns), tuple(columns[:SHOWN]))]


def _suspect(findings: Sequence[Finding], datasets: Collection[str], uar: float | None) -> list[Finding]:
    if findings or len(datasets) != 1 or uar is None or uar <= SUSPECT_UAR:
        return []
    message = (
        f"UAR {uar:.3f} on unseen speakers of one corpus is above {SUSPECT_UAR:.2f}: "
        "a suspected leak until shown otherwise"
    )
    return [Finding("suspect", message, 1, tuple(datasets))]
