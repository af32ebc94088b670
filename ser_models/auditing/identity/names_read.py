"""What the names of recordings state, whichever way they were read.

`grammars` (a known corpus) or `patterns` (of the user) → `NamesRead` → `identity`
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from ser_models.auditing.split_table import KEYS

OWN = "own"
"""Dataset of recordings that are of no known corpus and whose table names none."""

COLUMNS = ("file_id", "dataset", *KEYS, "emotion_code")
"""Columns of `NamesRead.values`; `emotion_code` is the emotion as the name writes it."""


@dataclass(frozen=True, slots=True)
class NamesRead:
    """What the names of recordings state.

    Attributes:
        values: indexed by path, with `COLUMNS`; null where a name does not state a property.
        problems: why a name could not be read, by path; these paths are in `values` too, with nulls.
        read_from: by column of `KEYS`, what states it, such as "names of CaFE".
        notes: on how the names were recognised.
    """

    values: pd.DataFrame
    problems: Mapping[str, str] = field(default_factory=dict)
    read_from: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def values_of(read: Mapping[str, Mapping[str, object]]) -> pd.DataFrame:
    """`NamesRead.values` of what each path states.

    >>> values_of({"a.wav": {"speaker": "ada"}})["speaker"].tolist()
    ['ada']
    """
    rows = list(read.values())
    columns = {name: [row.get(name) for row in rows] for name in COLUMNS}
    return pd.DataFrame(columns, index=pd.Index(list(read), dtype=object), dtype=object)
