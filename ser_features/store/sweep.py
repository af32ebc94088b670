"""Removal of unfinished files of dead runs, and of damaged tables from the readers' way.

Both are done only by a run that has the store exclusively, or under the commit lock.
"""

import math
import shutil
import time
from contextlib import suppress
from pathlib import Path

from ser_features.errors import DamagedError
from ser_features.files import is_local
from ser_features.store import layout, locks
from ser_features.store.part import read_table

DAMAGED = "damaged"
"""Folder of damaged tables, kept for inspection."""

REMOTE_SECONDS = 86_400
"""Younger frames on an object store may belong to a living run that is about to upload their table."""


def sweep(root: Path) -> None:
    """Remove unfinished files; the caller has the store exclusively."""
    if not is_local(root):
        return
    with locks.committing(root):  # store.json is written under this lock by runs that have no other yet
        for path in root.glob(f".{layout.DESCRIPTION}.*"):
            path.unlink(missing_ok=True)
    for folder in (*layout.TABLES, layout.ORIGINS, *layout.frame_folders(root)):
        for path in (root / folder).glob("**/.*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def sweep_frames(root: Path, dataset: str, referenced: frozenset[str]) -> None:
    """Remove frame files that no row refers to: their run died before it committed the table.

    Args:
        root: of the store, which the caller has exclusively. An object store has no locks: there, only files
            older than a day are removed.
        dataset: name of the corpus.
        referenced: the `frame_shard` values of its rows and of their copies.
    """
    oldest = math.inf if is_local(root) else time.time() - REMOTE_SECONDS
    for folder in layout.frame_folders(root):
        for path in layout.dataset_folder(root, folder, dataset).glob("[!.]*.*"):
            if layout.frame_shard_of(path) not in referenced and path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def set_aside(root: Path, part: Path) -> Path:
    """Move a damaged table to damaged/, unless another run has replaced it by now.

    Returns:
        The path that it was moved to.
    """
    target = root / DAMAGED / part.relative_to(root)
    with locks.committing(root), suppress(FileNotFoundError):
        try:
            read_table(part)
        except DamagedError:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.rename(target)
    return target
