"""The columns of a split's own table that say who and what a row is → values by column of a store.

rows of a `SplitTable` → `usual names` of `tables.names` → `TableColumns`: values, and the column of each

>>> rows = pd.DataFrame({"path": ["a.wav", "b.wav"], "spk_id": ["ada", "NA"], "sex": ["F", "m"]})
>>> own = read_columns(rows)
>>> own.values["speaker"].tolist(), own.values["gender"].tolist(), own.names["speaker"]
(['ada', None], ['female', 'male'], 'spk_id')
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import pandas as pd

from ser_features.arguments import chosen, plain
from ser_features.errors import InputError, listed
from ser_features.tables import cells
from ser_features.tables.columns import find_parts, recognised
from ser_features.tables.rows import similar_names
from ser_features.tables.spans import channel, time_of
from ser_models.auditing.split_table import KEYS

DATASETS = ("dataset", "corpus", "database", "datasetname", "corpusname")
"""Usual names of the column of the corpus, as `plain` writes them."""

OF_SPLIT = ("path", "fold", "side")
"""Columns of `SplitTable` that every split has."""

TIMES = ("start", "end", "duration")

READ = (*KEYS, *TIMES, "audio_channel", "dataset")
"""Columns of `TableColumns.values`; a duration becomes an end."""

LISTED = 12
"""Number of names of columns in a message."""

ALIKE = 3
"""Number of groups of similar speakers in a note."""

NUMBER = re.compile(r"[0-9]+(?:\.0)?")


@dataclass(frozen=True, slots=True)
class TableColumns:
    """What the table of a split states of its rows.

    Attributes:
        values: one row per row of the split; those of `READ` that the table has, null in missing cells.
        names: by these columns, the name in the table.
        notes: on cells and columns that are not read.
    """

    values: pd.DataFrame
    names: Mapping[str, str]
    notes: tuple[str, ...]


def read_columns(rows: pd.DataFrame, speaker: str | None = None) -> TableColumns:
    """Read the columns of a table whose names are usual.

    Args:
        rows: of a `SplitTable`.
        speaker: column of the speakers; None for one with a usual name.

    Raises:
        InputError: if there is no such column, or several may be that of the speakers.
    """
    names, notes = _chosen([str(name) for name in rows.columns if name not in OF_SPLIT], speaker)
    values: dict[str, pd.Series] = {}
    for column, name in names.items():
        try:
            values[column] = _mapped(rows[name], _parser(column, name))
        except (ValueError, InputError) as error:
            notes.append(f"column {name} is not read as {column}: {error}")
    if "speaker" in values:
        values["speaker"] = _whole(values["speaker"])
        notes += _alike(values["speaker"], names["speaker"])
    table = pd.DataFrame(values, index=rows.index, dtype=object)
    if "duration" in table:
        durations = table.pop("duration")
        table["end"] = table["start"].fillna(0.0) + durations if "start" in table else durations
    return TableColumns(table, {column: names[column] for column in values}, tuple(notes))


def _chosen(header: Sequence[str], speaker: str | None) -> tuple[dict[str, str], list[str]]:
    """The name of each column that is read, and notes on others that may be the same."""
    candidates: dict[str, list[int]] = {}
    for position, name in enumerate(header):
        column = "dataset" if plain(name) in DATASETS else recognised(name)
        if column in READ:
            candidates.setdefault(column, []).append(position)
    find_parts(header, candidates)
    names: dict[str, str] = {}
    notes: list[str] = []
    for column, positions in candidates.items():
        usual = [header[position] for position in positions]
        exact = [name for name in usual if plain(name) == plain(column)]
        if column == "speaker" and speaker is None and not exact and len(usual) > 1:
            both = " and ".join(usual)
            raise InputError(f"columns {both} may be the speaker, expected one: pass --speaker {usual[0]}")
        names[column] = (exact or usual)[0]
        others = [name for name in usual if name not in (names[column], speaker)]
        if others and not (column == "speaker" and speaker is not None):
            notes.append(f"{column} is read from column {names[column]}, not from {listed(others, LISTED)}")
    if speaker is not None:
        names["speaker"] = _column(speaker, header)
    return names, notes


def _column(name: str, header: Sequence[str]) -> str:
    if not header:
        raise InputError(
            f"no column {name!r}: the split has none but its paths, expected --corpus or --pattern"
        )
    return chosen(name, header, "column")


def _parser(column: str, heading: str) -> Callable[[str], object]:
    parsers: dict[str, Callable[[str], object]] = {
        "gender": _gender,
        "age": _age,
        "audio_channel": channel,
        **dict.fromkeys(TIMES, lambda cell: _time(cell, heading)),
    }
    return parsers.get(column, cells.text_or_none)


def _mapped(column: pd.Series, parse: Callable[[str], object]) -> pd.Series:
    """The values of a column, of which each different cell is parsed once."""
    parsed = {cell: parse(cell.strip()) for cell in column.dropna().unique()}
    return pd.Series([parsed.get(cell) for cell in column], column.index, dtype=object)


def _whole(column: pd.Series) -> pd.Series:
    """Numbers of speakers without .0, which pandas writes where cells are missing."""
    present = column.dropna()
    if not present.map(lambda cell: NUMBER.fullmatch(cell) is not None).all():
        return column
    return column.map(lambda cell: cell.removesuffix(".0"), na_action="ignore")


def _alike(speakers: pd.Series, name: str) -> list[str]:
    """A note on speakers that may be one person."""
    groups = [" and ".join(group) for group in similar_names(speakers.dropna().unique())]
    if not groups:
        return []
    return [
        f"speakers of column {name} that differ in case, blanks or zeros only count as several: "
        f"{listed(groups, ALIKE)}"
    ]


def _gender(cell: str) -> str | None:
    with suppress(cells.UnreadableError):
        return cells.gender(cell)
    return cell.lower()


def _age(cell: str) -> int | str | None:
    """Years, or a range of them as it is written."""
    with suppress(cells.UnreadableError):
        return cells.age(cell)
    return cell


def _time(cell: str, heading: str) -> float | None:
    try:
        return time_of(cell, heading)
    except ValueError as error:
        raise ValueError(f"{cell!r}, expected {error}") from error
