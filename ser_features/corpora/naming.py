"""Recordings whose file names encode emotion or speaker → the CSV manifest of a user's own corpus.

folder, pattern such as "{speaker}_{emotion}_{}.wav" → `read_names` → rows → `write_table` → mine.csv

Every column of the manifest may be a field, see `name_pattern`; without `{emotion}` the manifest is for
`ser extract --labels none`.
"""

import csv
import io
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ser_features.corpora.name_pattern import EMOTION, compiled
from ser_features.corpora.walk import audio_files
from ser_features.errors import InputError
from ser_features.files import replacing, writing

FEW_SPEAKERS = 2
"""From this number of recordings on it is noticed that every one has a speaker of its own."""


@dataclass(frozen=True)
class ParsedNames:
    """The rows of a manifest.

    Attributes:
        folder: of the recordings, absolute.
        columns: of the manifest, path first.
        rows: values by column, one row per recording whose name matches, sorted by path; paths are relative
            to the folder.
        others: path and reason of the recordings whose name does not match.
    """

    folder: Path
    columns: tuple[str, ...]
    rows: list[dict[str, str]]
    others: list[tuple[str, str]]

    @property
    def has_emotions(self) -> bool:
        """Whether the names state the emotion."""
        return EMOTION in self.columns

    @property
    def speakers(self) -> Counter[str]:
        """Number of recordings by speaker; empty if the names do not state speakers."""
        return Counter(row["speaker"] for row in self.rows if "speaker" in row)

    @property
    def note(self) -> str | None:
        """Why there is no training, or no speaker-independent figures of one; None if there are."""
        if not self.has_emotions:
            return "emotions unknown: features without a training; a pattern with {emotion} names them"
        count, speakers = len(self.rows), self.speakers
        if not speakers:
            return "speakers unknown: no speaker-independent figures; a pattern with {speaker} names them"
        if len(speakers) == count >= FEW_SPEAKERS:
            return (
                f"each of {count} recordings is its own speaker, such as {next(iter(speakers))!r}: if "
                "{speaker} is the name of the file, leave it out of the pattern"
            )
        if len(speakers) == 1:
            return (
                f"all recordings are of one speaker, {next(iter(speakers))!r}: no speaker-independent figures"
            )
        return None


def read_names(folder: Path, pattern: str, emotions: Mapping[str, str] | None = None) -> ParsedNames:
    """Parse the names of all audio files below a folder.

    Args:
        folder: of the recordings.
        pattern: of the paths below it, as above.
        emotions: emotion by the code in the names.

    Raises:
        InputError: if there is no such folder, the pattern is invalid, or no file matches it.
    """
    form = compiled(pattern, emotions)
    root = Path(os.path.abspath(folder))  # noqa: PTH100
    if not root.is_dir():
        raise InputError(f"{folder} is no folder: expected that of the recordings: check the path")
    files = sorted(audio_files(root, "."))
    rows: list[dict[str, str]] = []
    others: list[tuple[str, str]] = []
    for path, problem in ((file.path.removeprefix("./"), file.problem) for file in files):
        try:
            if problem:
                raise InputError(problem)
            rows.append({"path": path, **form.parse(path)})
        except InputError as error:
            others.append((path, str(error)))
    if files and all(file.foreign and file.problem for file in files):
        raise InputError(
            f"none of {len(files)} recordings below {folder} is read, such as {': '.join(others[0])}"
        )
    if not rows:
        example = f", such as {others[0][0]}: {others[0][1]}" if others else ""
        codes = ", or map the codes to emotions with --emotions" if EMOTION in form.fields else ""
        raise InputError(
            f"none of {len(files)} audio files below {folder} matches {pattern}{example}: "
            f"change the pattern{codes}"
        )
    return ParsedNames(root, ("path", *form.fields), rows, others)


def write_table(path: Path, named: ParsedNames) -> None:
    """Write the manifest that `ser extract --datasets` reads.

    Paths are relative to the manifest's folder if the recordings are below it, absolute otherwise.

    Args:
        path: of the manifest.
        named: its rows.

    Raises:
        InputError: if the file exists, because it may have been edited by hand.
        StoreError: if the disk is full or failing.
    """
    if os.path.lexists(path):
        raise InputError(f"{path} exists already and may have been edited: remove it, or pass another --out")
    beside, folder = Path(os.path.abspath(path.parent)), named.folder  # noqa: PTH100  links are not followed
    prefix = folder.relative_to(beside) if folder.is_relative_to(beside) else folder
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, named.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "path": (prefix / row["path"]).as_posix()} for row in named.rows)
    with writing("the manifest", path.parent), replacing(path) as file:
        file.write(text.getvalue().encode())
