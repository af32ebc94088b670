"""Uploads that wait for their answer, each its owner's alone, in a private folder that is empty otherwise.

upload → `claim` → `owns` (before it is played or recognised) → answer → `release` (deleted)

>>> import tempfile, pathlib
>>> uploads = Uploads(pathlib.Path(tempfile.mkdtemp()))
>>> clip = uploads.folder / "ab12" / "clip.wav"
>>> clip.parent.mkdir(); _ = clip.write_bytes(b"sound")
>>> uploads.claim("anna", [str(clip)])
>>> uploads.owns("anna", str(clip)), uploads.owns("ben", str(clip))
(True, False)
>>> uploads.release("anna")
>>> list(uploads.folder.iterdir())
[]
"""

import shutil
import time
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

MAX_UPLOADS = 32
"""Uploads that wait at the same time; the oldest goes when there are more, so that the disk cannot fill."""
MAX_AGE = 600.0
"""Seconds after which an upload that nobody asked about is deleted."""


class Uploads:
    """Who uploaded what; safe to use from several threads.

    Attributes:
        folder: holds nothing but uploads.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._held: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._lock = Lock()

    def claim(self, owner: str, paths: Sequence[str]) -> None:
        """Note that `owner` uploaded `paths`; what they had before, and what waited too long, is deleted."""
        with self._lock:
            before = self._held.pop(owner, ())
            self._held[owner] = tuple(path for path in paths if self._is_upload(path))
            self._discard(before)
            while len(self._held) > MAX_UPLOADS:
                self._drop(next(iter(self._held)))
            self._sweep()

    def owns(self, owner: str, path: str) -> bool:
        """Whether `owner` uploaded `path`, letter by letter, and it is still there."""
        with self._lock:
            return path in self._held.get(owner, ()) and Path(path).is_file()

    def release(self, owner: str) -> None:
        """Delete what `owner` uploaded."""
        with self._lock:
            self._drop(owner)

    def _is_upload(self, path: str) -> bool:
        """Whether the path is of a file in a folder of its own, right below the folder of uploads."""
        return Path(path).is_file() and Path(path).resolve().parent.parent == self.folder

    def _drop(self, owner: str) -> None:
        """Forget what `owner` uploaded."""
        self._discard(self._held.pop(owner, ()))

    def _discard(self, paths: Sequence[str]) -> None:
        """Delete what nobody holds any more: the same content lies in one folder, whoever sent it."""
        kept = self._folders()
        for folder in {Path(path).parent for path in paths} - kept:
            _delete(folder)

    def _sweep(self) -> None:
        """Delete what has waited for too long, and what is nobody's."""
        for owner, paths in list(self._held.items()):
            if all(_age(Path(path)) > MAX_AGE for path in paths):
                self._drop(owner)
        kept = self._folders()
        for entry in self.folder.iterdir():
            if entry not in kept and _age(entry) > MAX_AGE:
                _delete(entry)

    def _folders(self) -> set[Path]:
        return {Path(path).parent for paths in self._held.values() for path in paths}


def _delete(entry: Path) -> None:
    if entry.is_dir():
        shutil.rmtree(entry, ignore_errors=True)
    else:
        entry.unlink(missing_ok=True)


def _age(path: Path) -> float:
    """Seconds since it was last changed; more than any limit if it is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return float("inf")
