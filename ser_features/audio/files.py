"""Audio files as bytes: read whole, hashed, stamped.

path → regular file of bounded size → bytes, SHA-256, or (size, modification time)
"""

import hashlib
import io
import os
import stat
import time
from pathlib import Path

from ser_features.errors import AudioError, UnreadableFileError, UnsupportedAudioError

MAX_BYTES = 2**30
"""Larger files are rejected unread: ten minutes of studio stereo need half of it."""

MAX_BYTES_OF_PARTS = 2**36
"""As `MAX_BYTES`, for a file of which only parts are read: 64 GiB are a day of studio stereo."""

SECOND = 10**9
FAT_RESOLUTION, TICK = 2 * SECOND, 20 * 10**6
"""Coarsest resolution of modification times, in ns: of FAT, and of other file systems."""


def sha256(path: Path) -> str:
    """SHA-256 of the file's bytes, as 64 hexadecimal digits.

    Raises:
        UnreadableFileError: if it is no regular file, or cannot be read.
        UnsupportedAudioError: if there are more than `MAX_BYTES_OF_PARTS`.
    """
    try:
        with open_regular(path, MAX_BYTES_OF_PARTS) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def stamp(path: str | Path) -> tuple[int, int] | None:
    """Size in bytes and modification time in ns of a file; None if there is none.

    Those of a recording in a Parquet file are those of the latter.
    """
    try:
        status = os.stat(path)  # noqa: PTH116  creating a million `Path`s takes longer
    except NotADirectoryError:
        from ser_features.audio.embedded import container_of

        container = container_of(path)
        return None if container is None else stamp(container)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def is_settled(modified: int, now: int | None = None) -> bool:
    """Whether a later change of a file would get another modification time.

    A FAT drive rounds it to 2 s, other file systems to a tick of the clock: a file that changed less than
    that ago can change again without a trace, so its modification time is not stored.

    Args:
        modified: modification time in ns.
        now: time in ns; by default that of the clock.

    >>> is_settled(5_000_000_000, now=6_900_000_000), is_settled(5_000_000_001, now=6_900_000_000)
    (False, True)
    """
    resolution = FAT_RESOLUTION if modified % SECOND == 0 else TICK
    return (time.time_ns() if now is None else now) - modified > resolution


def sha256_if_readable(path: Path) -> str | None:
    """As `sha256`; None if the file cannot be read."""
    try:
        return sha256(path)
    except AudioError:
        return None


def read_bytes(path: Path) -> bytes:
    """The file's bytes.

    Raises:
        UnreadableFileError: if it is no regular file, or cannot be read.
        UnsupportedAudioError: if there are more than `MAX_BYTES`.
    """
    try:
        with open_regular(path) as file:
            return file.read(os.fstat(file.fileno()).st_size)
    except OSError as error:
        raise _unreadable(path, error) from error


def open_regular(path: Path, max_bytes: int = MAX_BYTES) -> io.BufferedReader:
    """Open a regular file of bounded size: reading a pipe may block, and a device may have no end.

    The path may also be that of a recording in a Parquet file (`embedded`).

    Raises:
        OSError: if it cannot be opened.
        UnreadableFileError: if it is no regular file.
        UnsupportedAudioError: if there are more than `max_bytes`.
    """
    try:
        status = path.stat()
    except NotADirectoryError:
        from ser_features.audio.embedded import open_embedded

        return open_embedded(path, max_bytes)
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe, socket or device"
        raise UnreadableFileError(f"cannot read {path.name}: it is {kind}: expected a file: check its path")
    if status.st_size > max_bytes:
        raise UnsupportedAudioError(
            f"{status.st_size} bytes, expected at most {max_bytes}: cut it into utterances"
        )
    return open(path, "rb", opener=_non_blocking)


def _non_blocking(name: str, flags: int) -> int:
    """Open without blocking, even if the file has become a pipe since the check."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def _unreadable(path: Path, error: OSError) -> UnreadableFileError:
    return UnreadableFileError(
        f"cannot read {path.name}: {error.strerror or error}: "
        "expected a readable file: check its path and permissions"
    )
