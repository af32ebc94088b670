"""What a store can be asked at any moment: is it whole, what does it hold, how does it differ from another.

Whatever is found is a line of text; no lines, no faults.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ser_features.store import layout, open_store
from ser_features.store.verify import verify

PLACE = ["frame_shard", "frame_offset"]
"""Columns that say where a row's frames lie; which rows share a file depends on who came first."""

HISTORY = ["attempts", "at"]
"""Columns of failures/ that tell how often and when, not what."""


def torn(root: Path) -> list[str]:
    """Say what in a store is not whole: tables, frames that rows refer to, frames that none refers to yet."""
    if not (root / layout.DESCRIPTION).is_file():
        return []
    found = [f"{problem.path}: {problem.reason}" for problem in verify(root).problems]
    for path in root.glob("frames/*/[!.]*.npy"):
        try:
            np.load(path, mmap_mode="r")
        except FileNotFoundError:  # replaced by a run that goes on
            continue
        except (OSError, ValueError) as error:
            found.append(f"{path.name}: {error}")
    return found


def rows(root: Path) -> pd.DataFrame:
    """Read files/ as an analyst does, by `file_id`; without rows it is empty."""
    if not any(root.glob("files/*/[!.]*.parquet")):
        return pd.DataFrame(index=pd.Index([], name="file_id"))
    table = pd.read_parquet(root / "files")
    types = {"dataset": str, "age": "Int32"}  # pandas takes others if a corpus, or an age, is the only one
    return table.astype(types).set_index("file_id").sort_index()


def failures(root: Path) -> pd.DataFrame:
    """Refused files by `file_id`, without their history."""
    table = open_store(root).failures().to_pandas()
    return table.drop(columns=HISTORY).set_index("file_id").sort_index()


def litter(root: Path) -> list[str]:
    """List hidden files, and frames that no row refers to."""
    hidden = [path.name for path in root.rglob("*") if path.name.startswith(".")]
    table = rows(root)
    known = set() if table.empty else set(table["frame_shard"])
    lost = (path for path in root.glob("frames/*/[!.]*.npy") if layout.frame_shard_of(path) not in known)
    return hidden + [path.name for path in lost]


def changed(table: pd.DataFrame, expected: pd.DataFrame) -> Iterator[str]:
    """Say which rows are doubled, or others than expected; rows that are not there are no fault."""
    if not table.index.is_unique:
        yield f"{table.index.duplicated().sum()} rows are doubled"
    elif unknown := set(table.index) - set(expected.index):
        yield f"{len(unknown)} rows too many, such as {min(unknown)}"
    elif len(table):
        wanted = expected.loc[table.index].drop(columns=PLACE, errors="ignore")
        if not table.drop(columns=PLACE, errors="ignore").equals(wanted):
            yield "rows have other values"


def differences(root: Path, reference: Path) -> list[str]:
    """Say how the rows, frames and failures of a store differ from those of another."""
    found, expected = rows(root), rows(reference)
    lines = list(changed(found, expected))
    if missing := set(expected.index) - set(found.index):
        lines.append(f"{len(missing)} rows are lost, such as {min(missing)}")
    if lines:
        return lines
    if _frames(root) != _frames(reference):
        lines.append("frames have other values")
    if not failures(root).equals(failures(reference)):
        lines.append("other files are refused")
    return lines


def _frames(root: Path) -> dict[tuple[str, str], bytes]:
    """Bytes of every row's frames, by family and `file_id`."""
    store = open_store(root)
    table = store.files()
    return {
        (family, file_id): view.tobytes()
        for family in store.description.frame_families
        for file_id, view in zip(table["file_id"], store.frames(table, family), strict=True)
    }
