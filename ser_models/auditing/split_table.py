"""A split as it was given, and the same with who and what each row is.

`SplitTable`: path, fold and side of each row → `identity` → `IdentifiedSplit`: with the columns of a store

>>> rows = pd.DataFrame({"path": ["a.wav", "b.wav"], "fold": "1", "side": ["train", "test"]})
>>> SplitTable(rows).folds
['1']
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

TRAIN, DEV, TEST = SIDES = ("train", "dev", "test")
"""Sides of a split, in this order."""

KEYS = ("speaker", "session", "statement", "text", "emotion", "gender", "age", "language")
"""Columns of `IdentifiedSplit.rows` that names or columns of the table state; null where they do not."""


@dataclass(frozen=True, slots=True)
class SplitTable:
    """A split as it was given.

    Attributes:
        rows: a row per recording and fold, indexed 0 to n - 1: `path` as it was written, with forward
            slashes; `fold`, text; `side`, one of `SIDES`; the further columns of the table as text, under
            their own names in lower case, null where a cell is empty.
        columns: name in the table of the columns path, side and fold, where it differs.
        notes: how the split was understood, a sentence each.
        root: folder that relative paths are below; None if the split is of names alone.
        files: the lists that were read.
        listed: number of their rows, of which those of k-fold tables are in several folds; None: as `rows`.
    """

    rows: pd.DataFrame
    columns: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    root: Path | None = None
    files: tuple[Path, ...] = ()
    listed: int | None = None

    @property
    def folds(self) -> list[str]:
        """Names of the folds, in the order of the rows."""
        return list(dict.fromkeys(self.rows["fold"]))


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A row of which nothing is known but its path: the path, and why."""

    path: str
    problem: str


@dataclass(frozen=True, slots=True)
class IdentifiedSplit:
    """A split with who and what each row is.

    Attributes:
        rows: those of the `SplitTable` with the columns of a store that an audit reads: `file_id` (the same
            for the same recording in all folds), `dataset`, the columns of `KEYS`, `source_file_id` (the
            recording that an augmented copy was made of; null if it is none), `audio_sha256` (identical for
            rows of one file, or of equal bytes, if their folder is given), `audio_channel`, `start` and `end`
            in s (null for a whole file).
        read_from: by column, where its values come from, such as "the letter before the turn (names of
            IEMOCAP)".
        unparsed: rows whose names could not be read, and of which no column states speaker, session or
            sentence; they are in `rows` too.
        notes: of the split, and on how it was identified.
        root: as in `SplitTable`.
    """

    rows: pd.DataFrame
    read_from: Mapping[str, str]
    unparsed: tuple[Unparsed, ...] = ()
    notes: tuple[str, ...] = ()
    root: Path | None = None
