"""Cells of ratings → arousal, valence and dominance, their scale, agreement and number of raters.

`Table` → `RatingParser.parse(reader of a row)` → fields of `Recording`; what users should know → `notes`
"""

from collections import Counter
from collections.abc import Callable
from typing import Protocol, TypeVar

from ser_features.errors import InputError, counted
from ser_features.ratings import DIMENSIONS, Dimensions, dimensions, parse_scale
from ser_features.tables import cells
from ser_features.tables.columns import Table

T = TypeVar("T")

SHARES = "0-1"
"""Scale of dimensions whose table states none, if all values are on it."""


class Ratings(Dimensions):
    """Fields of `Recording` that the answers of raters determine."""

    agreement: float | None
    raters: int | None


class ReadCell(Protocol):
    """Reads the cell of one column of a row; a cell that is not understood is None, and counted."""

    def __call__(self, column: str, parse: Callable[[str], T | None]) -> T | None:
        """Parse the cell of `column`."""


class RatingParser:
    """Parses the columns `tables.names.RATINGS` of one table."""

    def __init__(self, table: Table) -> None:
        self._decimal_comma = table.delimiter == ";"
        self._rated = [name for name in DIMENSIONS if name in table.index]
        self._outside: Counter[tuple[str, str]] = Counter()
        written = {cell for name in self._rated for cell in table.cells(table.index[name])}
        self._common = None
        if self._rated and "scale" not in table.index and all(map(self._is_share, written)):
            self._common = SHARES
        self._is_scaled = "scale" in table.index or self._common is not None

    def parse(self, read: ReadCell) -> Ratings:
        """The ratings of a row; what it lacks is None."""
        arousal, valence, dominance = (read(name, self._number) for name in DIMENSIONS)
        scale = self._common or read("scale", _scale)
        parsed = dimensions(scale, arousal=arousal, valence=valence, dominance=dominance)
        for name, published, scaled in zip(
            DIMENSIONS,
            (arousal, valence, dominance),
            (parsed["arousal"], parsed["valence"], parsed["dominance"]),
            strict=True,
        ):
            if scale and published is not None and scaled is None:
                self._outside[name, scale] += 1
        return Ratings(**parsed, agreement=read("agreement", self._share), raters=read("raters", _count))

    def notes(self) -> list[str]:
        """What users should know about scales."""
        lines = [
            f"{name}: {counted(count, 'cell')} outside the scale {scale}: stored as published only"
            for (name, scale), count in self._outside.items()
        ]
        if self._rated and not self._is_scaled:
            lines.append(
                f"{', '.join(self._rated)}: scale unknown, stored as published only; "
                "a column scale states it, such as 1-5"
            )
        return lines

    def _number(self, cell: str) -> float | None:
        kind, (value,) = cells.values([cell], decimal_comma=self._decimal_comma)
        if kind == "string" and not cells.is_missing(cell):
            raise cells.UnreadableError
        return value if isinstance(value, float) else None

    def _share(self, cell: str) -> float | None:
        value = self._number(cell)
        if value is not None and not 0 <= value <= 1:
            raise cells.UnreadableError
        return value

    def _is_share(self, cell: str) -> bool:
        try:
            self._share(cell)
        except cells.UnreadableError:
            return False
        return True


def _scale(cell: str) -> str | None:
    if cells.is_missing(cell):
        return None
    try:
        return str(parse_scale(cell))
    except InputError as error:
        raise cells.UnreadableError from error


def _count(cell: str) -> int | None:
    if cells.is_missing(cell):
        return None
    if (match := cells.WHOLE_NUMBER.fullmatch(cell)) is None:
        raise cells.UnreadableError
    return int(match[1])
