"""Columns of yes and no, such as is_test → the side of each row.

>>> cells = pd.DataFrame({"path": ["a", "b"], "is_test": ["True", "False"]})
>>> flags = sides_of(cells)
>>> flags.sides.tolist(), flags.note
(['test', 'train'], 'rows with is_test are read as test, the others as train')
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ser_features.arguments import plain
from ser_models.auditing.sources.sides import WORDS
from ser_models.auditing.split_table import TEST, TRAIN

YES = frozenset(("1", "1.0", "true", "t", "yes", "y", "x"))
NO = frozenset(("0", "0.0", "false", "f", "no", "n", ""))


@dataclass(frozen=True, slots=True)
class Flags:
    """The sides that columns of yes and no state.

    Attributes:
        sides: of each row, null where several columns or none say yes.
        columns: that state them.
        note: how they are read.
    """

    sides: pd.Series
    columns: Sequence[str]
    note: str


def sides_of(cells: pd.DataFrame) -> Flags | None:
    """Find columns of yes and no; None if there are none.

    A row without a yes in the only such column is of the other side: training beside a test, else the test.
    """
    sides = {name: side for name in cells if (side := _side(name)) and _are_flags(cells[name])}
    if not sides:
        return None
    yes = pd.DataFrame({name: cells[name].str.lower().isin(YES) for name in sides})
    if len(sides) == 1:
        ((name, side),) = sides.items()
        other = TEST if side == TRAIN else TRAIN
        note = f"rows with {name} are read as {side}, the others as {other}"
        return Flags(yes[name].map({True: side, False: other}), [name], note)
    by_row = yes.idxmax(axis=1).map(sides).where(yes.sum(axis=1) == 1)
    return Flags(by_row, [*sides], f"sides are read from columns of yes and no: {', '.join(sides)}")


def _side(name: str) -> str | None:
    """The side that a column is a flag of."""
    return WORDS.get(plain(name).removeprefix("is"))


def _are_flags(cells: pd.Series) -> bool:
    words = set(cells.fillna("").str.lower().unique())
    return words <= YES | NO and bool(words & YES)
