"""Advisory locks on empty files of a store; the system releases them when a process dies.

`shared`      held by a worker while it may commit, by any number at once
`reading`     the same for a process that need not have write permission
`running`     held by a run that plans; only an exclusive run may remove unfinished files
`exclusive`   held by a compaction
`committing`  held between the check that a shard is unchanged and the rename

Object stores and file systems without locks have none: a run is never exclusive there, and two runs must not
work on the same corpus at once.
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
    """Lock of a run.

    Attributes:
        exclusive: whether no other run or worker is in the store, and none can begin.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor
        self.exclusive = False
        if descriptor is not None and not self.try_exclusive():
            fcntl.flock(descriptor, fcntl.LOCK_SH)

    def try_exclusive(self) -> bool:
        """Exclude others from now on, if no other process is in the store; return whether it succeeded."""
        self.exclusive = self._descriptor is not None and _try_lock(self._descriptor)
        return self.exclusive

    def share(self) -> None:
        """Admit others from now on."""
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)
        self.exclusive = False


@contextmanager
def running(root: Path) -> Iterator[Run]:
    """Lock the store at `root` for a run; waits while an exclusive run plans."""
    with _opened(root, "run") as descriptor:
        yield Run(descriptor)


@contextmanager
def shared(root: Path) -> Iterator[None]:
    """Lock the store at `root` together with others; waits while another process has it exclusively."""
    with _opened(root, "run") as descriptor:
        if descriptor is not None:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield


@contextmanager
def reading(root: Path) -> Iterator[None]:
    """As `shared` if the store can be written to, else without a lock."""
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(shared(root))
        yield


@contextmanager
def exclusive(root: Path) -> Iterator[None]:
    """Lock the store at `root` exclusively.

    Raises:
        StoreError: if another process is in it, or its file system has no locks.
    """
    with _opened(root, "run") as descriptor:
        if descriptor is None:
            raise StoreError(
                f"{root} has no locks: expected a local or shared file system: copy the store to one"
            )
        if not _try_lock(descriptor):
            raise StoreError(f"{root} is in use by another run of ser: expected none: wait until it ends")
        yield


@contextmanager
def committing(root: Path) -> Iterator[None]:
    """Lock commits to the store at `root`; waits for a commit in progress."""
    with _opened(root, "commit") as descriptor:
        if descriptor is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def _opened(root: Path, name: str) -> Iterator[int | None]:
    """Descriptor of a lock file; None where locks do not work. Closing it releases the lock."""
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


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
