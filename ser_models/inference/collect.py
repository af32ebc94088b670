"""What is named on a command line or passed to a predictor in Python → the recordings to recognise.

files, folders, patterns, tables → `find_audio` → `AudioFile`s
path, folder, pattern, table, part, bytes, open file, (signal, rate), or any iterable of these → `collect`
→ `Collected`

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
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ser_features.config import CHANNELS, Channel
from ser_features.errors import AudioError, InputError, shown
from ser_features.formats import SUFFIXES
from ser_features.sources import AudioSource, Part, Source, is_one, sources_of
from ser_features.tables.cells import TABLE_SUFFIXES

if TYPE_CHECKING:
    from ser_features.tables.forms import TableSource

Recordings = AudioSource | Iterable[AudioSource]
"""One recording, or several."""


class AudioFile(NamedTuple):
    """A file to recognise.

    Attributes:
        path: of the file.
        problem: why it is refused without being read; None if it is read.
        channel: number of the channel to read, from 1, or 0 for the mix; None for that of the training.
        start: of the part of the file to recognise, in s; None for the whole file.
        end: of the part, in s; None for the end of the file.
        speaker: as a table names it; None if unknown.
    """

    path: Path
    problem: str | None = None
    channel: int | None = None
    start: float | None = None
    end: float | None = None
    speaker: str | None = None

    @property
    def recording(self) -> Path | Part:
        """The file, or the part of it."""
        return self.path if self.start is None else Part(self.path, self.start, self.end, self.channel)


def find_audio(paths: Sequence[Path], root: Path | None = None) -> list[AudioFile]:
    """Return files as they are, and the audio files of each folder or pattern.

    Args:
        paths: files; folders, for the audio files at any depth, sorted; or patterns such as "calls/**/*.wav"
            that the shell did not expand, for the matching files and folders, sorted; or tables, for the
            files or parts that they name, in the order of their rows.
        root: folder that relative paths of tables are below; None for that of each table.

    Raises:
        InputError: if a folder has no audio file, or nothing matches a pattern.
    """
    return [file for path in paths for match in _expand(path) for file in _files(match, root)]


def on_channels(files: Sequence[AudioFile], channel: Channel | None) -> list[AudioFile]:
    """Return files with the number of the channel to read, those of `each` once per channel.

    A file of which a table names the channel is returned as it is.
    """
    numbers = cache(partial(channels_of, channel=channel))
    return [
        file._replace(channel=number)
        for file in files
        for number in ([file.channel] if file.channel is not None else numbers(file.path))
    ]


def channels_of(recording: Path | bytes | Part, channel: Channel | None) -> list[int | None]:
    """Return the numbers of the channels to read of a recording; see `AudioFile.channel`."""
    if isinstance(recording, Part):
        return (
            channels_of(Path(recording.path), channel) if recording.channel is None else [recording.channel]
        )
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
        audio: of each, a file, bytes or a part of a file.
        names: of each; empty for bytes and signals.
        is_one: whether a single recording was passed, and not a sequence, a folder or a pattern.
    """

    audio: list[Path | bytes | Part]
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


def _files(path: Path, root: Path | None = None) -> list[AudioFile]:
    if _is_table(path):
        return _named_in(path, root)
    if not os.path.isdir(path):  # noqa: PTH112  a path may be anything that was typed
        return [AudioFile(path)]
    from ser_features.corpora.walk import audio_files

    files = sorted(audio_files(path.absolute(), "."))
    if not files and (path / "artifact.json").is_file():
        raise InputError(f"{path} is a model, expected recordings: name the model first, then the recordings")
    if not files and _source_of(path):
        return _named_in(path, root)
    if not files:
        raise InputError(f"no audio file below {path}: expected {', '.join(sorted(SUFFIXES))}")
    return [AudioFile(path / name, problem) for name, problem, _ in files]


def _is_table(path: Path) -> bool:
    """Whether a path names a table; a folder is one only if it has no audio files (`_files`)."""
    suffix = path.suffix.lower()
    if suffix in TABLE_SUFFIXES:
        return os.path.isfile(path)  # noqa: PTH113
    if os.path.isdir(path) or suffix in SUFFIXES:  # noqa: PTH112
        return False
    return _source_of(path) is not None


def _source_of(path: Path) -> "TableSource | None":
    from ser_features.tables.forms import source_of

    return source_of(path)


def _named_in(table: Path, root: Path | None = None) -> list[AudioFile]:
    """Return the recordings that a table names."""
    from ser_features.tables.named import named_in

    return [
        AudioFile(one.path, one.problem, one.channel, one.start, one.end, one.speaker)
        for one in named_in(table, root)
    ]


def _expanded(source: Source) -> list[Source]:
    if not isinstance(source.audio, Path):
        return [source]
    if _is_table(source.audio):
        return [_of_row(source.audio, file) for file in _named_in(source.audio)]
    if os.path.isfile(source.audio):  # noqa: PTH113  raises for some names
        return [source]
    files = [file.path for file in find_audio([source.audio])]
    return [source] if files == [source.audio] else [Source(str(file), file) for file in files]


def _of_row(table: Path, file: AudioFile) -> Source:
    """Return a recording of a table.

    Raises:
        InputError: if its row cannot be used.
    """
    if file.problem:
        raise InputError(f"{table}: {file.problem}")
    whole = file.start is None and file.channel is None
    part = Part(file.path, file.start or 0.0, file.end, file.channel)
    return Source(str(file.path), file.path if whole else part)
