"""Where the table of a split and the names of its recordings differ → sentences for the notes.

what names state, `TableColumns` → `of_classes`, `of_speakers` → notes

>>> own = pd.DataFrame({"emotion": ["sad", "happy"], "emotion_code": ["T", "F"]})
>>> table = TableColumns(pd.DataFrame({"emotion": ["t", "anger"]}), {"emotion": "label"}, ())
>>> of_classes(own, table)
['1 row has another class in column label than in its name, such as anger for happy: the column counts']
"""

from collections.abc import Mapping

import pandas as pd

from ser_features.errors import listed
from ser_features.labels import KNOWN_WORDS, canonical, spelled, written
from ser_models.auditing.identity.table_columns import TableColumns

SHOWN = 3
"""Number of speakers in an example."""

_WORDS = frozenset(map(written, KNOWN_WORDS))


def of_classes(own: pd.DataFrame, columns: TableColumns) -> list[str]:
    """Say how many rows have another class in the table than in their names.

    Words of the table are compared that are known, or are codes of the names; others may mean anything.
    """
    if "emotion" not in columns.names:
        return []
    pairs = pd.DataFrame(
        {"word": columns.values["emotion"], "name": own["emotion"], "code": own["emotion_code"]}
    ).dropna()
    counts = pairs.value_counts()
    meanings = {code.casefold(): name for _, name, code in counts.index}
    differing = counts[[_differs(word, name, code, meanings) for word, name, code in counts.index]]
    if not len(differing):
        return []
    number = int(differing.sum())
    word, name, _ = differing.index[0]
    column = columns.names["emotion"]
    rows = "1 row has another class" if number == 1 else f"{number} rows have another class"
    its = "its name" if number == 1 else "their names"
    return [f"{rows} in column {column} than in {its}, such as {word} for {name}: the column counts"]


def _differs(word: str, name: str, code: str, meanings: Mapping[str, str]) -> bool:
    if word.casefold() == code.casefold():
        return False
    if (meaning := meanings.get(word.casefold())) is not None:
        return meaning != name
    return written(word) in _WORDS and name not in (spelled(word), canonical(word))


def of_speakers(own: pd.DataFrame, columns: TableColumns, *, is_demanded: bool) -> list[str]:
    """Say how many speakers of the table are not one speaker of the names, and which of both counts."""
    if "speaker" not in columns.names:
        return []
    pairs = pd.DataFrame({"column": columns.values["speaker"], "name": own["speaker"]}).dropna()
    pairs = pairs.drop_duplicates()
    shared = pairs["column"].duplicated(keep=False) | pairs["name"].duplicated(keep=False)
    if not shared.any():
        return []
    number = pairs.loc[shared, "column"].nunique()
    column = columns.names["speaker"]
    counts = "the column counts" if is_demanded else f"the names count; --speaker {column} for the column"
    return [
        f"{number} of {pairs['column'].nunique()} speakers of column {column} are not one speaker of the "
        f"names ({_example(pairs)}): {counts}"
    ]


def _example(pairs: pd.DataFrame) -> str:
    """A speaker of the table who is several of the names, or several who are one."""
    for one, other, verb in (("column", "name", "is"), ("name", "column", "in the names is")):
        several = pairs.groupby(one, sort=False)[other].unique()
        several = several[several.map(len) > 1]
        if len(several):
            return f"{several.index[0]} {verb} {listed(several.iloc[0], SHOWN)}"
    return ""
