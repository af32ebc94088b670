"""Corpus → `<data root>/<corpus>` with its recordings, by one rename, and nothing that was there is touched.

    <data root>/.download-ravdess/     the archive or a part of it, the folder being unpacked, a lock
    <data root>/ravdess/               appears whole

A run that is stopped leaves what it has fetched, and the next one goes on from there. The archive is
removed once its recordings are in place.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ser_features import corpora
from ser_features.corpora.base import Corpus
from ser_features.download.repository import fetch_repository, require_git
from ser_features.download.sources import SOURCES, Archive, ByHand, Repository
from ser_features.download.transfer import fetch, require_room
from ser_features.download.unpack import unpack
from ser_features.download.watch import Patience, Watch
from ser_features.errors import DownloadError, InputError, UnsafeArchiveError
from ser_features.files import sync


@dataclass(frozen=True, slots=True)
class Plan:
    """What downloading a corpus would do.

    Attributes:
        corpus: which.
        source: where it comes from.
        to: data root.
        there: recordings of it that the data root holds already.
    """

    corpus: Corpus
    source: Archive | Repository | ByHand
    to: Path
    there: int

    @property
    def folder(self) -> Path:
        """Where its recordings go."""
        return self.to / self.corpus.name

    @property
    def whole(self) -> bool:
        """Whether all of them are there, so that there is nothing to do."""
        return self.there >= (self.corpus.whole or 1)

    @property
    def licence(self) -> str:
        """The terms that its user has to accept."""
        return (not isinstance(self.source, ByHand) and self.source.licence) or self.corpus.licence


def plan(name: str, to: Path) -> Plan:
    """Look what there is of a corpus, and where the rest would come from; nothing is fetched.

    Args:
        name: a known corpus.
        to: data root, which need not exist.

    Raises:
        InputError: if the name is unknown, the corpus is a synthetic one, or its folder holds something
            that would be in the way.
    """
    corpus = corpora.get(name)
    if corpus.synthetic:
        raise InputError(f"{name}: found nothing to download, for it is made: ser extract --datasets {name}")
    source = SOURCES[name]
    planned = Plan(corpus, source, to, corpus.count(to))
    if not isinstance(source, ByHand) and not planned.whole:
        _require_nothing_in(planned)
    return planned


def install(planned: Plan, *, watch: Watch | None = None, patience: Patience | None = None) -> int:
    """Fetch a corpus and put its recordings into the data root.

    Args:
        planned: by `plan`, of what is not fetched by hand.
        watch: told of the progress.
        patience: how long to wait for the server.

    Returns:
        How many recordings there are now.

    Raises:
        DownloadError: if it cannot be fetched, is not what was published, or finds no room.
    """
    if isinstance(planned.source, ByHand):
        raise InputError(f"{planned.corpus.name} is not fetched, for {planned.source.reason}")
    work = planned.to / f".download-{planned.corpus.name}"
    try:
        work.mkdir(parents=True, exist_ok=True)
        with _alone(work):
            return _install(planned, planned.source, work, watch or Watch(), patience)
    except OSError as error:
        raise DownloadError(
            f"{planned.corpus.name}: {error.filename or work}: {error.strerror or error}: "
            "expected a folder that can be written and has room: put that right, or pass another --to"
        ) from error


def _install(
    planned: Plan, source: Archive | Repository, work: Path, watch: Watch, patience: Patience | None
) -> int:
    """Fetch a source and put its recordings in place; what has come is kept if it breaks off."""
    stage = work / "unpacked"
    try:
        shutil.rmtree(stage, ignore_errors=True)
        if isinstance(source, Archive):
            count, spent = _from_archive(planned, source, work, stage, watch, patience)
        else:
            count, spent = _from_repository(planned, source, work, stage, watch)
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
        with suppress(OSError):  # what has come and is not in place yet is kept
            work.rmdir()


def _from_archive(
    planned: Plan, archive: Archive, work: Path, stage: Path, watch: Watch, patience: Patience | None
) -> tuple[int, Path]:
    """Fetch and unpack an archive; return how many recordings it has, and its file."""
    there = sum(file.stat().st_size for file in work.glob(f"{archive.file}*"))
    require_room(work, (archive.size or 0) - there + archive.unpacked, planned.corpus.name)
    file = fetch(archive, work, watch=watch, patience=patience)
    watch.on_note(f"{planned.corpus.name}: {archive.checksum.partition(':')[0]} as published; unpacking")
    stage.mkdir()
    return _unpacked(planned, file, stage), file


def _from_repository(
    planned: Plan, repository: Repository, work: Path, stage: Path, watch: Watch
) -> tuple[int, Path]:
    """Fetch a repository; return how many recordings it has, and its clone."""
    name = planned.corpus.name
    require_git(name)
    require_room(work, 2 * repository.unpacked, name)  # git keeps a copy beside what it checks out
    clone = fetch_repository(repository, work, stage / name, watch)
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
    """Refuse to unpack where anything lies: nothing is ever overwritten."""
    folder, name = planned.folder, planned.corpus.name
    if planned.there:
        found = f"{planned.there} of {planned.corpus.whole} recordings in {planned.to}"
    elif folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        found = f"{folder}, which holds no recording of it"
    else:
        return
    raise InputError(
        f"{name}: found {found}, expected none, for nothing is overwritten: move that away, or pass another "
        "--to"
    )


@contextmanager
def _alone(work: Path) -> Iterator[None]:
    """Keep a second run out of the folder, where the system has locks."""
    with (work / "lock").open("w") as lock:
        if os.name == "posix":
            import fcntl

            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise DownloadError(
                    f"{work}: another ser download is at work there: wait until it is done"
                ) from error
            except OSError:  # a file system without locks
                pass
        yield
