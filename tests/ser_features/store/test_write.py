"""Unfinished files are removed, damaged tables are moved, everything else stays."""

from pathlib import Path

import pytest

from ser_features.store import layout
from ser_features.store.write import set_aside, sweep, sweep_frames


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_unfinished_files_and_folders_are_removed(tmp_path):
    unfinished = [
        touch(tmp_path / "frames" / "dataset=tess" / ".00000.mel.npy.host.12"),
        touch(tmp_path / "files" / "dataset=tess" / ".part-00000.parquet.host.12"),
        touch(tmp_path / "files" / ".dataset=tess.compact" / "part-00000.parquet").parent,
        touch(tmp_path / ".store.json.host.12"),
    ]
    kept = [touch(tmp_path / "files" / "dataset=tess" / "part-00000.parquet"), touch(tmp_path / ".other")]
    sweep(tmp_path)
    assert not [path for path in unfinished if path.exists()]
    assert all(path.exists() for path in kept)


def test_frames_that_no_row_refers_to_are_removed(tmp_path):
    kept = touch(layout.frame_path(tmp_path, "tess", "00000-aa", "mel"))
    orphan = touch(layout.frame_path(tmp_path, "tess", "00000-bb", "mel"))
    elsewhere = touch(layout.frame_path(tmp_path, "savee", "00000-cc", "mel"))
    sweep_frames(tmp_path, "tess", frozenset({"00000-aa"}))
    assert (kept.exists(), orphan.exists(), elsewhere.exists()) == (True, False, True)


def test_a_table_that_another_run_has_replaced_stays(tess_store):
    part = next((tess_store / "files").rglob("*.parquet"))
    set_aside(tess_store, part)
    assert part.exists()
    part.write_bytes(b"damaged")
    moved = set_aside(tess_store, part)
    assert not part.exists()
    assert moved == tess_store / "damaged" / "files" / "dataset=tess" / part.name
    assert moved.read_bytes() == b"damaged"


@pytest.mark.parametrize("folder", ["files", "frames"])
def test_a_store_without_a_folder_is_swept_as_well(tmp_path, folder):
    touch(tmp_path / folder / ".x")
    sweep(tmp_path)
    assert list((tmp_path / folder).iterdir()) == []
