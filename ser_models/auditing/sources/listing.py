"""What every form of list is read to: its cells, and the side and fold that hold for all of them.

`Sheet` | lines | JSON → `Listed`
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from ser_features.errors import counted
from ser_features.tables.cells import Sheet
from ser_features.tables.columns import INDEX_PREFIX


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of a list.

    Attributes:
        name: of the file, and of the object in it, as messages have it.
        cells: a row per row of the list and a column per column, named as there; text, null where empty.
        side: of all rows; None if a column states it, or nothing does.
        fold: of all rows, in the same way.
        notes: what was understood, and what was left out.
    """

    name: str
    cells: pd.DataFrame
    side: str | None = None
    fold: str | None = None
    notes: tuple[str, ...] = ()

    def given(self, side: str | None, fold: str | None) -> "Listed":
        """The same with a side and a fold, where it has none."""
        return replace(self, side=self.side or side, fold=self.fold or fold)


def frame(names: Sequence[str], rows: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Cells by column: missing ones are null, further ones are left out."""
    width = len(names)
    whole = [row if len(row) == width else [*row[:width], *[None] * (width - len(row))] for row in rows]
    cells = pd.DataFrame(whole, columns=pd.Index(names), dtype=object)
    return cells.where(cells.notna() & (cells != ""))


def of_sheet(sheet: Sheet, name: str) -> Listed:
    """The rows of a table; columns without a name, and the second of the same name, are left out."""
    notes = [*sheet.notes]
    width = len(sheet.header)
    if wide := sum(len(row.cells) > width for row in sheet.rows):
        notes.append(f"{counted(wide, 'row')} with more cells than the header: the last ones are not read")
    cells = frame(sheet.header, [row.cells for row in sheet.rows])
    first: dict[str, int] = {}
    for position, column in enumerate(sheet.header):
        if not column or column.lower().startswith(INDEX_PREFIX):
            continue
        if first.setdefault(column.lower(), position) != position:
            notes.append(f"a second column {column} is not read")
    return Listed(name, cells.iloc[:, [*first.values()]], notes=tuple(notes))
