"""Rows of a split → what a model reads of their recordings, from a store or from the audio.

rows, a store → `matching.match` → stored rows of the same files → values
rows, a folder → `matching.files_of` → table of the files → extraction into a temporary store → the same
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ser_features.manifest import part_key
from ser_models.auditing.matching import Matched, files_of, match
from ser_models.data.examples import PART_COLUMNS
from ser_models.data.inputs import ColumnInputs

if TYPE_CHECKING:
    from ser_features.engine import Observer
    from ser_features.store import Store

NUMBER = "row_of_split"
"""Column of the temporary store with the number of a row."""


@dataclass(frozen=True, slots=True)
class Features:
    """Features of some rows.

    Attributes:
        positions: of the rows that have features, (recordings,) int64.
        values: (recordings, columns) float32, NaN where a value could not be computed.
        notes: sentences on the rows without features.
    """

    positions: np.ndarray
    values: np.ndarray
    notes: tuple[str, ...]


def of_store(rows: pd.DataFrame, inputs: ColumnInputs, root: os.PathLike[str] | str) -> Features:
    """Read the features of rows from a store.

    Args:
        rows: columns path, and `PART_COLUMNS`.
        inputs: what the model reads.
        root: folder of the store; or s3://bucket/prefix.

    Raises:
        InputError: if there is no store, or it lacks features that the model reads.
    """
    from ser_features.store import open_store
    from ser_features.store.layout import store_root

    store = open_store(store_root(root))
    stored = store.files()
    matched = match(rows["path"], stored["path"])
    by_key = dict(zip(_keys(stored["path"], stored), range(len(stored)), strict=True))
    keys = _keys(rows["path"].map(matched.by_path.get), rows)
    indices = np.array([by_key.get(key, -1) for key in keys], dtype=np.int64)
    positions = np.flatnonzero(indices >= 0)
    values = inputs.from_store(store, stored.iloc[indices[positions]])
    return Features(positions, values, _notes(matched, len(rows) - len(positions), len(rows), f"in {root}"))


def of_audio(
    rows: pd.DataFrame, inputs: ColumnInputs, folder: Path, observer: "Observer | None" = None
) -> Features:
    """Extract the features of rows from the audio files below a folder.

    Args:
        rows: columns path, and `PART_COLUMNS`.
        inputs: what the model reads.
        folder: of the files.
        observer: callbacks for the progress.

    Raises:
        InputError: if there is no such folder.
    """
    matched = files_of(rows["path"], folder)
    files = rows["path"].map(matched.by_path.get)
    located = np.flatnonzero(files.notna())
    notes = _notes(matched, len(rows) - len(located), len(rows), f"below {folder}")
    if not len(located):
        return Features(located, np.empty((0, len(inputs.columns)), np.float32), notes)
    with _extracted(rows.iloc[located].assign(path=files, **{NUMBER: located}), inputs, observer) as store:
        stored = store.files().sort_values(NUMBER)
        positions = stored[NUMBER].to_numpy(np.int64)
        values = inputs.from_store(store, stored)
    if refused := len(located) - len(positions):
        notes += (f"{refused} of {len(located)} audio files left out: ser extract refuses them",)
    return Features(positions, values, notes)


@contextmanager
def _extracted(rows: pd.DataFrame, inputs: ColumnInputs, observer: "Observer | None") -> Iterator["Store"]:
    """Extract recordings into a store that lasts for the block."""
    from ser_features.engine import extract_corpora
    from ser_features.store import open_store

    columns = [name for name in PART_COLUMNS if name in rows and rows[name].notna().any()]
    table = rows[["path", NUMBER, *columns]].assign(emotion="")  # the classes are those of the split
    if "audio_channel" in columns:
        table["audio_channel"] = table["audio_channel"].astype("Int64").astype("string").replace("0", "mix")
    with tempfile.TemporaryDirectory(prefix="ser-audit-") as folder:
        path, root = Path(folder, "split.csv"), Path(folder, "store")
        table.to_csv(path, index=False)
        extract_corpora(
            [str(path)], data=Path(folder), store=root, features=inputs.families, observer=observer
        )
        yield open_store(root)


def _keys(paths: pd.Series, rows: pd.DataFrame) -> list[tuple[str, str] | None]:
    """The file and part of each row; None for one without a file."""
    parts = rows.reindex(columns=["start", "end", "audio_channel"]).astype({"audio_channel": "Int64"})
    parts = parts.astype(object).where(parts.notna(), None)
    return [
        None if pd.isna(path) else (path, part_key(*part))
        for path, part in zip(paths, parts.itertuples(index=False), strict=True)
    ]


def _notes(matched: Matched, without: int, rows: int, where: str) -> tuple[str, ...]:
    """A sentence on rows without a recording."""
    if not without:
        return ()
    several = f", {len(matched.ambiguous)} of them as several files match" if matched.ambiguous else ""
    return (f"{without} of {rows} recordings left out: not found {where}{several}",)
