"""Which rows of a split are the same take, from their audio.

`IdentifiedSplit`, folder → `files_of` → `find_duplicates` → `with_audio`: the split with `AUDIO_COLUMNS`

Rows of which no audio is below the folder, or whose audio is refused, are null there; notes count them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ser_features.errors import InputError, counted
from ser_features.sources import Part
from ser_models.auditing.matching import Matched, files_of
from ser_models.auditing.split_table import IdentifiedSplit
from ser_models.data.examples import PART_COLUMNS

if TYPE_CHECKING:
    from ser_features.duplicates import Duplicates

AUDIO_COLUMNS = ("identical_audio", "same_take", "similarity")
"""Columns of `with_audio`:

- identical_audio: file_id of the first recording that is identical (equal bytes or samples);
- same_take: file_id of the first that is identical or near-identical, or joined with it by others;
- similarity: the highest of the row with another of its take, up to 1; null if there is no other.

Without another, the first two are the row's own file_id.
"""


def with_audio(
    split: IdentifiedSplit,
    folder: Path,
    *,
    workers: int | None = None,
    on_recording: Callable[[int, int], None] | None = None,
) -> IdentifiedSplit:
    """Compare the audio of the recordings of a split.

    Args:
        split: its rows may be parts or channels of files, of which only these are compared.
        folder: holds the audio files, at any depth; paths are matched by their ends.
        workers: number of processes; None for one per core. The result does not depend on it.
        on_recording: called with the number of decoded recordings and of all.

    Returns:
        The split with `AUDIO_COLUMNS` and with notes on what was compared.

    Raises:
        InputError: if there is no such folder.
    """
    from ser_features.duplicates import find_duplicates  # takes a second, and names need no audio

    rows = split.rows.drop_duplicates("file_id").reindex(columns=["file_id", "path", *PART_COLUMNS])
    matched = files_of(rows["path"], folder)
    parts: dict[str, Part] = {}
    refused: dict[str, str] = {}
    for row in rows[rows["path"].isin(list(matched.by_path))].to_dict("records"):
        try:
            parts[row["file_id"]] = _part(matched.by_path[row["path"]], row)
        except InputError as error:
            refused[row["file_id"]] = str(error)
    duplicates = find_duplicates(parts, workers=workers, on_recording=on_recording)
    refused |= duplicates.refused
    columns = _columns([name for name in parts if name not in refused], duplicates)
    return replace(
        split,
        rows=split.rows.join(columns, on="file_id"),
        notes=(*split.notes, *_notes(columns, matched, refused, folder)),
    )


def _part(file: str, row: Mapping[str, Any]) -> Part:
    """The audio of a row, whose times and channel may be null."""
    channel, start, end = (None if pd.isna(row[name]) else float(row[name]) for name in PART_COLUMNS)
    return Part(file, start or 0.0, end, None if channel is None else int(channel))


def _columns(names: list[str], duplicates: "Duplicates") -> pd.DataFrame:
    """`AUDIO_COLUMNS` of the recordings that were decoded, indexed by file_id."""
    highest: dict[str, float] = {}
    for pair in duplicates.pairs:
        for name in (pair.one, pair.other):
            highest[name] = max(highest.get(name, 0.0), pair.similarity)
    values = [
        (duplicates.identical.get(name, name), duplicates.groups.get(name, name), highest.get(name))
        for name in names
    ]
    columns = pd.DataFrame(values, index=names, columns=list(AUDIO_COLUMNS))
    return columns.astype({"identical_audio": object, "same_take": object, "similarity": float})


def _notes(
    columns: pd.DataFrame, matched: Matched, refused: Mapping[str, str], folder: Path
) -> Iterator[str]:
    yield f"audio of {counted(len(columns), 'recording')} below {folder} compared"
    if refused:
        name, problem = next(iter(refused.items()))
        yield f"audio of {counted(len(refused), 'recording')} refused, such as {name}: {problem}"
    if missing := matched.missing:
        yield f"{counted(len(missing), 'recording')} without audio below {folder}, such as {missing[0]}"
    if several := matched.ambiguous:
        what = counted(len(several), "recording")
        yield f"{what} not compared, as several files match, such as {several[0]}"
