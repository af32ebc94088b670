"""A store → what of it is not as it was written. Every byte is read.

store.json and tables (seals) → rows (each with its frames, none twice) → frame files (checksums) → `Problem`s

`ser extract` mends what is found: damaged tables it sees by itself; a damaged file of frames gets a new
modification time here, so that the next extraction looks at its content as well.
"""

import os
from collections.abc import Callable, Iterator, Mapping
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
from ser_features.store.frames import problem
from ser_features.store.part import READERS, Held, read_held, version

FRAME_COLUMNS = ["file_id", "frame_shard", "frame_offset", "frame_count"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it should be.

    Attributes:
        path: the file, below the store's folder.
        reason: what is wrong with it.
    """

    path: str
    reason: str


@dataclass(slots=True)
class Findings:
    """What a verification saw.

    Attributes:
        tables: how many tables were read.
        frame_files: how many files of frames were read.
        problems: what is wrong, in the order of the files.
    """

    tables: int = 0
    frame_files: int = 0
    problems: list[Problem] = field(default_factory=list)


def verify(root: Path, on_file: Callable[[str], None] = lambda path: None) -> Findings:
    """Read a whole store and say what is wrong with it.

    Args:
        root: its folder.
        on_file: told the path of each file before it is read.

    Raises:
        InputError: if there is no store.
        StoreError: if it is of another format.
    """
    findings = Findings()
    families = _families(root, findings)
    with locks.reading(root):
        for table in layout.TABLES:
            for dataset in layout.datasets(root, table):
                _verify_tables(root, table, dataset, families, findings, on_file)
    return findings


def _families(root: Path, findings: Findings) -> tuple[str, ...] | None:
    """Families of frames that the rows of files/ have; None if store.json does not say it."""
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
        wanted = families if table == "files" else None
        held, frame_files, problems = _verify_part(root, dataset, part, wanted, on_file)
        while problems and version(part) != held.version:  # a run has just replaced it, and its frames
            held, frame_files, problems = _verify_part(root, dataset, part, wanted, on_file)
        findings.frame_files += frame_files
        findings.problems += problems
        if held.table is not None:
            file_ids[name] = held.table["file_id"]
    for name, again in doubled(file_ids).items():
        findings.problems.append(Problem(name, f"{len(again)} rows are in an earlier table too: {again[0]}"))


def _verify_part(
    root: Path,
    dataset: str,
    part: Path,
    families: tuple[str, ...] | None,
    on_file: Callable[[str], None],
) -> tuple[Held, int, list[Problem]]:
    """Read one table and its frames: what it holds, how many files of frames it has, what is wrong."""
    name = part.relative_to(root).as_posix()
    try:
        held = read_held(part, FRAME_COLUMNS)
    except DamagedError as error:
        return Held(version=version(part)), 0, [Problem(name, str(error))]
    problems = [Problem(name, reason) for reason in _rows_without_frames(held, families)]
    checksums = held.metadata.get("frames", {})
    wide = layout.wide_families(root)
    files = {
        layout.frame_path(root, dataset, frame_shard, family, wide=family in wide): sha256
        for frame_shard, digests in checksums.items()
        for family, sha256 in digests.items()
    }
    with ThreadPoolExecutor(READERS) as pool:
        for path, reason in zip(files, pool.map(problem, files, files.values()), strict=True):
            on_file(path.relative_to(root).as_posix())
            if reason is not None:
                problems.append(Problem(path.relative_to(root).as_posix(), reason))
                _bring_to_notice(path)
    return held, len(files), problems


def _rows_without_frames(held: Held, families: tuple[str, ...] | None) -> Iterator[str]:
    """Say which rows refer to no frames that the table knows of."""
    checksums = held.metadata.get("frames", {})
    if held.table is None or "frame_shard" not in held.table.column_names or not (checksums or families):
        return
    known = pa.array(checksums, pa.string())
    lost = held.table.filter(pc.invert(pc.is_in(held.table["frame_shard"], known)))
    if len(lost):
        yield f"{len(lost)} rows have no frames, the first is {lost['file_id'][0].as_py()}"
    for frame_shard, digests in checksums.items():
        if missing := [family for family in families or () if family not in digests]:
            yield f"the rows of {frame_shard} have no {missing[0]} frames"


def _bring_to_notice(path: Path) -> None:
    """Make a damaged file of frames younger than its table, so that an extraction reads it."""
    with suppress(OSError):
        if is_local(path):
            os.utime(path)
        else:
            copy = scratch(path)
            path.download(copy)  # type: ignore[attr-defined]
            publish(copy, path)


def doubled(file_ids: Mapping[str, pa.ChunkedArray]) -> dict[str, list[str]]:
    """Find what is in two tables.

    Args:
        file_ids: column of each table, by name.

    Returns:
        By table, the file_ids that an earlier table has as well.
    """
    whole = pa.chunked_array([chunk for column in file_ids.values() for chunk in column.chunks], pa.string())
    if pc.count_distinct(whole).as_py() == len(whole):
        return {}
    seen: set[str] = set()
    found = {}
    for name, column in file_ids.items():
        values = column.to_pylist()
        if again := [file_id for file_id in values if file_id in seen]:
            found[name] = again
        seen.update(values)
    return found
