"""labels/ of a store: votes follow the table as rows do."""

import numpy as np
import pandas as pd
import pytest
import soundfile

from ser_features.engine.extract import extract_corpora
from ser_features.errors import InputError
from ser_features.manifest import VOTE_COLUMNS
from ser_features.store import open_store
from ser_features.store.compact import compact
from ser_features.store.export import export
from ser_features.store.query import query
from ser_features.store.verify import verify
from tests.faults.serial import Serial

ROWS = ("a.wav,angry,r1", "a.wav,sad,r2", "a.wav,sad,r3", "b.wav,happy,r1", "b.wav,sad,r2")


@pytest.fixture
def extract(tmp_path):
    """Extract a table of these rows; the store."""
    for number, name in enumerate("ab"):
        soundfile.write(tmp_path / f"{name}.wav", np.sin(np.arange(6000) / (9 + number)), 16_000)

    def run(rows=ROWS, header="path,emotion,rater", **options):
        (tmp_path / "mine.csv").write_text("\n".join([header, *rows]))
        table, root = tmp_path / "mine.csv", tmp_path / "store"
        extract_corpora(
            [str(table)], data=tmp_path, store=root, features=["core"], runner=Serial(), **options
        )
        return open_store(root)

    return run


def answers(store):
    return [tuple(row) for row in store.labels()[["file_id", "rater", "value"]].to_numpy()]


def test_votes_are_a_long_table(extract, tmp_path):
    store = extract()
    rows = store.files()
    assert rows[["emotion", "agreement", "raters"]].to_numpy().tolist() == [
        ["sad", 2 / 3, 3],
        ["no agreement", 0.5, 2],
    ]
    assert answers(store) == [
        ("mine/a", "r1", "angry"),
        ("mine/a", "r2", "sad"),
        ("mine/a", "r3", "sad"),
        ("mine/b", "r1", "happy"),
        ("mine/b", "r2", "sad"),
    ]
    assert list(store.labels().columns) == ["dataset", *(column.name for column in VOTE_COLUMNS)]
    assert len(pd.read_parquet(store.root / "labels")) == 5
    with query(store, "select rater, count(*) from labels group by 1 order by 1") as result:
        assert [row for batch in result.batches() for row in batch] == [("r1", 2), ("r2", 2), ("r3", 1)]
    with pytest.raises(InputError, match="no 'other'"):
        store.labels(["other"])


def test_votes_survive_what_is_done_to_a_store(extract, tmp_path):
    store = extract()
    (part,) = (store.root / "labels").glob("*/*")
    written = part.stat().st_mtime_ns
    extract()
    assert part.stat().st_mtime_ns == written
    compact(store)
    export(store, "csv", tmp_path / "out.csv")
    assert not verify(store.root).problems
    assert len(answers(store)) == 5
    part.write_bytes(part.read_bytes()[:-20])
    assert [one.path for one in verify(store.root).problems] == ["labels/dataset=mine/part-votes.parquet"]
    assert len(answers(extract())) == 5


def test_votes_leave_with_their_rows(extract):
    extract()
    changed = extract((*ROWS[:2], "a.wav,angry,r3", *ROWS[3:]))
    assert ("mine/a", "r3", "angry") in answers(changed)
    kept = extract(ROWS[:3], keep_missing=True)
    assert {file_id for file_id, *_ in answers(kept)} == {"mine/a", "mine/b"}
    assert {file_id for file_id, *_ in answers(extract(ROWS[:3]))} == {"mine/a"}
    without = extract(("a.wav,sad",), "path,emotion")
    assert answers(without) == []
    assert not list((without.root / "labels").glob("*/*"))


def test_a_limited_run_stores_the_votes_of_its_rows(extract):
    assert len(answers(extract(limit=1))) == 3
    assert len(answers(extract())) == 5
