"""Types of the user's own columns: declared by the table, kept where a cast fails, joined when read."""

import pyarrow as pa

from ser_features.manifest import OWN, Column
from ser_features.store.description import concatenated, merged_fields
from ser_features.store.write import table_of

FILE_ID = Column("file_id", "string", "", "Key.")


def own(kind: str) -> Column:
    return Column("score", kind, "", OWN)


def test_kept_rows_get_the_declared_type():
    kept = pa.table({"file_id": ["b"], "score": ["4"]})
    table = table_of([{"file_id": "a", "score": 5}], [FILE_ID, own("int64")], kept)
    assert table.schema.field("score").type == pa.int64()
    assert table["score"].to_pylist() == [5, 4]


def test_no_value_is_lost_where_it_has_none():
    kept = pa.table({"file_id": ["b"], "score": ["low"]})
    table = table_of([{"file_id": "a", "score": 5}], [FILE_ID, own("int64")], kept)
    assert table["score"].to_pylist() == ["5", "low"]


def test_columns_that_a_table_no_longer_has_stay_in_other_rows():
    kept = pa.table({"file_id": ["b"], "room": ["hall"]})
    table = table_of([{"file_id": "a", "score": 5}], [FILE_ID, own("int64")], kept)
    assert table.to_pylist() == [
        {"file_id": "a", "score": 5, "room": None},
        {"file_id": "b", "score": None, "room": "hall"},
    ]


def test_tables_with_different_types_are_joined():
    tables = [pa.table({"score": pa.array([value])}) for value in (1, 2.5, "low")]
    assert concatenated(tables[:2])["score"].to_pylist() == [1.0, 2.5]
    assert concatenated(tables)["score"].to_pylist() == ["1", "2.5", "low"]
    small = pa.schema([pa.field("score", pa.int32())])
    assert merged_fields([small, tables[0].schema])["score"].type == pa.int64()
