"""Tables that `ser store export` wrote → the columns that an extraction takes, and not computes.

header with dataset, file_id and audio_sha256 → `without_computed` → ratings as published; no features
"""

from collections.abc import Callable
from dataclasses import replace

from ser_features.errors import counted
from ser_features.ratings import DIMENSIONS
from ser_features.tables.cells import Row, Sheet


def without_computed(sheet: Sheet, is_taken: Callable[[str], bool]) -> Sheet:
    """Drop the columns that an extraction computes.

    Args:
        sheet: of an export.
        is_taken: whether the store has a column of a lower-case name that is no column of tables.

    Returns:
        Arousal, valence and dominance are those of `arousal_published` and so on.
    """
    published = {f"{name}_published": name for name in DIMENSIONS if f"{name}_published" in sheet.header}
    kept = [
        position
        for position, name in enumerate(sheet.header)
        if name in published or not (name in published.values() or is_taken(name))
    ]
    left_out = len(sheet.header) - len(kept)
    return replace(
        sheet,
        header=tuple(published.get(sheet.header[position], sheet.header[position]) for position in kept),
        rows=tuple(
            Row(row.number, tuple(row.cells[position] for position in kept if position < len(row.cells)))
            for row in sheet.rows
        ),
        notes=(
            *sheet.notes,
            f"an export of a store: {counted(left_out, 'column')} that it computes not read",
        ),
    )
