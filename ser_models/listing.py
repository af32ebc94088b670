"""Files and folders as a user names them → the audio files that are meant.

>>> import tempfile
>>> root = Path(tempfile.mkdtemp())
>>> for name in ("b.wav", "a.flac", "notes.txt"):
...     (root / name).touch()
>>> [each.path.name for each in listed([root, Path("call.mp3")])]
['a.flac', 'b.wav', 'call.mp3']
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ser_features.errors import InputError


class Listed(NamedTuple):
    """A file that shall be recognised.

    Attributes:
        path: of the file.
        problem: why it cannot be taken; None if nothing is known against it.
    """

    path: Path
    problem: str | None = None


def listed(paths: Sequence[Path]) -> list[Listed]:
    """Return files as they are, and in the place of a folder the audio files at any depth below it, sorted.

    Raises:
        InputError: if a folder has none.
    """
    return [each for path in paths for each in (_below(path) if os.path.isdir(path) else [Listed(path)])]  # noqa: PTH112


def _below(folder: Path) -> Iterator[Listed]:
    from ser_features.audio import SUFFIXES
    from ser_features.corpora.walk import audio_files

    found = sorted(audio_files(folder.absolute(), "."))
    if not found:
        raise InputError(f"no audio file below {folder}: expected {', '.join(sorted(SUFFIXES))}")
    return (Listed(folder / path, problem) for path, problem in found)
