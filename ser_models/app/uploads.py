"""Pending uploads, each accessible to its owner only, in a private folder.

upload → `claim` → `owns` (before it is played or recognised) → prediction → `release` (deleted)

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
"""Most pending uploads; the oldest is deleted when there are more, so that the disk does not fill."""
MAX_AGE = 600.0
"""Seconds after which a pending upload is deleted."""


class Uploads:
    """Owners of uploads; thread-safe.

    Attributes:
        folder: of all uploads, and of nothing else.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._held: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._lock = Lock()

    def claim(self, owner: str, paths: Sequence[str]) -> None:
        """Register the uploads of an owner; their previous uploads and all expired ones are deleted."""
        with self._lock:
            before = self._held.pop(owner, ())
            self._held[owner] = tuple(path for path in paths if self._is_upload(path))
            self._discard(before)
            while len(self._held) > MAX_UPLOADS:
                self._drop(next(iter(self._held)))
            self._sweep()

    def owns(self, owner: str, path: str) -> bool:
        """Whether `owner` uploaded exactly this path, and the file still exists."""
        with self._lock:
            return path in self._held.get(owner, ()) and Path(path).is_file()

    def release(self, owner: str) -> None:
        """Delete the uploads of an owner."""
        with self._lock:
            self._drop(owner)

    def _is_upload(self, path: str) -> bool:
        """Whether the path is a file in a direct subfolder of the upload folder."""
        return Path(path).is_file() and Path(path).resolve().parent.parent == self.folder

    def _drop(self, owner: str) -> None:
        self._discard(self._held.pop(owner, ()))

    def _discard(self, paths: Sequence[str]) -> None:
        """Delete uploads without an owner; Gradio keeps the same content of several owners in one folder."""
        for folder in {Path(path).parent for path in paths} - self._folders():
            _delete(folder)

    def _sweep(self) -> None:
        """Delete expired uploads, and old files without an owner."""
        for owner, paths in list(self._held.items()):
            if all(_age(Path(path)) > MAX_AGE for path in paths):
                self._drop(owner)
        owned = self._folders()
        for entry in self.folder.iterdir():
            if entry not in owned and _age(entry) > MAX_AGE:
                _delete(entry)

    def _folders(self) -> set[Path]:
        return {Path(path).parent for paths in self._held.values() for path in paths}


def _delete(entry: Path) -> None:
    if entry.is_dir():
        shutil.rmtree(entry, ignore_errors=True)
    else:
        entry.unlink(missing_ok=True)


def _age(path: Path) -> float:
    """Return the seconds since the last change; infinite if the file does not exist."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return float("inf")
