"""Files named on a command line → audio files.

files, folders, patterns → `find_audio` → `AudioFile`s

>>> import tempfile
>>> root = Path(tempfile.mkdtemp())
>>> for name in ("b.wav", "a.flac", "notes.txt"):
...     (root / name).touch()
>>> [file.path.name for file in find_audio([root, Path("call.mp3"), root / "*.wav"])]
['a.flac', 'b.wav', 'call.mp3', 'b.wav']
"""

import glob
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ser_features.errors import InputError


class AudioFile(NamedTuple):
    """A file to recognise.

    Attributes:
        path: of the file.
        problem: why it is refused without being read; None if it is read.
    """

    path: Path
    problem: str | None = None


def find_audio(paths: Sequence[Path]) -> list[AudioFile]:
    """Return files as they are, and the audio files of each folder or pattern.

    Args:
        paths: files; folders, for the audio files at any depth, sorted; or patterns such as "calls/**/*.wav"
            that the shell did not expand, for the matching files and folders, sorted.

    Raises:
        InputError: if a folder has no audio file, or nothing matches a pattern.
    """
    return [file for path in paths for match in _expand(path) for file in _files(match)]


def _expand(path: Path) -> list[Path]:
    """Return the matches of a pattern; the path itself if it is none, or if such a file exists."""
    pattern = str(path)
    if not glob.has_magic(pattern) or os.path.lexists(pattern):
        return [path]
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207  a pattern may be absolute
    if not matches:
        raise InputError(
            f"nothing matches {pattern}: expected audio files, or folders of them: check the path"
        )
    return [Path(match) for match in matches]


def _files(path: Path) -> list[AudioFile]:
    if not os.path.isdir(path):  # noqa: PTH112  a path may be anything that was typed
        return [AudioFile(path)]
    from ser_features.corpora.walk import audio_files
    from ser_features.formats import SUFFIXES

    files = sorted(audio_files(path.absolute(), "."))
    if not files:
        raise InputError(f"no audio file below {path}: expected {', '.join(sorted(SUFFIXES))}")
    return [AudioFile(path / name, problem) for name, problem, _ in files]
