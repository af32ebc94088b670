"""Files and folders that appear at their path in one step, and files that contain their own checksum.

scratch file → content → fsync → `publish` (one rename, or one upload to an object store)
scratch folder → content → fsync → one rename, or `exchange` with the folder that is replaced
content with `BLANK_SEAL` → `seal` → file → `is_sealed`: a flipped bit anywhere in it is detected

The seal is the SHA-256 of the whole file with the seal itself blank: a text of fixed length, as a value of
store.json or of a Parquet file's key-value metadata.

>>> sealed = seal(b'{"rows": 3, "seal": "' + BLANK_SEAL + b'"}')
>>> is_sealed(sealed), is_sealed(sealed.replace(b"3", b"4"))
(True, False)
"""

import ctypes
import errno
import hashlib
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

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

UNSUPPORTED = frozenset(
    {errno.EACCES, errno.EBADF, errno.EINVAL, errno.EISDIR, errno.ENODEV, errno.ENOSYS}
    | {errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM}
)
"""Errors by which a file system says that it does not offer an operation, such as the fsync of a folder or a
memory map on a Samba share, a FUSE drive or a folder shared by VirtualBox. A failing or full disk says others
(EIO, ENOSPC)."""

AT_FDCWD, RENAME_EXCHANGE = -100, 2
"""From Linux's fcntl.h and fs.h."""

RENAME_SWAP = 2
"""From macOS's stdio.h."""

SEAL_KEY = "seal"
"""Name of the value that holds the seal."""

SEAL_MARK = b"sha256:"
SEAL_LENGTH = len(SEAL_MARK) + 64
BLANK_SEAL = SEAL_MARK + b"0" * 64
"""Text in the place of the seal before it is computed."""


def is_local(path: Path) -> bool:
    """Whether a path is on this machine's file system; others are `RemotePath`s."""
    return isinstance(path, Path)


def run_id() -> str:
    """Host and process, as part of the names of this process's unfinished files."""
    return f"{socket.gethostname().replace('.', '-')}.{os.getpid()}"


def scratch(path: Path) -> Path:
    """Local path under which `path` is written until it is complete; its folder is created."""
    if not is_local(path):
        return Path(tempfile.gettempdir()) / f"ser-{uuid4().hex}"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.{run_id()}")


def publish(temporary: Path, path: Path) -> None:
    """Move a complete, synced scratch file to its path; an existing file is replaced."""
    if is_local(path):
        temporary.replace(path)
    else:
        path.upload(temporary)  # type: ignore[attr-defined]
        temporary.unlink()


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that appears at `path` whole and durable, or not at all.

    Args:
        path: final path; its folder is created. An existing file is replaced by one rename.
    """
    temporary = scratch(path)
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            _fsync(file.fileno())
        publish(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Make a hidden folder that appears at `path` complete and durable, or not at all.

    Args:
        path: final name on this machine; its parent folder is made. An existing folder is exchanged with the
            new one in one step, so that a killed process leaves one of them at `path`; where the file system
            cannot do that, it is moved aside first.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    hidden = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        with suppress(OSError):  # a FAT drive has no modes
            hidden.chmod(0o755)  # mkdtemp's folders are private
        yield hidden
        for written in (*hidden.rglob("*"), hidden):
            sync(written)
        if not path.exists():
            hidden.rename(path)
        else:
            _replace_folder(path, hidden)
        sync(path.parent)
    finally:
        if hidden.is_file():  # a file was replaced
            hidden.unlink()
        shutil.rmtree(hidden, ignore_errors=True)


def _replace_folder(path: Path, new: Path) -> None:
    """Put `new` in the place of `path`; the old folder is at `new` afterwards."""
    try:
        exchange(new, path)
    except StoreError:  # not on this system or file system
        old = new.with_name(f"{new.name}.old")
        path.rename(old)
        try:
            new.rename(path)
        except OSError:
            old.rename(path)
            raise
        old.rename(new)


@contextmanager
def writing(what: str, root: Path) -> Iterator[None]:
    """Explain errors of a disk that is full or failing.

    Args:
        what: name of what is written.
        root: of the store that it is written to.

    Raises:
        StoreError: instead of an error of the operating system.
    """
    try:
        yield
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        raise StoreError(
            f"{what} cannot be written to {root} ({error.strerror or error}{where}): make room, repair the "
            "disk or choose another, and run the command again: what was stored before is safe"
        ) from error


def sync(path: Path) -> None:
    """Make a file's content, or the renames in a folder, durable, where the file system offers that.

    Raises:
        OSError: if the disk is full or failing.
    """
    if os.name != "posix" or not is_local(path):
        return
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError as error:
        if error.errno in UNSUPPORTED:  # folders of some shares cannot be opened
            return
        raise
    try:
        _fsync(descriptor)
    finally:
        os.close(descriptor)


def _fsync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in UNSUPPORTED:
            raise


def has_locks(descriptor: int) -> bool:
    """Whether the file system of an open file has locks; a lock that this process has becomes a shared one.

    Network shares without a lock service refuse to lock (ENOLCK, ENOTSUP, ENOSYS) but not to unlock.
    """
    if fcntl is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return True


def try_lock(descriptor: int) -> bool:
    """Lock an open file for this process alone until it is closed, where the file system has locks.

    Returns:
        False if another process has it.
    """
    if not has_locks(descriptor):
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


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


def seal(content: bytes) -> bytes:
    """Return the content with its seal in the place of the last `BLANK_SEAL`."""
    start = content.rindex(BLANK_SEAL)
    digest = hashlib.sha256(content).hexdigest().encode()
    return content[:start] + SEAL_MARK + digest + content[start + SEAL_LENGTH :]


def is_sealed(content: bytes) -> bool:
    """Whether a file has a seal and is unchanged since it was sealed."""
    return sha256_if_sealed(content) is not None


def sha256_if_sealed(content: bytes) -> str | None:
    """SHA-256 of a file in hexadecimal digits; None if it has no seal or was changed since it was sealed."""
    start = content.rfind(SEAL_MARK)
    if start < 0:
        return None
    bytes_of = memoryview(content)  # slices of a large file would be copies
    whole = hashlib.sha256(bytes_of[:start])
    blank = whole.copy()
    blank.update(BLANK_SEAL)
    blank.update(bytes_of[start + SEAL_LENGTH :])
    if blank.hexdigest().encode() != content[start + len(SEAL_MARK) : start + SEAL_LENGTH]:
        return None
    whole.update(bytes_of[start:])
    return whole.hexdigest()
