r"""Cells of a table that make its row a part of a file: start and end or duration, and the channel.

row → `span_of` → `Span`: fields of `Recording`, None for a whole file

Times are seconds, clock times, or durations as pandas writes them; in columns named after milliseconds
(`start_ms`) they are milliseconds. A missing start is that of the file, a missing end its end.

>>> seconds("12,5"), seconds("1:02:03.5"), seconds("0 days 00:00:01.500000"), seconds("NaT")
(12.5, 3723.5, 1.5, None)
>>> channel("2.0"), channel("right"), channel("mix"), channel("")
(2, 2, 0, None)
"""

import re
from typing import TypedDict

from ser_features.arguments import plain
from ser_features.errors import InputError
from ser_features.tables.cells import Row, is_missing
from ser_features.tables.columns import Table

NUMBER = re.compile(r"[0-9]*[.,]?[0-9]+(?:e[+-]?[0-9]+)?|[0-9]+[.,]", re.IGNORECASE)
CLOCK = re.compile(r"(?:(?P<h>[0-9]+):)?(?P<m>[0-9]{1,2}):(?P<s>[0-9]{1,2}(?:[.,][0-9]+)?)")
TIMEDELTA = re.compile(r"(?P<days>[0-9]+) days?(?: \+?(?P<clock>[0-9:.]+))?")
DAY, HOUR, MINUTE = 86_400, 3_600, 60

DIGITS = 6
"""Decimals of a time in s: a microsecond is less than a sample of any rate."""

CHANNELS = {"mix": 0, "left": 1, "right": 2}


class Span(TypedDict):
    """Fields of `Recording` for a part of a file."""

    start: float | None
    end: float | None
    audio_channel: int | None


def span_of(table: Table, row: Row) -> Span:
    """The part of its file that a row is of.

    Args:
        table: with its columns.
        row: of it.

    Raises:
        InputError: if a time or channel is none, or the part has no duration.
    """
    start, end = _start_and_end(table, row)
    return Span(start=start, end=end, audio_channel=channel(table.cell(row, "audio_channel")))


def _start_and_end(table: Table, row: Row) -> tuple[float | None, float | None]:
    start, end, duration = (_time(table, row, column) for column in ("start", "end", "duration"))
    begin = start or 0.0
    if end is None and duration is not None:
        end = round(begin + duration, DIGITS)
    if end is None and not begin:
        return None, None
    if end is not None and end <= begin:
        raise InputError(
            f"the part begins at {begin:g} s and ends at {end:g} s, expected a later end: correct it"
        )
    return begin, end


def _time(table: Table, row: Row, column: str) -> float | None:
    cell = table.cell(row, column)
    if column not in table.index or not cell:
        return None
    try:
        return time_of(cell, table.header[table.index[column]])
    except ValueError as error:
        raise InputError(
            f"{column} is {cell!r}, expected {error}, such as 12.34, 0:00:12.34 or nothing: correct it"
        ) from error


def time_of(cell: str, heading: str) -> float | None:
    """The time in s of a cell, which is in ms below a heading such as start_ms; None for a missing one.

    Raises:
        ValueError: if it is none, with what was expected.
    """
    time = seconds(cell)
    if time is None:
        return None
    scale = 1000 if plain(heading).endswith("ms") and NUMBER.fullmatch(cell) else 1
    return round(time / scale, DIGITS)


def seconds(cell: str) -> float | None:
    """A time in s; None for a missing one.

    Raises:
        ValueError: if it is none, with what was expected.
    """
    if is_missing(cell):
        return None
    if cell.startswith("-"):
        raise ValueError("0 s or more")
    if NUMBER.fullmatch(cell):
        return float(cell.replace(",", "."))
    if match := TIMEDELTA.fullmatch(cell):
        return DAY * int(match["days"]) + _of_clock(match["clock"] or "0:0")
    return _of_clock(cell)


def _of_clock(cell: str) -> float:
    match = CLOCK.fullmatch(cell)
    if match is None:
        raise ValueError("seconds or h:mm:ss")
    minutes, rest = int(match["m"]), float(match["s"].replace(",", "."))
    if rest >= MINUTE or (match["h"] and minutes >= MINUTE):
        raise ValueError("minutes and seconds below 60")
    return HOUR * int(match["h"] or 0) + MINUTE * minutes + rest


def channel(cell: str) -> int | None:
    """Number of a channel from 1, or 0 for the mix; None for a missing one.

    Raises:
        InputError: if it is none.
    """
    if is_missing(cell):
        return None
    number = CHANNELS.get(cell.lower()) if not cell[0].isdecimal() else _whole(cell)
    if number is None:
        raise InputError(f"channel is {cell!r}, expected 1, 2, … or mix: number the channels from 1")
    return number


def _whole(cell: str) -> int | None:
    digits = cell.removesuffix(".0")
    return int(digits) if digits.isdecimal() and int(digits) > 0 else None
