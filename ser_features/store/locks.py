"""Advisory locks on empty files of a store; the system releases them when a process dies.

`shared`      held by a worker while it may commit, by any number at once
`reading`     the same for a process that need not have write permission
`running`     held by a run that plans; only an exclusive run may remove unfinished files
`exclusive`   held by a compaction
`committing`  held between the check that a shard is unchanged and the rename

Object stores and file systems without locks have none: a run goes on, is never exclusive and says so once
(`Run.note`). Two runs on the same corpus may then replace each other's rows, never damage them: a table is
committed by one rename, frame files are named after their content, and the next run computes what is missing.
Lock files that a killed run leaves behind, and that another host cannot judge, would refuse more than that.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from ser_features.errors import StoreError
from ser_features.files import fcntl, has_locks, is_local, try_lock

FOLDER = "locks"


class Run:
    """Lock of a run.

    Attributes:
        exclusive: whether no other run or worker is in the store, and none can begin.
    """

    def __init__(self, root: Path, descriptor: int | None) -> None:
        self._root = root
        self._descriptor = descriptor
        self.exclusive = False
        if descriptor is not None and not self.try_exclusive():
            fcntl.flock(descriptor, fcntl.LOCK_SH)

    @property
    def note(self) -> str | None:
        """What the user must see to where the store has no locks; None where it has."""
        if self._descriptor is not None:
            return None
        return f"{self._root} has no locks: run no two extractions of the same corpus into it at once"

    def try_exclusive(self) -> bool:
        """Exclude others from now on, if no other process is in the store; return whether it succeeded."""
        self.exclusive = self._descriptor is not None and try_lock(self._descriptor)
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
        yield Run(root, descriptor)


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
        if not try_lock(descriptor):
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
        yield descriptor if has_locks(descriptor) else None
    finally:
        os.close(descriptor)
