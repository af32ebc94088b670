"""Files and folders that appear at their path in one step: whole and durable, or not at all.

scratch file → content → fsync → `publish` (one rename, or one upload to an object store)
scratch folder → content → fsync → one rename, or `exchange` with the folder that is replaced
"""

import ctypes
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from ser_features.errors import StoreError

AT_FDCWD, RENAME_EXCHANGE = -100, 2
"""From Linux's fcntl.h and fs.h."""

RENAME_SWAP = 2
"""From macOS's stdio.h."""


def is_local(path: Path) -> bool:
    """Whether a path is one of this machine's file system; others are `RemotePath`s."""
    return isinstance(path, Path)


def run_id() -> str:
    """Names this process in its unfinished files: host and process."""
    return f"{socket.gethostname().replace('.', '-')}.{os.getpid()}"


def scratch(path: Path) -> Path:
    """Return the local name under which `path` is written until it is complete; its folder is made."""
    if not is_local(path):
        return Path(tempfile.gettempdir()) / f"ser-{uuid4().hex}"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.{run_id()}")


def publish(temporary: Path, path: Path) -> None:
    """Give a complete, synced scratch file its place; what stood there is replaced."""
    if is_local(path):
        temporary.replace(path)
    else:
        path.upload(temporary)  # type: ignore[attr-defined]
        temporary.unlink()


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write that appears at `path` whole and durable, or not at all.

    Args:
        path: final name; its folder is made. An existing file is replaced by one rename.
    """
    temporary = scratch(path)
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        publish(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Make a hidden folder that appears at `path` whole and durable, or not at all.

    Args:
        path: final name, of this machine; the folder that it stands in is made. What stood there is removed
            once the new one is in its place.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    hidden = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        hidden.chmod(0o755)  # mkdtemp's folders are private
        yield hidden
        for each in (*hidden.rglob("*"), hidden):
            sync(each)
        old = hidden.with_name(f"{hidden.name}.old")
        if path.exists():
            path.rename(old)
        hidden.rename(path)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


@contextmanager
def writing(what: str, root: Path) -> Iterator[None]:
    """Say of a disk that is full or failing what it means.

    Args:
        what: is written.
        root: of the store that it is written to.

    Raises:
        StoreError: in the place of an error of the operating system.
    """
    try:
        yield
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        raise StoreError(
            f"{what} cannot be written to {root} ({error.strerror or error}{where}): make room, mend the "
            "disk or choose another, and run the command again: what was stored before is safe"
        ) from error


def sync(path: Path) -> None:
    """Make a file's content, or the renames in a folder, durable (a no-op where folders cannot be opened)."""
    if os.name != "posix" or not is_local(path):
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def exchange(first: Path, second: Path) -> None:
    """Swap two folders of one file system in one step, so that neither path is ever without a folder.

    Raises:
        StoreError: if the system or the file system cannot do it in one step.
    """
    try:
        failed = _rename(os.fsencode(first), os.fsencode(second))
    except (OSError, AttributeError):
        failed = -1
    if failed:
        reason = os.strerror(ctypes.get_errno()) if ctypes.get_errno() else "not on this system"
        raise StoreError(
            f"{second} cannot change places with another folder in one step ({reason}): "
            "expected a local disk of Linux or macOS: copy it to one"
        )


def _rename(first: bytes, second: bytes) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        return int(library.renamex_np(first, second, RENAME_SWAP))
    return int(library.renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE))
