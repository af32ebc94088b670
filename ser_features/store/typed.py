"""Columns of rows as the types that tools for tables know: ordered categories and timestamps.

rows of a store → `with_types` → emotion and gender as ordered dictionaries, source_mtime as a timestamp

>>> rows = with_types(pa.table({"emotion": ["sad", "angry"], "source_mtime": [0, 10**9]}))
>>> rows["emotion"].chunk(0).dictionary.to_pylist(), str(rows["source_mtime"][1])
(['angry', 'sad'], '1970-01-01 00:00:01+00:00')
"""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from ser_features.labels import in_order

MOMENT = "source_mtime"
"""The column of timestamps, in ns since 1970 (UTC)."""

CATEGORIES = ("emotion", "gender")
"""Text columns with few values, whose order tables and figures share."""

_ORDERED = pa.dictionary(pa.int32(), pa.string(), ordered=True)
_TIME = pa.timestamp("ns", tz="UTC")


def with_types(table: pa.Table, words: Mapping[str, Sequence[str]] | None = None) -> pa.Table:
    """Rows with these types; other columns stay.

    Args:
        table: rows, or some of their columns.
        words: values of each category in order; None for those that occur, emotions in their usual order.
    """
    for name in (MOMENT, *CATEGORIES):
        if name not in table.column_names:
            continue
        values = table[name]
        if name == MOMENT:
            column = values.cast(_TIME)
        else:
            column = _ordered(
                values, words.get(name, ()) if words is not None else in_order(_different(values))
            )
        index = table.column_names.index(name)
        table = table.set_column(index, field_with_type(table.schema.field(index)), column)
    return table


def field_with_type(field: pa.Field) -> pa.Field:
    """A column of a schema with the type that `with_types` gives it."""
    if field.name == MOMENT:
        return field.with_type(_TIME)
    return field.with_type(_ORDERED) if field.name in CATEGORIES else field


def _different(values: pa.ChunkedArray) -> set[str]:
    return {*pc.unique(values.drop_null()).to_pylist()}


def _ordered(values: pa.ChunkedArray, words: Sequence[str]) -> pa.Array:
    dictionary = pa.array(words, pa.string())
    codes = pc.index_in(values, dictionary).combine_chunks().cast(pa.int32())
    return pa.DictionaryArray.from_arrays(codes, dictionary, ordered=True)
