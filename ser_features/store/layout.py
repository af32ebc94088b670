"""Where everything of a store lies, and how a file gets there in one step.

    store.json
    files/dataset=<name>/part-<shard>.parquet        one row per recording
    frames/dataset=<name>/<shard>-<hash>.mel.npy     all frames of the shard
    variants/dataset=<name>/part-<shard>.parquet     one row per augmented copy of the shard's recordings
    frames/dataset=<name>/variants-<shard>-<hash>.mel.npy
    failures/dataset=<name>/part-<shard>.parquet     one row per refused file
    failures/dataset=<name>/part-variants-<shard>.parquet    one row per copy that could not be made

Names that begin with a dot are unfinished: readers pass over them, `sweep` removes those of dead runs.

>>> part_name("00003")
'part-00003.parquet'
"""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

DESCRIPTION = "store.json"

ORPHAN_SECONDS = 60.0
"""Younger frame files may belong to a living run that is about to rename its table."""


def dataset_folder(root: Path, table: str, dataset: str) -> Path:
    """Folder of one corpus in one of files, variants, frames and failures."""
    return root / table / f"dataset={dataset}"


def datasets(root: Path, table: str) -> list[str]:
    """Names of the corpora that one of files, variants, frames and failures holds, sorted."""
    return sorted(folder.name.removeprefix("dataset=") for folder in (root / table).glob("dataset=*"))


def part_name(shard: str) -> str:
    """File name of a shard's table."""
    return f"part-{shard}.parquet"


def parts(root: Path, table: str, dataset: str) -> list[Path]:
    """The committed shards of one corpus, sorted by name."""
    return sorted(dataset_folder(root, table, dataset).glob("part-*.parquet"))


def shard_of(part: Path) -> str:
    """The shard that a table file holds."""
    return part.stem.removeprefix("part-")


def frame_path(root: Path, dataset: str, frame_shard: str, family: str) -> Path:
    """File with all frames of one family of a shard; `frame_shard` is the row's column of that name."""
    return dataset_folder(root, "frames", dataset) / f"{frame_shard}.{family}.npy"


def run_id() -> str:
    """Names this run in its unfinished files: host and process."""
    return f"{socket.gethostname().replace('.', '-')}.{os.getpid()}"


def hidden(path: Path, run: str) -> Path:
    """Name under which `path` is written until it is complete."""
    return path.with_name(f".{path.name}.{run}")


@contextmanager
def replacing(path: Path, run: str) -> Iterator[BinaryIO]:
    """Open a file to write that appears at `path` whole and durable, or not at all.

    Args:
        path: final name; its folder is made. An existing file is replaced by one rename.
        run: `run_id()` of the run that writes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = hidden(path, run)
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Make a file's content, or the renames in a folder, durable (a no-op where folders cannot be opened)."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(root: Path) -> int:
    """Remove the unfinished files of runs that died on this machine.

    Returns:
        How many files were removed. Those of other machines and of living runs are left alone.
    """
    host, _ = run_id().rsplit(".", 1)
    removed = 0
    for path in root.rglob(f".*.{host}.*"):
        process = path.name.rsplit(".", 1)[1]
        if process.isdigit() and not _alive(int(process)):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def sweep_frames(root: Path, dataset: str, referenced: set[str]) -> None:
    """Remove frame files that no row refers to: their run died between two renames.

    Args:
        root: of the store.
        dataset: name of the corpus.
        referenced: the `frame_shard` values of its rows.
    """
    oldest = time.time() - ORPHAN_SECONDS
    for path in dataset_folder(root, "frames", dataset).glob("[!.]*.npy"):
        if path.name.split(".", 1)[0] not in referenced and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
