"""Corpus → `<data root>/<corpus>` with its recordings, by one rename; existing files are never changed.

    <data root>/.download-ravdess/     the archive or a part of it, the folder being unpacked, a lock
    <data root>/ravdess/               appears complete

A stopped run keeps what it has downloaded, and the next run resumes it. The archive is removed once its
recordings are in place.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ser_features import corpora
from ser_features.corpora.base import Corpus
from ser_features.download.repository import fetch_repository, require_git
from ser_features.download.sources import Archive, ByHand, Repository, source_of
from ser_features.download.transfer import RetryPolicy, TransferObserver, fetch, require_room
from ser_features.download.unpack import unpack
from ser_features.errors import DownloadError, InputError, UnsafeArchiveError
from ser_features.files import sync, try_lock


@dataclass(frozen=True, slots=True)
class Plan:
    """A download of a corpus.

    Attributes:
        corpus: the corpus.
        source: where it is downloaded from.
        to: data root.
        present: number of its recordings in the data root.
    """

    corpus: Corpus
    source: Archive | Repository | ByHand
    to: Path
    present: int

    @property
    def folder(self) -> Path:
        """Folder of its recordings."""
        return self.to / self.corpus.name

    @property
    def complete(self) -> bool:
        """Whether all recordings are present, so that there is nothing to do."""
        return self.present >= (self.corpus.whole or 1)

    @property
    def licence(self) -> str:
        """Terms that its user has to accept."""
        return (not isinstance(self.source, ByHand) and self.source.licence) or self.corpus.licence


def plan(name: str, to: Path) -> Plan:
    """Count the recordings of a corpus that are present, and find its source; nothing is downloaded.

    Args:
        name: name of a corpus.
        to: data root, which need not exist.

    Raises:
        InputError: if the name is unknown, the corpus is a synthetic one, or its folder holds other files.
    """
    corpus = corpora.get(name)
    if (source := source_of(corpus)) is None:
        raise InputError(
            f"{name} is synthetic, there is nothing to download: run ser extract --datasets {name}"
        )
    planned = Plan(corpus, source, to, corpus.count(to))
    if not isinstance(source, ByHand) and not planned.complete:
        _require_nothing_in(planned)
    return planned


def install(
    planned: Plan, *, observer: TransferObserver | None = None, retries: RetryPolicy | None = None
) -> int:
    """Download a corpus and put its recordings into the data root.

    Args:
        planned: result of `plan`, whose source is not `ByHand`.
        observer: callbacks for the progress.
        retries: retries and timeouts.

    Returns:
        Number of recordings that are present now.

    Raises:
        DownloadError: if it cannot be downloaded, fails its checksum, or the disk is full.
    """
    if isinstance(planned.source, ByHand):
        raise InputError(f"{planned.corpus.name} cannot be downloaded: {planned.source.reason}")
    work = planned.to / f".download-{planned.corpus.name}"
    try:
        work.mkdir(parents=True, exist_ok=True)
        with _locked(work):
            return _install(planned, planned.source, work, observer or TransferObserver(), retries)
    except OSError as error:
        raise DownloadError(
            f"{planned.corpus.name}: {error.filename or work}: {error.strerror or error}: "
            "expected a writable folder with free space: correct that, or pass another --to"
        ) from error


def _install(
    planned: Plan,
    source: Archive | Repository,
    work: Path,
    observer: TransferObserver,
    retries: RetryPolicy | None,
) -> int:
    """Download a source and put its recordings in place; an interrupted download is kept."""
    stage = work / "unpacked"
    try:
        shutil.rmtree(stage, ignore_errors=True)
        if isinstance(source, Archive):
            count, spent = _from_archive(planned, source, work, stage, observer, retries)
        else:
            count, spent = _from_repository(planned, source, work, stage, observer)
        _require_nothing_in(planned)
        (stage / planned.corpus.name).rename(planned.folder)
        sync(planned.to)
        if spent.is_dir():
            shutil.rmtree(spent, ignore_errors=True)
        else:
            spent.unlink()
        return count
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        (work / "lock").unlink(missing_ok=True)
        with suppress(OSError):  # an interrupted download is kept
            work.rmdir()


def _from_archive(
    planned: Plan,
    archive: Archive,
    work: Path,
    stage: Path,
    observer: TransferObserver,
    retries: RetryPolicy | None,
) -> tuple[int, Path]:
    """Download and unpack an archive; return its number of recordings, and its file."""
    present = sum(file.stat().st_size for file in work.glob(f"{archive.file}*"))
    require_room(work, (archive.size or 0) - present + archive.unpacked, planned.corpus.name)
    file = fetch(archive, work, observer=observer, retries=retries)
    observer.on_note(f"{planned.corpus.name}: {archive.checksum.partition(':')[0]} as published; unpacking")
    stage.mkdir()
    return _unpacked(planned, file, stage), file


def _from_repository(
    planned: Plan, repository: Repository, work: Path, stage: Path, observer: TransferObserver
) -> tuple[int, Path]:
    """Download a repository; return its number of recordings, and its clone."""
    name = planned.corpus.name
    require_git(name)
    require_room(work, 2 * repository.unpacked, name)  # git keeps a second copy
    clone = fetch_repository(repository, work, stage / name, observer)
    if not (count := planned.corpus.count(stage)):
        raise DownloadError(
            f"{name}: {repository.url} holds no recording of {planned.corpus.title}, expected names as "
            f"in {planned.corpus.layout}"
        )
    return count, clone


def _unpacked(planned: Plan, file: Path, stage: Path) -> int:
    """Unpack into `stage/<corpus>` and count the recordings; an archive that is refused is removed."""
    try:
        unpack(file, stage / planned.corpus.name)
        if count := planned.corpus.count(stage):
            return count
        raise UnsafeArchiveError(
            f"it holds no recording of {planned.corpus.title}, expected names as in {planned.corpus.layout}"
        )
    except UnsafeArchiveError as error:
        file.unlink()
        raise UnsafeArchiveError(f"{planned.corpus.name}: {file.name}: {error}; it was removed") from error


def _require_nothing_in(planned: Plan) -> None:
    """Check that the folder has no files: nothing is ever overwritten."""
    folder, name = planned.folder, planned.corpus.name
    if planned.present:
        obstacle = f"{planned.present} of {planned.corpus.whole} recordings in {planned.to}"
    elif folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        obstacle = f"{folder}, which holds no recording of it"
    else:
        return
    raise InputError(
        f"{name}: found {obstacle}, expected none, as nothing is overwritten: move that away, or pass "
        "another --to"
    )


@contextmanager
def _locked(work: Path) -> Iterator[None]:
    """Lock the folder against a second run, where the system has locks."""
    with (work / "lock").open("w") as lock:
        if not try_lock(lock.fileno()):
            raise DownloadError(f"{work}: another ser download is running there: wait until it ends")
        yield
