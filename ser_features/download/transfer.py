"""Archive → a checked file in a folder, taken up again where it broke off.

    <file>.part     what has come so far; kept when a run is stopped or the line fails
    <file>          whole, and of the pinned checksum

urllib is used and not pooch, which begins anew after a break and tells a wrong file by its hash only
after all of it has come; nor requests, which is no dependency of ours and would add nothing here.
"""

import hashlib
import shutil
import time
from pathlib import Path
from typing import BinaryIO

from ser_features.download.connection import PassingError, Reply, ask
from ser_features.download.sources import Archive
from ser_features.download.watch import Patience, Watch
from ser_features.errors import DownloadError
from ser_features.files import sync

CHUNK = 1 << 18
"""Bytes asked of a connection at a time."""

STEP = 1 << 16
"""Bytes that a connection must bring to count as no failure in a row."""


def fetch(
    archive: Archive, folder: Path, *, watch: Watch | None = None, patience: Patience | None = None
) -> Path:
    """Return the archive as a file in `folder`, fetching what is missing of it.

    Args:
        archive: what to fetch.
        folder: where it is kept; must exist.
        watch: told of the progress.
        patience: how long to wait for the server.

    Raises:
        DownloadError: if it cannot be had, or is not what was published; then nothing of it is left.
    """
    whole = folder / archive.file
    if whole.is_file() and not _wrong(whole, archive):
        return whole
    part = folder / f"{archive.file}.part"
    if not part.is_file() or _wrong(part, archive):
        _gather(archive, part, watch or Watch(), patience or Patience())
        if problem := _wrong(part, archive):
            raise _not_published(archive, part, problem)
    sync(part)
    part.replace(whole)
    return whole


def require_room(folder: Path, needed: int, purpose: str) -> None:
    """Check that the disk of `folder` has `needed` bytes left for `purpose`.

    Raises:
        DownloadError: if it has not.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DownloadError(
            f"{purpose} needs {megabytes(needed)} in {folder}, which has {megabytes(free)} left: "
            "make room there, or pass another --to"
        )


def megabytes(size: float) -> str:
    """Write a number of bytes for people.

    >>> megabytes(208_468_073)
    '208.5 MB'
    """
    return f"{size / 1e6:,.1f} MB"


def _gather(archive: Archive, part: Path, watch: Watch, patience: Patience) -> None:
    """Bring `part` to its full size, however often the line breaks."""
    failures = 0
    while archive.size is None or _size(part) < archive.size:
        before = _size(part)
        try:
            _connect(archive, part, watch, patience.timeout)
            return
        except PassingError as error:
            failures = 1 if _size(part) >= before + STEP else failures + 1
            if failures >= patience.attempts:
                raise _given_up(archive, part, f"{error}, {failures} times in a row") from error
            pause = patience.pause(failures, error.asked)
            watch.on_note(f"{archive.host}: {error}; next try in {pause:.0f} s")
            time.sleep(pause)


def _given_up(archive: Archive, part: Path, problem: str) -> DownloadError:
    there = _size(part)
    if there:
        return DownloadError(
            f"{archive.url}: {problem}: {megabytes(there)} are kept, run the same command later to go on"
        )
    return DownloadError(
        f"{archive.url}: {problem}: nothing has come: look at the connection and run it again"
    )


def _connect(archive: Archive, part: Path, watch: Watch, timeout: float) -> None:
    """Bring `part` as far as one connection does."""
    reply = ask(archive.url, _size(part), timeout=timeout)
    try:
        total = archive.size if archive.size is not None else reply.total
        if reply.total not in (None, total):
            raise _not_published(archive, part, f"{reply.total:,} bytes, expected {total:,}")
        require_room(part.parent, (total or 0) - reply.start, archive.file)
        watch.on_begin(reply.start, total)
        with part.open("r+b" if reply.start else "wb") as file:
            file.seek(reply.start)
            there = _receive(reply, file, archive.limit, watch)
    finally:
        reply.close()
    if there > archive.limit:
        raise _not_published(archive, part, f"more than the {archive.limit:,} bytes that were expected")
    if total is not None and there < total:
        raise PassingError(f"the line broke after {megabytes(there)} of {megabytes(total)}")


def _receive(reply: Reply, file: BinaryIO, limit: int, watch: Watch) -> int:
    """Write what comes until it ends, or is more than `limit`; return how much of the file is there."""
    there = reply.start
    while there <= limit and (chunk := reply.read(min(CHUNK, limit + 1 - there))):
        file.write(chunk)
        there += len(chunk)
        watch.on_bytes(there)
    return there


def _not_published(archive: Archive, part: Path, problem: str) -> DownloadError:
    """Remove what has come and say why."""
    part.unlink(missing_ok=True)
    return DownloadError(
        f"{archive.url}: {problem}: damaged on its way or changed at its source: it was removed, run the "
        f"command again, and if this repeats look at {archive.page}"
    )


def _wrong(file: Path, archive: Archive) -> str | None:
    """Say how a file differs from what was published; None if it does not."""
    size = _size(file)
    if archive.size is not None and size != archive.size:
        return f"{size:,} bytes, expected {archive.size:,}"
    kind, _, expected = archive.checksum.partition(":")
    with file.open("rb") as opened:
        found = hashlib.file_digest(opened, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()
    return None if found == expected else f"{kind} is {found}, expected {expected}"


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
