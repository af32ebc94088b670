"""CSV has the values of the store: text is quoted, null is empty."""

import pandas as pd
import pytest

from ser_features.store import open_store
from ser_features.store.export import export


@pytest.fixture(scope="module")
def written(store_root, tmp_path_factory):
    out = tmp_path_factory.mktemp("csv") / "speech.csv"
    export(open_store(store_root), "csv", out)
    return out


def test_pandas_reads_the_rows_of_the_store(store_root, written):
    expected = open_store(store_root).files().drop(columns=["frame_shard", "frame_offset", "frame_count"])
    exported = pd.read_csv(written, dtype={"speaker": str}).sort_values("file_id", ignore_index=True)
    pd.testing.assert_frame_equal(
        exported[["file_id", "emotion", "speaker"]], expected[["file_id", "emotion", "speaker"]]
    )
    numbers = expected.select_dtypes("number").columns
    assert "pitch_mean" in numbers
    pd.testing.assert_frame_equal(exported[numbers], expected[numbers], check_dtype=False, rtol=1e-6)


def test_text_is_quoted_numbers_and_null_are_not(written):
    header, first = written.read_text().splitlines()[:2]
    assert header.startswith('"dataset","file_id","path","speaker","gender","age","language","emotion"')
    assert first.startswith('"own","own/s0_angry_0","s0_angry_0.wav","s0","male",,,"angry"')
