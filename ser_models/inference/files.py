r"""Files named on a command line → audio files and their speakers.

files, folders, patterns → `find_audio` → `AudioFile`s
CSV table of the speaker of each file → `speakers_of` → the speaker of each audio file

>>> import tempfile
>>> root = Path(tempfile.mkdtemp())
>>> for name in ("b.wav", "a.flac", "notes.txt"):
...     (root / name).touch()
>>> [file.path.name for file in find_audio([root, Path("call.mp3"), root / "*.wav"])]
['a.flac', 'b.wav', 'call.mp3', 'b.wav']
>>> _ = (root / "speakers.csv").write_text("file,speaker\na.flac,Anna\nb.wav,Ben\n")
>>> speakers_of(root / "speakers.csv", [root / "b.wav", root / "a.flac"])
['Ben', 'Anna']
"""

import csv
import glob
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ser_features.errors import InputError

SPEAKER_COLUMNS = ("file", "speaker")
"""Of a speaker table; file names are relative to the working directory or to the folder of the table."""


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


def speakers_of(table: Path, files: Sequence[Path]) -> list[str]:
    """Return the speaker of each file.

    Args:
        table: a CSV file.
        files: audio files.

    Raises:
        InputError: if the table cannot be read, lacks a column, or does not name one of the files.
    """
    speakers = _read_speakers(table)
    rows = [speakers.get(_absolute(file), speakers.get(_absolute(table.parent / file))) for file in files]
    if missing := [str(file) for file, speaker in zip(files, rows, strict=True) if speaker is None]:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise InputError(f"{table} names no speaker of {missing[0]}{more}: add a line file,speaker for each")
    return [speaker for speaker in rows if speaker is not None]


def _read_speakers(table: Path) -> dict[str, str]:
    """Return speakers by absolute path; names relative to the working directory take precedence."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if absent := [name for name in SPEAKER_COLUMNS if name not in (reader.fieldnames or ())]:
                raise InputError(
                    f"{table} has no column {absent[0]}, expected file and speaker: add it to line 1"
                )
            rows = [(row["file"], row["speaker"]) for row in reader]
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"{table} cannot be read ({error}): expected a CSV file, file,speaker") from error
    named = [(Path(name), speaker) for name, speaker in rows if name and speaker]
    beside_table = {_absolute(table.parent / name): speaker for name, speaker in named}
    return beside_table | {_absolute(name): speaker for name, speaker in named}


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100  links are not followed: a name stands for itself
