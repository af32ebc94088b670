r"""Lists without a header → cells: a path per line, and what stands beside it.

lines → what separates all of them: tab, bar, semicolon, comma, or blanks behind the path → columns
columns without names → path, side (if all cells are sides), label (if one column is left) or column_2 …

A path may have blanks: it ends behind the suffix of audio.

>>> read("Session 1/a.wav joy\nb.wav sad\n", "train.txt").cells.to_dict("list")
{'path': ['Session 1/a.wav', 'b.wav'], 'label': ['joy', 'sad']}
>>> read("clip_1\nclip_2\n", "train.txt").cells.to_dict("list")
{'path': ['clip_1', 'clip_2']}
"""

import re
from collections.abc import Sequence

import pandas as pd

from ser_features.foreign import FORMATS
from ser_features.formats import SUFFIXES
from ser_models.auditing.sources.listing import Listed, frame
from ser_models.auditing.sources.sides import side_of

AUDIO_SUFFIXES = tuple(
    sorted({*SUFFIXES, *(suffix for form in FORMATS if form.is_audio for suffix in form.suffixes)})
)
"""Lower-case suffixes of recordings, also of those that are not read."""

SEPARATORS = "\t|;,"
LABEL = "label"

_END = "|".join(re.escape(suffix) for suffix in AUDIO_SUFFIXES)
_THEN = re.compile(rf"(.+?(?:{_END}))\s+(\S.*)", re.IGNORECASE)
_ALONE = re.compile(rf".+(?:{_END})", re.IGNORECASE)


def are_audio(cells: pd.Series) -> bool:
    """Whether all cells of a column that are not empty are names of recordings."""
    present = cells.dropna()
    return bool(len(present)) and bool(present.str.lower().str.endswith(AUDIO_SUFFIXES).all())


def is_audio(cell: str) -> bool:
    """Whether a cell is the name of a recording."""
    return cell.strip().lower().endswith(AUDIO_SUFFIXES)


def lines_of(text: str) -> list[str]:
    """The lines that are not empty, stripped."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [stripped for line in lines if (stripped := line.strip())]


def read(text: str, name: str) -> Listed:
    """Read a list without a header."""
    return named(_split(lines_of(text)), name)


def named(rows: Sequence[Sequence[str]], name: str) -> Listed:
    """Name the columns of rows without names."""
    width = max(map(len, rows), default=1)
    cells = frame([f"column_{number}" for number in range(1, width + 1)], rows)
    names = {next((one for one in cells if are_audio(cells[one])), "column_1"): "path"}
    others = [one for one in cells if one not in names]
    sides = [one for one in others if all(map(side_of, cells[one].dropna().unique()))]
    if len(sides) == 1 and cells[sides[0]].notna().any():
        names[sides[0]] = "side"
        others.remove(sides[0])
    if len(others) == 1:
        names[others[0]] = LABEL
    read_as = ", ".join(names.get(one, one) for one in cells)
    notes = [f"no header: the columns are read as {read_as}"] if width > 1 else []
    return Listed(name, cells.rename(columns=names), notes=tuple(notes))


def _split(lines: Sequence[str]) -> list[list[str]]:
    for separator in SEPARATORS:
        if rows := _separated(lines, separator):
            return rows
    if all(map(_ALONE.fullmatch, lines)):
        return [[line] for line in lines]
    matches = [_THEN.fullmatch(line) for line in lines]
    if lines and all(matches):
        return _with_equal(
            [[match[1]] for match in matches if match], [match[2] for match in matches if match]
        )
    words = [line.split() for line in lines]
    return words if len({*map(len, words)}) == 1 else [[line] for line in lines]


def _separated(lines: Sequence[str], separator: str) -> list[list[str]]:
    """The cells of lines that all have a separator and their path in the same column; none of others."""
    least = min((line.count(separator) for line in lines), default=0)
    if not least:
        return []
    rows = [[cell.strip() for cell in line.split(separator, least)] for line in lines]
    has_path = any(all(is_audio(row[column]) for row in rows) for column in range(least + 1))
    is_even = all(line.count(separator) == least for line in lines) and not any(map(is_audio, lines))
    return rows if has_path or is_even else []


def _with_equal(firsts: list[list[str]], rests: Sequence[str]) -> list[list[str]]:
    """Paths with the words behind them; with all of these as one cell if lines have different numbers."""
    words = [rest.split() for rest in rests]
    if len({*map(len, words)}) > 1:
        words = [[rest] for rest in rests]
    return [first + behind for first, behind in zip(firsts, words, strict=True)]
