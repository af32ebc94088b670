"""Verification of a store: every byte is read and compared with its checksum.

store.json, origins, tables (seals) → rows (each with its frames, none twice) → frame files (checksums)
→ `Problem`s

`ser extract` repairs the problems: it notices damaged tables by itself; a damaged frame file gets a new
modification time here, so that the next extraction reads it as well.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ser_features.errors import DamagedError
from ser_features.files import is_local, publish, scratch
from ser_features.store import layout, locks
from ser_features.store.description import read_description
from ser_features.store.origins import read_origin
from ser_features.store.part import READERS, StoredTable, duplicated_ids, problem, read_table, version

FRAME_COLUMNS = ["file_id", "frame_shard", "frame_offset", "frame_count"]


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that is damaged, missing or inconsistent.

    Attributes:
        path: the file, relative to the store's folder.
        reason: what is wrong with it.
    """

    path: str
    reason: str


@dataclass(slots=True)
class Findings:
    """Result of a verification.

    Attributes:
        tables: number of tables read.
        frame_files: number of frame files read.
        problems: in the order of the files.
    """

    tables: int = 0
    frame_files: int = 0
    problems: list[Problem] = field(default_factory=list)


def verify(root: Path, on_file: Callable[[str], None] = lambda path: None) -> Findings:
    """Read a whole store and return its problems.

    Args:
        root: its folder.
        on_file: called with the path of each file before it is read.

    Raises:
        InputError: if there is no store.
        StoreError: if it is of another format.
    """
    findings = Findings()
    families = _frame_families(root, findings)
    with locks.reading(root):
        for table in layout.TABLES:
            for dataset in layout.datasets(root, table):
                required = families if table == "files" else None
                _verify_tables(root, table, dataset, required, findings, on_file)
        for path in sorted((root / layout.ORIGINS).glob("[!.]*")):
            if read_origin(root, path.stem) is None:
                findings.problems.append(Problem(path.relative_to(root).as_posix(), "it is not as written"))
    return findings


def _frame_families(root: Path, findings: Findings) -> tuple[str, ...] | None:
    """Families of frames that the rows of files/ have; None if store.json is damaged."""
    try:
        return read_description(root).frame_families
    except DamagedError as error:
        findings.problems.append(Problem(layout.DESCRIPTION, str(error)))
        return None


def _verify_tables(
    root: Path,
    table: str,
    dataset: str,
    families: tuple[str, ...] | None,
    findings: Findings,
    on_file: Callable[[str], None],
) -> None:
    file_ids: dict[str, pa.ChunkedArray] = {}
    for part in layout.parts(root, table, dataset):
        name = part.relative_to(root).as_posix()
        on_file(name)
        findings.tables += 1
        stored, frame_files, problems = _verify_part(root, dataset, part, families, on_file)
        while problems and version(part) != stored.version:  # a run has just replaced it, and its frames
            stored, frame_files, problems = _verify_part(root, dataset, part, families, on_file)
        findings.frame_files += frame_files
        findings.problems += problems
        if stored.table is not None:
            file_ids[name] = stored.table["file_id"]
    for name, again in duplicated_ids(file_ids).items():
        findings.problems.append(Problem(name, f"{len(again)} rows are in an earlier table too: {again[0]}"))


def _verify_part(
    root: Path,
    dataset: str,
    part: Path,
    families: tuple[str, ...] | None,
    on_file: Callable[[str], None],
) -> tuple[StoredTable, int, list[Problem]]:
    """Read one table and its frames; return the table, the number of frame files, and the problems."""
    name = part.relative_to(root).as_posix()
    try:
        stored = read_table(part, FRAME_COLUMNS)
    except DamagedError as error:
        return StoredTable(version=version(part)), 0, [Problem(name, str(error))]
    problems = [Problem(name, reason) for reason in _rows_without_frames(stored, families)]
    wide = layout.wide_families(root)
    files = {
        layout.frame_path(root, dataset, frame_shard, family, wide=family in wide): sha256
        for frame_shard, digests in stored.metadata.get("frames", {}).items()
        for family, sha256 in digests.items()
    }
    with ThreadPoolExecutor(READERS) as pool:
        for path, reason in zip(files, pool.map(problem, files, files.values()), strict=True):
            on_file(path.relative_to(root).as_posix())
            if reason is not None:
                problems.append(Problem(path.relative_to(root).as_posix(), reason))
                _touch(path)
    return stored, len(files), problems


def _rows_without_frames(stored: StoredTable, families: tuple[str, ...] | None) -> Iterator[str]:
    """Describe rows that refer to frames which the table's metadata does not list."""
    checksums, table = stored.metadata.get("frames", {}), stored.table
    if table is None or "frame_shard" not in table.column_names or not (checksums or families):
        return
    listed = pa.array(checksums, pa.string())
    lost = table.filter(pc.invert(pc.is_in(table["frame_shard"], listed)))
    if len(lost):
        yield f"{len(lost)} rows have no frames, the first is {lost['file_id'][0].as_py()}"
    for frame_shard, digests in checksums.items():
        if missing := [family for family in families or () if family not in digests]:
            yield f"the rows of {frame_shard} have no {missing[0]} frames"


def _touch(path: Path) -> None:
    """Make a damaged frame file younger than its table, so that an extraction reads it."""
    with suppress(OSError):
        if is_local(path):
            os.utime(path)
        else:
            copy = scratch(path)
            path.download(copy)  # type: ignore[attr-defined]
            publish(copy, path)
