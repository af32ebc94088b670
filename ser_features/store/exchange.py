"""Two folders that change places in one step."""

import ctypes
import os
import sys
from pathlib import Path

from ser_features.errors import StoreError

AT_FDCWD, RENAME_EXCHANGE = -100, 2
"""From Linux's fcntl.h and fs.h."""

RENAME_SWAP = 2
"""From macOS's stdio.h."""


def exchange(first: Path, second: Path) -> None:
    """Let two folders of one file system change places, so that nobody ever sees one of them missing.

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
            "expected a local disk of Linux or macOS: copy the store to one"
        )


def _rename(first: bytes, second: bytes) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        return int(library.renamex_np(first, second, RENAME_SWAP))
    return int(library.renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE))
