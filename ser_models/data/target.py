"""Another column than the emotion as the class, such as gender or a column of the user's own table.

rows of a store, name of a column → `with_target` → rows with that column's values as `emotion`
"""

import pandas as pd

from ser_features.arguments import same, unknown
from ser_features.errors import InputError
from ser_features.labels import MAX_LENGTH, is_label

MAX_CLASSES = 50
"""More different values are a quantity, or names of single recordings."""

MAX_NUMBERS = 10
"""More different numbers are a quantity."""


def with_target(rows: pd.DataFrame, target: str) -> pd.DataFrame:
    """Replace the emotion by the values of another column, as text; None where the column has none.

    Args:
        rows: of a store.
        target: name of the column.

    Raises:
        InputError: if there is no such column, or its values are a quantity.
    """
    column = same(target, rows.columns)
    if column is None:
        words = [name for name in rows if not pd.api.types.is_numeric_dtype(rows[name])]
        raise unknown(target, words, "--target", ", or a column of a few whole numbers")
    target = column
    values = rows[target]
    present = values.dropna()
    if pd.api.types.is_numeric_dtype(values):
        _check_numbers(target, present)
        text = present.map("{:g}".format)
    else:
        text = present.astype(str).str.strip()
    different = text.nunique()
    if different > MAX_CLASSES:
        raise InputError(
            f"--target {target}: {different} different values in {len(text)} recordings, expected at most "
            f"{MAX_CLASSES} classes: add a column of groups to the table"
        )
    if wrong := [value for value in text.unique() if value and not is_label(value)]:
        raise InputError(
            f"--target {target}: {wrong[0][:80]!r} is no name, expected up to {MAX_LENGTH} printable "
            "characters"
        )
    classes = text.where(text != "", None).reindex(rows.index).astype(object)
    classes = classes.where(classes.notna(), None)
    return rows.assign(emotion=classes, emotion_code=classes)


def _check_numbers(target: str, values: pd.Series) -> None:
    different = values.nunique()
    if different > MAX_NUMBERS or (values % 1 != 0).any():
        raise InputError(
            f"--target {target}: {different} different numbers from {values.min():g} to {values.max():g}, "
            "expected classes: add a column of groups to the table, such as low and high"
        )
