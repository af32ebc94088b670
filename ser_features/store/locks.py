"""Who works in a store: advisory locks on empty files, which the system releases when a process dies.

`present`  a worker, for as long as it may commit; any number at once
`reading`  the same for somebody who may not write there
`running`  a run that plans; knows whether it is alone, and only then is unfinished work litter
`alone`    a compaction, which nobody may meet
`committing`  the short moment between "nobody changed this shard" and the rename

Object stores, and file systems without locks, have none of them: there a run is never alone, and two runs
must not work on the same corpus.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from ser_features.errors import StoreError
from ser_features.files import is_local

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

FOLDER = "locks"


class Run:
    """A run in a store.

    Attributes:
        alone: whether no other run or worker is in the store, and none can begin.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor
        self.alone = False
        if descriptor is not None and not self.become_alone():
            fcntl.flock(descriptor, fcntl.LOCK_SH)

    def become_alone(self) -> bool:
        """Keep others out from now on, if nobody else is in; says whether it could be done."""
        self.alone = self._descriptor is not None and _try(self._descriptor)
        return self.alone

    def share(self) -> None:
        """Let others in from now on."""
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)
        self.alone = False


@contextmanager
def running(root: Path) -> Iterator[Run]:
    """Be a run in the store at `root`; waits while another one that is alone plans."""
    with _opened(root, "run") as descriptor:
        yield Run(descriptor)


@contextmanager
def present(root: Path) -> Iterator[None]:
    """Be in the store at `root` beside others; waits while somebody is alone in it."""
    with _opened(root, "run") as descriptor:
        if descriptor is not None:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield


@contextmanager
def reading(root: Path) -> Iterator[None]:
    """Be `present`, if the store can be written to; whoever only reads needs no right to do more."""
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(present(root))
        yield


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Have the store at `root` to oneself.

    Raises:
        StoreError: if somebody else is in it, or its file system has no locks.
    """
    with _opened(root, "run") as descriptor:
        if descriptor is None:
            raise StoreError(
                f"{root} has no locks: expected a local or shared file system: copy the store to one"
            )
        if not _try(descriptor):
            raise StoreError(f"{root} is in use by another run of ser: expected none: wait until it ends")
        yield


@contextmanager
def committing(root: Path) -> Iterator[None]:
    """Be the only one who commits to the store at `root`; waits for a commit in progress."""
    with _opened(root, "commit") as descriptor:
        if descriptor is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def _opened(root: Path, name: str) -> Iterator[int | None]:
    """A lock file's descriptor; None where locks do not work. Closing it releases the lock."""
    if fcntl is None or not is_local(root):
        yield None
        return
    path = root / FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        yield descriptor if _works(descriptor) else None
    finally:
        os.close(descriptor)


def _works(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    except OSError:
        return False
    return True


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
