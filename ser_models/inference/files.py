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

from ser_features.config import CHANNELS, Channel
from ser_features.errors import AudioError, InputError


class AudioFile(NamedTuple):
    """A file to recognise.

    Attributes:
        path: of the file.
        problem: why it is refused without being read; None if it is read.
        channel: number of the channel to read, from 1, or 0 for the mix; None for that of the training.
    """

    path: Path
    problem: str | None = None
    channel: int | None = None


def find_audio(paths: Sequence[Path]) -> list[AudioFile]:
    """Return files as they are, and the audio files of each folder or pattern.

    Args:
        paths: files; folders, for the audio files at any depth, sorted; or patterns such as "calls/**/*.wav"
            that the shell did not expand, for the matching files and folders, sorted.

    Raises:
        InputError: if a folder has no audio file, or nothing matches a pattern.
    """
    return [file for path in paths for match in _expand(path) for file in _files(match)]


def on_channels(files: Sequence[AudioFile], channel: Channel | None) -> list[AudioFile]:
    """Return files with the number of the channel to read, those of `each` once per channel."""
    return [file._replace(channel=number) for file in files for number in channels_of(file.path, channel)]


def channels_of(recording: Path | bytes, channel: Channel | None) -> list[int | None]:
    """Return the numbers of the channels to read of a recording; see `AudioFile.channel`."""
    if channel != "each":
        return [None if channel is None else CHANNELS[channel]]
    from ser_features.audio import count_channels, read_bytes

    try:
        content = recording if isinstance(recording, bytes) else read_bytes(recording)
        return list(range(1, 1 + count_channels(content)))
    except AudioError:  # which the decoder says of the file
        return [None]


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
    if not files and (path / "artifact.json").is_file():
        raise InputError(f"{path} is a model, expected recordings: name the model first, then the recordings")
    if not files:
        raise InputError(f"no audio file below {path}: expected {', '.join(sorted(SUFFIXES))}")
    return [AudioFile(path / name, problem) for name, problem, _ in files]
