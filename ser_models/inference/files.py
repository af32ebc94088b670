"""Files, folders and patterns as a user names them → the audio files that are meant.

>>> import tempfile
>>> root = Path(tempfile.mkdtemp())
>>> for name in ("b.wav", "a.flac", "notes.txt"):
...     (root / name).touch()
>>> [each.path.name for each in listed([root, Path("call.mp3"), root / "*.wav"])]
['a.flac', 'b.wav', 'call.mp3', 'b.wav']
"""

import glob
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
    """Return files as they are, and in the place of a folder or a pattern the audio files that it stands for.

    Args:
        paths: of files; of folders, for the audio files at any depth below them, sorted; or patterns such as
            "calls/**/*.wav", which a shell did not expand, for the files and folders that match, sorted.

    Raises:
        InputError: if there is no audio file in a folder, or nothing matches a pattern.
    """
    return [each for path in paths for match in _matches(path) for each in _files(match)]


def _matches(path: Path) -> list[Path]:
    """What a pattern stands for; the path itself if it is none, or there is a file of that very name."""
    pattern = str(path)
    if not glob.has_magic(pattern) or os.path.lexists(pattern):
        return [path]
    found = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207  a pattern may be absolute
    if not found:
        raise InputError(
            f"nothing matches {pattern}: expected audio files, or folders of them: check the path"
        )
    return [Path(each) for each in found]


def _files(path: Path) -> Iterator[Listed]:
    return _below(path) if os.path.isdir(path) else iter([Listed(path)])  # noqa: PTH112


def _below(folder: Path) -> Iterator[Listed]:
    from ser_features.audio import SUFFIXES
    from ser_features.corpora.walk import audio_files

    found = sorted(audio_files(folder.absolute(), "."))
    if not found:
        raise InputError(f"no audio file below {folder}: expected {', '.join(sorted(SUFFIXES))}")
    return (Listed(folder / path, problem) for path, problem in found)
