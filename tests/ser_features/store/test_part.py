"""Tables of committed shards: which columns are read."""

import pyarrow as pa

from ser_features.store.part import read_table
from ser_features.store.write import commit_rows


def test_columns_that_are_null_in_every_row_group_are_left_out_on_request(tmp_path):
    part = tmp_path / "part-00000.parquet"
    filled, half, empty = pa.array(["a", "b"]), pa.array([None, 1]), pa.nulls(2, pa.string())
    commit_rows(part, pa.table({"file_id": filled, "age": half, "text": empty, "room": empty}), {})
    names = ["room", "text", "age", "file_id", "absent"]
    assert read_table(part, names).table.column_names == ["room", "text", "age", "file_id"]
    chosen = read_table(part, names, if_filled=("text", "age", "file_id")).table
    assert chosen.column_names == ["room", "age", "file_id"]
