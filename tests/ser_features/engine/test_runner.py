"""Worker processes may die without ending the run."""

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest

from ser_features.config import DEFAULT_PROFILE
from ser_features.corpora import scan
from ser_features.engine import runner, shard
from ser_features.engine.open_store import describe
from ser_features.engine.plan import plan
from ser_features.engine.runner import Local, Work
from ser_features.engine.task import Target
from ser_features.errors import SerError
from ser_features.store import open_or_create, open_store
from tests.ser_features.conftest import SHARD, TONES

EXTRACT = f"""
import sys
from pathlib import Path
from ser_features.engine import extract_corpora, plan

if __name__ == "__main__":
    plan.MIN_SHARD = {SHARD}
    extract_corpora(["tess"], data=Path(sys.argv[1]), store=Path(sys.argv[2]), workers=2)
"""


@pytest.mark.parametrize("death", ["SIGKILL", pytest.param("SIGSEGV", marks=pytest.mark.long)])
def test_a_recording_that_kills_its_worker_is_quarantined_and_all_others_are_stored(
    death, mark, deadly, extract_tess, tmp_path
):
    """The kernel ends a process that takes too much memory by SIGKILL."""
    poison = mark("OAF_wordb_sad", death)
    deadly()
    report = extract_tess(workers=2)
    assert report.stored == TONES - 1
    assert [(f.file_id, f.stage, f.error_class) for f in report.failures] == [
        (poison, "worker", "WorkerDiedError")
    ]
    assert "killed its worker process twice" in report.failures[0].message
    assert report.failures[0].audio_sha256
    assert len(pd.read_parquet(tmp_path / "store" / "files")) == TONES - 1
    again = extract_tess(workers=2)
    assert (again.stored, again.unchanged, len(again.failures)) == (0, TONES - 1, 1)


def tasks_for(tess, tmp_path):
    store = open_or_create(tmp_path / "store", describe(DEFAULT_PROFILE, ["mel"]))
    target = Target.of(store.root, store.profile, store.families)
    return list(plan(scan("tess", tess), store, target).tasks)


def test_progress_counts_every_recording(tess, tmp_path):
    (tess / "tess" / "OAF_empty_sad.wav").write_bytes(b"")
    progress = []
    extraction = Work(shard.run_shard, shard.probe)
    list(Local(1).run(tasks_for(tess, tmp_path), extraction, lambda *state: progress.append(state)))
    assert progress[-1] == (TONES + 1, 1)


def test_a_killed_run_leaves_whole_shards_and_the_next_one_completes(
    extract_tess, tess, tmp_path, wait_for_unfinished
):
    """The whole process group is killed during the run."""
    program = tmp_path / "run.py"
    program.write_text(EXTRACT)
    store = tmp_path / "store"
    run = subprocess.Popen(
        [sys.executable, str(program), str(tess), str(store)], start_new_session=True, stdout=subprocess.PIPE
    )
    wait_for_unfinished(store, ".*.npy.*")
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    if list((store / "files").rglob("[!.]*.parquet")):
        assert pd.read_parquet(store / "files")["file_id"].is_unique
    extract_tess()
    assert len(pd.read_parquet(store / "files")) == TONES
    assert [path for path in store.rglob(".*") if path.is_file()] == []
    rows = open_store(store).files()
    assert [len(frames) for frames in open_store(store).frames(rows, "mel")] == list(rows["frame_count"])


def test_no_room_for_temporary_files_is_one_line(monkeypatch, extract_tess):
    def full(prefix):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runner.tempfile, "TemporaryDirectory", full)
    with pytest.raises(SerError, match=r"workers cannot be run \(No space left on device\): expected memory"):
        extract_tess(workers=1)


def test_an_unexpected_error_of_one_recording_is_its_failure(monkeypatch, tess, tmp_path):
    def surprised(content, profile, families, channel):
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr(shard.pipeline, "extract_bytes", surprised)
    task = tasks_for(tess, tmp_path)[0]
    summary = shard.run_shard(replace(task, compute=task.compute[:1]))
    assert [(f.stage, f.error_class, f.message) for f in summary.failures] == [
        ("features", "ZeroDivisionError", "unexpected: ZeroDivisionError('surprise')")
    ]
