"""Rows without a recording leave the store; where the corpus cannot tell, and after failures, they stay."""

import errno
from pathlib import Path

import pandas as pd
import pytest

from ser_features import corpora
from ser_features.augment import Variant
from ser_features.engine import augment_store, extract_corpora, shard
from ser_features.engine.plan import plan
from ser_features.engine.task import Target
from ser_features.engine.withdrawn import StoredRow, withdrawn
from ser_features.errors import StoreError
from ser_features.manifest import Recording, Rejected, Scan
from ser_features.store import open_store
from ser_features.store.verify import verify
from tests.cases.sounds import save, table
from tests.faults.serial import Serial

ROWS = ("x1.wav,angry,ada", "x2.wav,sad,ada")


def rows_of(store: Path) -> set[str]:
    return set(pd.read_parquet(store / "files")["file_id"])


@pytest.mark.parametrize(
    ("table", "keep_missing", "leaving"),
    [
        (None, False, ["x/gone", "x/refused"]),
        (None, True, ["x/refused"]),
        (Path("x.csv"), False, ["x/gone", "x/refused", "x/new"]),
        (Path("x.csv"), True, ["x/refused"]),
    ],
)
def test_which_rows_leave(tmp_path, table, keep_missing, leaving):
    """A new file of a built-in corpus was stored by another run since the scan."""
    for name in ("here.wav", "refused.wav", "new.wav"):
        (tmp_path / name).touch()
    scan = Scan(
        "x",
        tmp_path,
        (Recording("x", "here", "here.wav", "s", "sad", "sad"),),
        (Rejected("x", r".\\refused.wav", "emotion"), Rejected("x", "unread", "folder cannot be read")),
        table=table,
    )
    names = ("here", "gone", "refused", "new", "unread/a")
    rows = {"00000": [StoredRow(f"x/{name}", f"{name}.wav") for name in names]}
    assert withdrawn(rows, scan, keep_missing=keep_missing) == {"00000": leaving}


def test_a_recording_that_another_run_stored_after_the_scan_stays(tmp_path):
    tess, store = tmp_path / "data" / "tess", tmp_path / "s"
    save(tess / "OAF_back_angry.wav")
    scan = corpora.scan("tess", tmp_path / "data")
    save(tess / "OAF_bar_sad.wav")
    options = {"data": tmp_path / "data", "store": store, "features": ["core"], "runner": Serial()}
    extract_corpora(["tess"], **options)
    opened = open_store(store)
    planned = plan(scan, opened, Target.of(store, opened.profile, opened.families))
    assert (planned.tasks, planned.removed, planned.unchanged) == ((), (), 1)


@pytest.mark.parametrize("failing", ["commit_rows", "commit_failures"])
def test_a_removal_that_fails_is_done_by_the_next_run(tmp_path, monkeypatch, failing):
    """Copies leave before their recording does: a failure between the two leaves no copy behind."""
    for name in ("x1.wav", "x2.wav", "x3.wav"):
        save(tmp_path / name)
    (tmp_path / "x3.wav").write_bytes(b"")
    calls, store = table(tmp_path / "calls.csv", (*ROWS, "x3.wav,sad,ada")), tmp_path / "s"
    options = {"data": tmp_path, "store": store, "features": ["core"], "runner": Serial()}
    extract_corpora([str(calls)], **options)
    quiet = [Variant("quiet", "gain", {"factor": 0.5})]
    copies = {"datasets": ["calls"], "features": ["core"], "runner": Serial()}
    assert augment_store(store, tmp_path, quiet, **copies).stored == 2
    table(calls, ROWS[1:])

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(shard, failing, full)
        with pytest.raises(StoreError, match="No space left"):
            extract_corpora([str(calls)], **options)
    assert rows_of(store) == {"calls/x1", "calls/x2"}
    assert set(open_store(store).variants()["source_file_id"]) == {"calls/x2"}
    assert not verify(store).problems
    report = extract_corpora([str(calls)], **options)
    assert (report.removed, report.unchanged, report.failures) == (["calls/x1"], 1, [])
    assert rows_of(store) == {"calls/x2"}
    assert augment_store(store, tmp_path, quiet, **copies).stored == 1
    assert not verify(store).problems


def test_rows_of_all_shards_leave_and_an_empty_shard_is_no_table(tmp_path, monkeypatch):
    monkeypatch.setattr("ser_features.engine.plan.MIN_SHARD", 1)
    for number in range(4):
        save(tmp_path / f"x{number}.wav")
    rows = [f"x{number}.wav,sad,ada" for number in range(4)]
    calls, store = table(tmp_path / "calls.csv", rows), tmp_path / "s"
    options = {"data": tmp_path, "store": store, "features": ["core", "mel"], "runner": Serial()}
    extract_corpora([str(calls)], **options)
    assert len(list((store / "files").rglob("*.parquet"))) == 4
    table(calls, rows[3:])
    report = extract_corpora([str(calls)], **options)
    assert len(report.removed) == 3
    assert rows_of(store) == {"calls/x3"}
    assert (
        len(list((store / "files").rglob("*.parquet"))) == len(list((store / "frames").rglob("*.npy"))) == 1
    )
    assert not verify(store).problems
