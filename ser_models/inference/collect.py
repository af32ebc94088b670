"""What is named on a command line or passed to a predictor in Python → the recordings to recognise.

files, folders, patterns → `find_audio` → `AudioFile`s
path, folder, pattern, bytes, open file, (signal, rate), or any iterable of these → `collect` → `Collected`

>>> import tempfile
>>> root = Path(tempfile.mkdtemp())
>>> for name in ("b.wav", "a.flac", "notes.txt"):
...     (root / name).touch()
>>> [file.path.name for file in find_audio([root, Path("call.mp3"), root / "*.wav"])]
['a.flac', 'b.wav', 'call.mp3', 'b.wav']
>>> collect(["a.wav", b"RIFF"]).names
['a.wav', '']
"""

import glob
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ser_features.config import CHANNELS, Channel
from ser_features.errors import AudioError, InputError, shown
from ser_features.sources import AudioSource, Source, is_one, sources_of

Recordings = AudioSource | Iterable[AudioSource]
"""One recording, or several."""


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


@dataclass(frozen=True, slots=True)
class Collected:
    """Recordings to recognise.

    Attributes:
        audio: of each, a file or bytes.
        names: of each; empty for bytes and signals.
        is_one: whether a single recording was passed, and not a sequence, a folder or a pattern.
    """

    audio: list[Path | bytes]
    names: list[str]
    is_one: bool


def collect(recordings: Recordings, names: Sequence[str] | None = None) -> Collected:
    """Return the recordings of an argument, with the files of folders and patterns in their place.

    Args:
        recordings: one or several.
        names: of the recordings; None for their paths.

    Raises:
        InputError: if one is no recording, a folder has no audio file, nothing matches a pattern, or the
            number of names is another.
    """
    given = sources_of(recordings)
    expanded = [one for source in given for one in _expanded(source)]
    return Collected(
        [source.audio for source in expanded],
        [source.name for source in expanded] if names is None else one_for_each("names", names, expanded),
        is_one(recordings) and expanded == given,
    )


def one_for_each(what: str, values: Iterable[str], recordings: Sequence[object]) -> list[str]:
    """Return values of recordings as a list.

    Raises:
        InputError: if there are more or fewer than recordings, or it is no sequence.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InputError(f"{what} is {shown(values)}, expected one for each recording")
    several = [str(value) for value in values]
    if len(several) != len(recordings):
        raise InputError(f"{len(several)} {what} for {len(recordings)} recordings, expected one for each")
    return several


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


def _expanded(source: Source) -> list[Source]:
    if isinstance(source.audio, bytes) or os.path.isfile(source.audio):  # noqa: PTH113  raises for some names
        return [source]
    files = [file.path for file in find_audio([source.audio])]
    return [source] if files == [source.audio] else [Source(str(file), file) for file in files]
