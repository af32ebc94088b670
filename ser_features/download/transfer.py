"""Archive URL → verified file in a folder; an interrupted download is resumed.

    <file>.part     bytes received so far; kept when a run is stopped or the connection fails
    <file>          complete, with the pinned checksum

urllib is used instead of pooch, which starts again after an interruption and verifies a file only after the
whole download, and instead of requests, which is no dependency of ours and would add nothing here.
"""

import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ser_features.download.connection import Response, TransientError, request
from ser_features.download.sources import Archive
from ser_features.errors import DownloadError
from ser_features.files import sync

CHUNK = 1 << 18
"""Bytes per read."""

MIN_PROGRESS = 1 << 16
"""Bytes that a connection must bring to count as successful."""


@dataclass(frozen=True, slots=True)
class TransferObserver:
    """Callbacks for the progress of a download.

    Attributes:
        on_begin: called with (bytes present, total bytes or None), and again after an interruption.
        on_bytes: called with the number of bytes present.
        on_note: called with a sentence about the next step.
    """

    on_begin: Callable[[int, int | None], None] = lambda present, total: None
    on_bytes: Callable[[int], None] = lambda present: None
    on_note: Callable[[str], None] = lambda text: None


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Retries and timeouts for servers that are slow, busy or close the connection.

    Attributes:
        attempts: number of failed connections in a row before giving up.
        wait: seconds before the second attempt; doubled each time.
        max_wait: longest wait in seconds, whatever the server requests.
        timeout: seconds without a byte after which a connection counts as lost.
    """

    attempts: int = 6
    wait: float = 1.0
    max_wait: float = 60.0
    timeout: float = 30.0

    def pause(self, failures: int, retry_after: float | None) -> float:
        """Seconds to wait after so many failures in a row; a server may request more.

        >>> [RetryPolicy().pause(failures, None) for failures in (1, 2, 3, 9)]
        [1.0, 2.0, 4.0, 60.0]
        >>> RetryPolicy().pause(1, retry_after=7.0)
        7.0
        """
        return min(self.max_wait, max(retry_after or 0.0, self.wait * 2.0 ** (failures - 1)))


def fetch(
    archive: Archive,
    folder: Path,
    *,
    observer: TransferObserver | None = None,
    retries: RetryPolicy | None = None,
) -> Path:
    """Return the archive as a file in `folder`, downloading the missing bytes.

    Args:
        archive: what to download.
        folder: destination, which must exist.
        observer: callbacks for the progress.
        retries: retries and timeouts.

    Raises:
        DownloadError: if it cannot be downloaded, or fails its checksum; in that case it is removed.
    """
    complete = folder / archive.file
    if complete.is_file() and not _mismatch(complete, archive):
        return complete
    part = folder / f"{archive.file}.part"
    if not part.is_file() or _mismatch(part, archive):
        _download(archive, part, observer or TransferObserver(), retries or RetryPolicy())
        if problem := _mismatch(part, archive):
            raise _not_published(archive, part, problem)
    sync(part)
    part.replace(complete)
    return complete


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
    """Format a number of bytes.

    >>> megabytes(208_468_073)
    '208.5 MB'
    """
    return f"{size / 1e6:,.1f} MB"


def _download(archive: Archive, part: Path, observer: TransferObserver, retries: RetryPolicy) -> None:
    """Bring `part` to its full size, over several connections if necessary."""
    failures = 0
    while archive.size is None or _size(part) < archive.size:
        before = _size(part)
        try:
            _connect(archive, part, observer, retries.timeout)
            return
        except TransientError as error:
            failures = 1 if _size(part) >= before + MIN_PROGRESS else failures + 1
            if failures >= retries.attempts:
                raise _given_up(archive, part, f"{error}, {failures} times in a row") from error
            pause = retries.pause(failures, error.retry_after)
            observer.on_note(f"{archive.host}: {error}; next try in {pause:.0f} s")
            time.sleep(pause)


def _given_up(archive: Archive, part: Path, problem: str) -> DownloadError:
    present = _size(part)
    if present:
        return DownloadError(
            f"{archive.url}: {problem}: {megabytes(present)} are kept, run the same command later to resume"
        )
    return DownloadError(
        f"{archive.url}: {problem}: nothing was received: check the connection and run it again"
    )


def _connect(archive: Archive, part: Path, observer: TransferObserver, timeout: float) -> None:
    """Append to `part` what one connection delivers."""
    response = request(archive.url, _size(part), timeout=timeout)
    try:
        total = archive.size if archive.size is not None else response.total
        if response.total not in (None, total):
            raise _not_published(archive, part, f"{response.total:,} bytes, expected {total:,}")
        require_room(part.parent, (total or 0) - response.start, archive.file)
        observer.on_begin(response.start, total)
        with part.open("r+b" if response.start else "wb") as file:
            file.seek(response.start)
            present = _receive(response, file, archive.limit, observer)
    finally:
        response.close()
    if present > archive.limit:
        raise _not_published(archive, part, f"more than the {archive.limit:,} bytes that were expected")
    if total is not None and present < total:
        raise TransientError(f"the connection broke after {megabytes(present)} of {megabytes(total)}")


def _receive(response: Response, file: BinaryIO, limit: int, observer: TransferObserver) -> int:
    """Write the response until it ends or exceeds `limit`; return the bytes of the file that are present."""
    present = response.start
    while present <= limit and (chunk := response.read(min(CHUNK, limit + 1 - present))):
        file.write(chunk)
        present += len(chunk)
        observer.on_bytes(present)
    return present


def _not_published(archive: Archive, part: Path, problem: str) -> DownloadError:
    """Remove the download and return the error."""
    part.unlink(missing_ok=True)
    return DownloadError(
        f"{archive.url}: {problem}: damaged in transfer or changed at its source: it was removed, run the "
        f"command again, and if this repeats look at {archive.page}"
    )


def _mismatch(file: Path, archive: Archive) -> str | None:
    """Difference between a file and the published size and checksum; None if there is none."""
    size = _size(file)
    if archive.size is not None and size != archive.size:
        return f"{size:,} bytes, expected {archive.size:,}"
    kind, _, expected = archive.checksum.partition(":")
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()
    return None if digest == expected else f"{kind} is {digest}, expected {expected}"


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
