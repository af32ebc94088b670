"""A failing disk: calls that change something on it are counted, and one, or all from it on, are refused.

    with FailingDisk(folder) as disk: …                            # counts: disk.calls
    with FailingDisk(folder, at=7, error=errno.ENOSPC) as disk: …  # the eighth call is refused

The calls are those of `os` and `pathlib`, which write all files of a store; `FailingDisk.written` lists the
files, so that a file written by another call is noticed. A refused write has written half.
"""

import errno
import io
import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

REMOVE = "remove"


class FailingDisk:
    """Counts calls below a folder, and refuses some.

    Attributes:
        calls: kinds of the calls, in order: create, write, fsync, rename, mkdir, remove.
        written: every path that was created or renamed to.
    """

    def __init__(
        self, folder: Path, at: int | None = None, error: int = errno.ENOSPC, *, lasting: bool = False
    ) -> None:
        """Select the fault.

        Args:
            folder: only calls below it are counted.
            at: index in `calls` of the call that is refused; None for none.
            error: error number, as in `errno`.
            lasting: whether later calls are refused too; on a full disk, files can still be removed.
        """
        self.calls: list[str] = []
        self.written: set[Path] = set()
        self._folder, self._at, self._error, self._lasting = folder, at, error, lasting
        self._stack = ExitStack()
        self._open, self._os_open, self._os = Path.open, os.open, {}

    def __enter__(self) -> "FailingDisk":
        replaced: dict[str, Any] = {
            "open": self._opened_by_os,
            "fsync": self._of_descriptor("fsync"),
            "replace": self._to("rename", os.replace),
            "rename": self._to("rename", os.rename),
            "mkdir": self._of("mkdir", os.mkdir, lambda path: not os.path.isdir(path)),  # noqa: PTH112
            "unlink": self._of(REMOVE, os.unlink),
            "rmdir": self._of(REMOVE, os.rmdir),
        }
        for name, function in replaced.items():
            self._stack.enter_context(patch.object(os, name, function))
        disk = self
        self._stack.enter_context(
            patch.object(Path, "open", lambda path, *words, **named: disk._opened(path, *words, **named))
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def count(self, call: str) -> None:
        """Count a call.

        Raises:
            OSError: if it is refused.
        """
        number = len(self.calls)
        self.calls.append(call)
        possible = call != REMOVE or self._error != errno.ENOSPC
        if (
            self._at is not None
            and possible
            and (number == self._at or (self._lasting and number > self._at))
        ):
            raise OSError(self._error, os.strerror(self._error))

    def _is_below(self, path: Any) -> bool:
        return isinstance(path, (str, os.PathLike)) and Path(path).is_relative_to(self._folder)

    def _of(
        self, call: str, original: Callable[..., Any], changes: Callable[[Any], bool] = lambda path: True
    ) -> Callable[..., Any]:
        def counted(path: Any, *words: Any, **named: Any) -> Any:
            if self._is_below(path) and changes(path):
                self.count(call)
            return original(path, *words, **named)

        return counted

    def _to(self, call: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def counted(source: Any, target: Any) -> Any:
            if self._is_below(target):
                self.count(call)
            original(source, target)
            self.written.add(Path(target))

        return counted

    def _of_descriptor(self, call: str) -> Callable[[int], None]:
        original = os.fsync

        def counted(descriptor: int) -> None:
            self.count(call)
            original(descriptor)

        return counted

    def _opened_by_os(self, path: Any, flags: int, *words: Any, **named: Any) -> int:
        if flags & os.O_CREAT and self._is_below(path):
            self.count("create")
            self.written.add(Path(path))
        return self._os_open(path, flags, *words, **named)

    def _opened(self, path: Path, mode: str = "r", buffering: int = -1, **named: Any) -> Any:
        if mode.startswith("r") or not self._is_below(path):
            return self._open(path, mode, buffering, **named)
        self.count("create")
        self.written.add(path)
        raw = _FailingFile(str(path), mode.replace("b", ""))
        raw.disk = self
        return raw if buffering == 0 else io.BufferedWriter(raw)


class _FailingFile(io.FileIO):
    disk: FailingDisk

    def write(self, content: Any) -> int:
        try:
            self.disk.count("write")
        except OSError:
            super().write(memoryview(content).cast("B")[: len(content) // 2])
            raise
        return super().write(content)
