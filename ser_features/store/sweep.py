"""What runs leave behind that died, and tables that are damaged: out of the readers' way.

Both are done only by a run that is alone in the store, or under the lock of commits.
"""

import math
import shutil
import time
from contextlib import suppress
from pathlib import Path

from ser_features.errors import DamagedError
from ser_features.files import is_local
from ser_features.store import layout, locks
from ser_features.store.part import read_held

ASIDE = "damaged"
"""Folder that keeps damaged tables, in case somebody wants to look at them."""


REMOTE_SECONDS = 86_400
"""Younger frames on an object store may be those of a living run, which is about to upload their table."""


def sweep(root: Path) -> None:
    """Remove unfinished files; the caller is alone in the store."""
    if not is_local(root):
        return
    with locks.committing(root):  # under which others write store.json before they are in the store
        for path in root.glob(f".{layout.DESCRIPTION}.*"):
            path.unlink(missing_ok=True)
    for folder in (*layout.TABLES, *layout.frame_folders(root)):
        for path in (root / folder).glob("**/.*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def sweep_frames(root: Path, dataset: str, referenced: frozenset[str]) -> None:
    """Remove frame files that no row refers to: their run died between two renames.

    Args:
        root: of the store, in which the caller is alone; on an object store nobody knows that, and
            only what is older than a day is removed.
        dataset: name of the corpus.
        referenced: the `frame_shard` values of its rows and of their copies.
    """
    oldest = math.inf if is_local(root) else time.time() - REMOTE_SECONDS
    for folder in layout.frame_folders(root):
        for path in layout.dataset_folder(root, folder, dataset).glob("[!.]*.*"):
            if layout.frame_shard_of(path) not in referenced and path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def set_aside(root: Path, part: Path) -> Path:
    """Move a damaged table to damaged/, unless another run has made it anew by now.

    Returns:
        Where it is kept.
    """
    kept = root / ASIDE / part.relative_to(root)
    with locks.committing(root), suppress(FileNotFoundError):
        try:
            read_held(part)
        except DamagedError:
            kept.parent.mkdir(parents=True, exist_ok=True)
            part.rename(kept)
    return kept
