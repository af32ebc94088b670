"""Recordings in columns: sequences that equal those of objects, and the plan that they give."""

from dataclasses import replace

import numpy as np
import pytest

from ser_features.manifest import Recording
from ser_features.recordings import ROWS, Recordings

ONE = Recording("own", "b", "b.wav", None, "sad", "trauer", vocal_channel=None, start=0.0, raters=0)
OTHER = Recording(
    "own", "a", "a.wav", "1", "sad", "sad", extra={"room": 2}, alternatives=("a.mp3", "c/a.mp3")
)


@pytest.mark.parametrize("rows", [[], [ONE], [OTHER, ONE], [ONE, OTHER, replace(ONE, stem="c")]])
def test_a_sequence_of_equal_recordings(rows):
    columns = Recordings.of(rows)
    assert (len(columns), list(columns), bool(columns)) == (len(rows), rows, bool(rows))
    assert [columns[index] for index in range(-len(rows), len(rows))] == rows * 2
    assert columns[1:] == rows[1:]
    assert columns[::-1] == rows[::-1]
    assert columns[2:1] == []
    with pytest.raises(IndexError):
        columns[len(rows)]


def test_columns_of_several_blocks_and_their_keys():
    columns = Recordings.of(replace(ONE, stem=f"{number:06}") for number in range(ROWS + 3))
    assert columns.column("path").to_pylist() == ["b.wav"] * (ROWS + 3)
    assert columns.column("age").null_count == ROWS + 3
    assert columns[ROWS + 1].stem == f"{ROWS + 1:06}"
    assert [columns.position(f"own/{key}") for key in ("000002", "000002x", "zz")] == [2, 3, ROWS + 3]
    assert not columns.has_repeated_keys()


def test_sorted_by_key_with_what_belongs_to_each():
    columns = Recordings.by_key([ONE, OTHER, ONE])
    assert list(columns) == [OTHER, ONE, ONE]
    assert (columns.extra("room"), columns.has_repeated_keys()) == ([2, None, None], True)
    assert columns.take(np.array([2, 0])) == [ONE, OTHER]
    assert columns.stems_among(["a", "z"]) == ["a"]


def test_blocks_in_columns_among_single_recordings():
    block = Recordings.of([OTHER, replace(ONE, stem="c")])
    mixed = Recordings.of(iter([ONE, block, ONE, Recordings.of([])]))
    assert list(mixed) == [ONE, *block, ONE]
    assert mixed.extra("room") == [None, 2, None, None]
    assert mixed.column("emotion").to_pylist() == ["sad"] * 4
    assert mixed.filled >= {"file_id", "raters"}
    assert "age" not in mixed.filled
