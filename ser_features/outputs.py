"""Outputs at paths that users name: nothing that ser did not write is replaced.

path of an output, whether ser wrote the file at it → `refuse_to_replace` → nothing, or an `InputError`
"""

import os
from collections.abc import Callable
from pathlib import Path

from ser_features.errors import InputError


def refuse_to_replace(
    path: Path,
    *,
    force: bool = False,
    is_ours: Callable[[Path], bool] = lambda path: False,
    option: str = "--out",
) -> None:
    """Check, before any work is done, that an output may be written to a path that the user named.

    A file is replaced if ser wrote it, or with --force; a folder only if ser wrote it; a device never.

    Args:
        path: of the output.
        force: whether the user allows that a file is replaced.
        is_ours: whether ser wrote what is at the path; called only if something is there.
        option: that the user named the path with.

    Raises:
        InputError: if something else is there.
    """
    if not os.path.lexists(path) or is_ours(path):
        return
    if not path.is_file():
        raise InputError(f"{path} is a folder or a device that ser did not write: pass another {option}")
    if not force:
        raise InputError(
            f"{path} exists and was not written by ser: pass another {option}, or --force to replace it"
        )


def first_line(path: Path) -> str:
    """First line of a text file in UTF-8, at most 10,000 characters; empty if there is none."""
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline(10_000)
    except (OSError, ValueError):
        return ""
