"""The steps of an audit, from a split to its result.

`read_given` → `SplitTable` → `identified` → `IdentifiedSplit` → `estimate` → `audited` → `AuditResult`
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias, TypeGuard

import pandas as pd

from ser_features.audio.files import sha256
from ser_features.errors import InputError, counted
from ser_models.auditing.identity import identify
from ser_models.auditing.result import AuditResult, Estimate
from ser_models.auditing.shares import fold_audits
from ser_models.auditing.sound import with_audio
from ser_models.auditing.sources import check_given, read_split
from ser_models.auditing.sources.columns import Columns
from ser_models.auditing.sources.forms import is_list
from ser_models.auditing.sources.in_memory import Rows, read_rows
from ser_models.auditing.split_table import DEV, TEST, TRAIN, IdentifiedSplit, SplitTable, Unparsed

Paths: TypeAlias = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
Given: TypeAlias = Paths | pd.DataFrame
"""A list on disk, several, or the rows themselves."""

NOT_COMPARED = "audio is not compared: recordings are identical where their paths are"


@dataclass(frozen=True, slots=True)
class AuditConfig:
    """How a split is audited.

    Attributes:
        corpus: known corpus whose names the paths are; None to recognise it.
        pattern: of the ends of the paths instead, such as "{speaker}_{}.wav".
        speaker: column of the table with the speakers.
        data: folder of the audio; the folder of the split by default, if that has the recordings.
        workers: number of processes that decode; None for one per core.
    """

    corpus: str | None = None
    pattern: str | None = None
    speaker: str | None = None
    data: Path | None = None
    workers: int | None = None


def identified(
    split: SplitTable,
    config: AuditConfig,
    *,
    on_recording: Callable[[int, int], None] | None = None,
) -> IdentifiedSplit:
    """Find who and what the rows of a split are, and which have the same audio.

    Args:
        split: as it was read.
        config: how.
        on_recording: called with the number of decoded recordings and of all.

    Raises:
        InputError: if the config does not fit the split.
    """
    rows = identify(split, corpus=config.corpus, pattern=config.pattern, speaker=config.speaker)
    if folder := config.data or split.root:
        return with_audio(rows, folder, workers=config.workers, on_recording=on_recording)
    return replace(rows, notes=(*rows.notes, NOT_COMPARED))


def audited(split: SplitTable, rows: IdentifiedSplit, estimate: Estimate | None = None) -> AuditResult:
    """Count what the sides of a split share.

    Args:
        split: as it was read.
        rows: the same with who and what each row is.
        estimate: how much the split flatters.
    """
    number = split.listed or len(split.rows)
    unparsed = round(len(rows.unparsed) * number / len(split.rows))  # rows may be in several folds
    return AuditResult(
        rows=number,
        unparsed=unparsed,
        folds=fold_audits(rows),
        read_from=rows.read_from,
        notes=(*rows.notes, *_unparsed(rows.unparsed, unparsed)),
        files={str(path): sha256(path) for path in split.files if path.is_file()},
        estimate=estimate,
    )


def read_given(splits: Given | None, by_side: Mapping[str, Given | None], columns: Columns) -> SplitTable:
    """Read a split from files or from rows in memory.

    Args:
        splits: files or folders of one split, or its rows.
        by_side: lists of train, dev and test instead: files, or rows.
        columns: names of columns.

    Raises:
        InputError: if nothing is given, both are, or some sides are files and others are rows.
    """
    given = {side: rows for side, rows in by_side.items() if rows is not None}
    check_given(has_split=splits is not None, has_sides=bool(given))
    if isinstance(splits, pd.DataFrame):
        return read_rows({None: splits}, columns)
    in_memory: dict[str | None, Rows] = {side: rows for side, rows in given.items() if _are_rows(rows)}
    if not in_memory:
        return read_split(
            _paths(splits),
            train=_paths(given.get(TRAIN)),
            dev=_paths(given.get(DEV)),
            test=_paths(given.get(TEST)),
            side=columns.side,
            fold=columns.fold,
            path=columns.path,
        )
    if files := [side for side in given if side not in in_memory]:
        raise InputError(
            f"{files[0]} is a file and {next(iter(in_memory))} has rows: expected all sides in one form: "
            "pass paths of files, or lists of recordings"
        )
    return read_rows(in_memory, columns)


def _are_rows(given: Given) -> TypeGuard[Rows]:
    """Whether rows are given and not files that list them."""
    if isinstance(given, pd.DataFrame):
        return True
    return not isinstance(given, str | os.PathLike) and not all(is_list(Path(path)) for path in given)


def _paths(given: Paths | None) -> list[Path]:
    if given is None:
        return []
    return [Path(given)] if isinstance(given, str | os.PathLike) else [Path(path) for path in given]


def _unparsed(rows: Sequence[Unparsed], number: int) -> Iterator[str]:
    for first in rows[:1]:
        of = counted(number, "row")
        yield f"of {of} nothing is known but the path, such as {first.path}: {first.problem}"
