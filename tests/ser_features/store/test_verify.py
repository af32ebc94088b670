"""A flipped byte anywhere in a store is found, named, and repaired by the next extraction."""

import os
import random
import shutil
from pathlib import Path

import pandas as pd
import pytest

from ser_features.errors import InputError
from ser_features.files import is_sealed
from ser_features.store import open_store
from ser_features.store.description import all_columns
from ser_features.store.part import read_table
from ser_features.store.verify import verify
from ser_features.store.write import commit_rows, table_of
from tests.ser_features.conftest import TONES


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << (at % 8)
    path.write_bytes(content)


def stored_files(store: Path) -> list[Path]:
    return sorted(p for p in store.rglob("*") if p.is_file() and p.parent.name != "locks")


@pytest.fixture
def store(tess_store, extract_tess, tess) -> Path:
    """A store with a refused recording, so that every kind of table exists.

    It is made anew: the shards of a corpus that has grown are not those of its size.
    """
    (tess / "tess" / "YAF_wordc_sad.wav").write_bytes(b"")
    shutil.rmtree(tess_store)
    extract_tess()
    return tess_store


def test_an_unchanged_store_has_no_problem(store):
    findings = verify(store)
    assert (findings.problems, findings.tables, findings.frame_files) == ([], 3, 6)


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.long)])
def test_a_flipped_byte_in_any_file_is_found_and_repaired(store, extract_tess, seed):
    chance = random.Random(seed)
    before = {path: path.read_bytes() for path in stored_files(store)}
    for path in before:
        flip(path, chance.randrange(path.stat().st_size))
        assert [problem.path for problem in verify(store).problems] == [path.relative_to(store).as_posix()]
        extract_tess()
        assert verify(store).problems == []
        if "failures" not in path.parts:  # those have the time of the attempt
            assert path.read_bytes() == before[path]


def test_every_byte_of_a_sealed_file_counts(store):
    for path in (store / "store.json", min((store / "failures").rglob("*.parquet"))):
        whole = path.read_bytes()
        assert is_sealed(whole)
        for at in range(len(whole)):
            assert not is_sealed(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])


def test_an_extraction_finds_damage_by_itself(store, extract_tess):
    for path in stored_files(store):
        flip(path, path.stat().st_size // 2)
    report = extract_tess()
    assert report.stored == TONES
    assert verify(store).problems == []


def test_silent_damage_is_repaired_after_a_verification(store, extract_tess):
    """A byte flipped by the disk leaves the modification time alone: only reading the file detects it."""
    path = next((store / "frames").rglob("*.mel.npy"))
    old = path.stat()
    flip(path, 5000)
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    assert extract_tess().stored == 0
    assert [problem.reason for problem in verify(store).problems] == ["its content is not as it was written"]
    assert 0 < extract_tess().stored < TONES
    assert verify(store).problems == []


def test_missing_frames_are_found_and_only_their_rows_are_computed_again(store, extract_tess):
    path = next((store / "frames").rglob("*.mfcc.npy"))
    path.unlink()
    assert [problem.reason for problem in verify(store).problems] == ["it is missing"]
    rows = pd.read_parquet(store / "files")
    lost = (rows["frame_shard"] == path.name.split(".")[0]).sum()
    assert extract_tess().stored == lost
    assert verify(store).problems == []


def change_rows(part: Path, store: Path, change) -> None:
    stored = read_table(part)
    rows = change(stored.table.to_pylist())
    columns = all_columns(open_store(store).description.features)
    commit_rows(part, table_of(rows, columns), stored.metadata)


def test_a_row_without_frames_is_found_and_computed_again(store, extract_tess):
    part = min((store / "files").rglob("*.parquet"))
    change_rows(part, store, lambda rows: [rows[0] | {"frame_shard": None}, *rows[1:]])
    assert [problem.reason for problem in verify(store).problems] == [
        "1 rows have no frames, the first is tess/OAF_worda_angry"
    ]
    assert extract_tess().stored == 1
    assert verify(store).problems == []
    frames = open_store(store).frames(open_store(store).files(), "mel")
    assert all(map(len, frames))


def test_a_row_in_two_tables_is_found_and_dropped_from_the_second(store, extract_tess):
    first, second = sorted((store / "files").rglob("*.parquet"))
    twice = read_table(first).table.to_pylist()[0]
    change_rows(second, store, lambda rows: [*rows, twice])
    assert "1 rows are in an earlier table too: tess/OAF_worda_angry" in [
        p.reason for p in verify(store).problems
    ]
    extract_tess()
    assert verify(store).problems == []
    rows = pd.read_parquet(store / "files")
    assert rows["file_id"].is_unique
    assert len(rows) == TONES


def test_verifying_creates_no_store(tmp_path):
    with pytest.raises(InputError, match="no store at"):
        verify(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_a_lost_description_is_restored(store, extract_tess):
    before = (store / "store.json").read_bytes()
    (store / "store.json").unlink()
    assert extract_tess().stored == 0
    assert (store / "store.json").read_bytes() == before
