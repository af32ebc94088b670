"""Checks of a store at any moment: is it whole, what does it hold, how does it differ from another.

Checks return one line of text per violated guarantee; `Findings` collects them with counts of what was done.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ser_features.store import layout, open_store
from ser_features.store.verify import verify

POSITION = ["frame_shard", "frame_offset"]
"""Columns with the position of a row's frames; which rows share a file depends on the order of the runs."""

HISTORY = ["attempts", "at"]
"""Columns of failures/ about number and time of the attempts."""

PRINTED = 20
"""Violations that are printed."""


@dataclass(slots=True)
class Findings:
    """Result of a series of faults.

    Attributes:
        counts: number of occurrences, by what was done or observed.
        violations: guarantees that were violated.
    """

    counts: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        """Add the result of another series."""
        self.counts.update(other.counts)
        self.violations += other.violations

    def show(self, title: str) -> None:
        """Print counts and violations."""
        print(title)
        for name, count in (*self.counts.items(), ("guarantees violated", len(self.violations))):
            print(f"{count:8}  {name}")
        for line in self.violations[:PRINTED]:
            print(f"          {line}")
        print(flush=True)


def damage(root: Path) -> list[str]:
    """Damaged tables and frame files, including frames that no row refers to yet."""
    if not (root / layout.DESCRIPTION).is_file():
        return []
    lines = [f"{problem.path}: {problem.reason}" for problem in verify(root).problems]
    for path in root.glob("frames/*/[!.]*.npy"):
        try:
            np.load(path, mmap_mode="r")
        except FileNotFoundError:  # replaced by a run that goes on
            continue
        except (OSError, ValueError) as error:
            lines.append(f"{path.name}: {error}")
    return lines


def rows(root: Path) -> pd.DataFrame:
    """Rows of files/ as pandas reads them, by `file_id`; empty if there are none."""
    if not any(root.glob("files/*/[!.]*.parquet")):
        return pd.DataFrame(index=pd.Index([], name="file_id"))
    table = pd.read_parquet(root / "files")
    types = {"dataset": str, "age": "Int32"}  # pandas infers others if there is one corpus, or one age
    return table.astype(types).set_index("file_id").sort_index()


def failures(root: Path) -> pd.DataFrame:
    """Refused files by `file_id`, without their history."""
    table = open_store(root).failures().to_pandas()
    return table.drop(columns=HISTORY).set_index("file_id").sort_index()


def leftovers(root: Path) -> list[str]:
    """Unfinished files, and frames that no row refers to."""
    hidden = [path.name for path in root.rglob("*") if path.name.startswith(".")]
    table = rows(root)
    used = set() if table.empty else set(table["frame_shard"])
    lost = (path for path in root.glob("frames/*/[!.]*.npy") if layout.frame_shard_of(path) not in used)
    return hidden + [path.name for path in lost]


def changed(table: pd.DataFrame, expected: pd.DataFrame) -> Iterator[str]:
    """Duplicated rows, and rows that differ from the expected ones; missing rows are allowed."""
    if not table.index.is_unique:
        yield f"{table.index.duplicated().sum()} rows are duplicated"
    elif unknown := set(table.index) - set(expected.index):
        yield f"{len(unknown)} rows too many, such as {min(unknown)}"
    elif len(table):
        same = expected.loc[table.index].drop(columns=POSITION, errors="ignore")
        if not table.drop(columns=POSITION, errors="ignore").equals(same):
            yield "rows have other values"


def lost(before: pd.DataFrame, now: pd.DataFrame) -> Iterator[str]:
    """Rows that no longer exist."""
    if missing := set(before.index) - set(now.index):
        yield f"{len(missing)} rows are lost, such as {min(missing)}"


def differences(root: Path, reference: Path) -> list[str]:
    """Differences between the rows, frames and failures of two stores."""
    table, expected = rows(root), rows(reference)
    lines = [*changed(table, expected), *lost(expected, table)]
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
