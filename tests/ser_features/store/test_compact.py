"""Compaction: fewer files, unchanged values."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from ser_features.augment import Variant
from ser_features.engine import augment_store
from ser_features.errors import StoreError
from ser_features.store import compact as module
from ser_features.store import locks, open_store
from ser_features.store.compact import compact
from ser_features.store.verify import verify
from tests.faults.serial import Serial
from tests.ser_features.conftest import TONES

PLACE = ["frame_shard", "frame_offset"]


@pytest.fixture
def store(tess_store) -> Path:
    return tess_store


def frames_of(store: Path) -> list[np.ndarray]:
    opened = open_store(store)
    return [np.array(one) for one in opened.frames(opened.files(), "mel")]


def test_rows_and_frames_are_the_same_in_fewer_files(store):
    rows, frames = open_store(store).files(), frames_of(store)
    done = compact(open_store(store))
    assert [(one.dataset, one.before, one.after, one.skipped) for one in done] == [("tess", 2, 1, None)]
    after = open_store(store).files()
    pd.testing.assert_frame_equal(after.drop(columns=PLACE), rows.drop(columns=PLACE))
    for old, new in zip(frames, frames_of(store), strict=True):
        np.testing.assert_array_equal(old, new)
    assert verify(store).problems == []
    assert len(list((store / "files").rglob("*.parquet"))) == 1
    assert len(list((store / "frames").rglob("*.npy"))) == 3
    assert not list(store.rglob(".*"))


def test_a_second_run_changes_nothing(store):
    compact(open_store(store))
    before = {path: path.stat().st_mtime_ns for path in store.rglob("*") if path.is_file()}
    assert [(one.before, one.after) for one in compact(open_store(store))] == [(1, 1)]
    assert {path: path.stat().st_mtime_ns for path in store.rglob("*") if path.is_file()} == before


def test_large_stores_are_cut_into_several(store, monkeypatch):
    monkeypatch.setattr(module, "RECORDINGS", 6)
    rows, frames = open_store(store).files(), frames_of(store)
    compact(open_store(store))
    assert open_store(store).files()["frame_shard"].nunique() == 5
    for old, new in zip(frames, frames_of(store), strict=True):
        np.testing.assert_array_equal(old, new)
    assert list(open_store(store).files()["file_id"]) == list(rows["file_id"])


def test_an_extraction_continues_a_compacted_store(store, extract_tess, tess):
    compact(open_store(store))
    assert extract_tess().stored == 0
    changed, new = tess / "tess" / "OAF_worda_angry.wav", tess / "tess" / "OAF_aab_sad.wav"
    for path in (changed, new):
        soundfile.write(path, [0.5, -0.5] * 4000, 16_000)
    assert extract_tess().stored == 2
    assert verify(store).problems == []
    rows = open_store(store).files()
    assert rows["file_id"].is_unique
    assert len(rows) == TONES + 1
    assert [len(frames) for frames in frames_of(store)] == list(rows["frame_count"])
    compact(open_store(store))
    assert len(open_store(store).files()) == TONES + 1


def test_the_store_must_not_be_in_use(store):
    with (
        locks.shared(store),
        pytest.raises(StoreError, match="is in use by another run of ser: expected none: wait"),
    ):
        compact(open_store(store))


def test_copies_keep_their_tables(store, tess):
    options = {"datasets": ["tess"], "features": ["mel"], "runner": Serial()}
    augment_store(store, tess, [Variant("noisy", "noise")], **options)
    done = compact(open_store(store))
    assert [(one.before, one.after) for one in done] == [(2, 2)]
    assert done[0].skipped == "it has augmented copies, which belong to its tables"


KILLED_AT = """
import os, sys
from pathlib import Path
from ser_features.store import compact as module, open_store
steps = int(sys.argv[2])
def counted(function):
    def step(*args):
        global steps
        steps -= 1
        if steps == 0:
            os.kill(os.getpid(), 9)
        return function(*args)
    return step
for name in ("commit_rows", "sync", "exchange", "sweep", "sweep_frames"):
    setattr(module, name, counted(getattr(module, name)))
module.compact(open_store(Path(sys.argv[1])))
"""


LONG = [pytest.param(step, marks=pytest.mark.long) for step in (1, 2, 3, 5, 6)]


@pytest.mark.parametrize("step", [4, *LONG])
def test_a_kill_at_any_step_leaves_a_whole_store(store, extract_tess, step):
    rows = open_store(store).files()
    done = subprocess.run([sys.executable, "-c", KILLED_AT, str(store), str(step)], check=False)
    assert done.returncode == -9
    rows_now = pd.read_parquet(store / "files").sort_values("file_id", ignore_index=True)
    assert list(rows_now["file_id"]) == list(rows["file_id"])
    np.testing.assert_array_equal(rows_now["pitch_mean"], rows["pitch_mean"])
    assert [len(frames) for frames in frames_of(store)] == list(rows["frame_count"])
    assert extract_tess().stored == 0
    assert verify(store).problems == []
    assert not list(store.rglob(".*"))
    assert [path.name for path in (store / "files").iterdir()] == ["dataset=tess"]
