"""The benchmark of a million rows generates a store that an interrupted extraction could have left."""

from benchmarks.scale import million


def test_the_generated_store_lacks_the_last_recordings_only(tmp_path):
    million.make(tmp_path, million.MISSING + 40)
    assert next(million._plan(tmp_path)) > 0  # ends with an error if another number is missing
    assert next(million._column(tmp_path)) > 0
