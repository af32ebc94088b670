"""Files that are named on the command line and in lists: a path per line, in a file or on stdin.

arguments, `--files-from` → `named_files` → paths

    find calls -name '*.wav' | ser predict artifacts/mlp --files-from -
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

FilesFrom = Annotated[
    Path | None,
    typer.Option(help="List of files, a path per line; - for a list on stdin."),
]


def named_files(files: Sequence[Path] | None, files_from: Path | None) -> list[Path]:
    """Return the files of the arguments, then those of the list; empty lines are left out.

    Raises:
        InputError: if there are none, or the list cannot be read.
    """
    from ser_features.errors import InputError

    listed = [] if files_from is None else [Path(line) for line in _lines(files_from)]
    if not (files or listed):
        where = f"{files_from} names none" if files_from is not None else "none are named"
        raise InputError(f"no files: {where}: expected audio files, or --files-from with a path per line")
    return [*(files or ()), *listed]


def _lines(path: Path) -> list[str]:
    from ser_features.errors import InputError

    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise InputError(f"--files-from {path} cannot be read ({error.strerror}): check the path") from error
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"--files-from {path} is no text in UTF-8: expected a path per line") from error
    return [line.strip() for line in lines if line.strip()]
