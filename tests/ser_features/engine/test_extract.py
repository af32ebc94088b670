"""A run computes what is missing, reports what it refused, and changes nothing else."""

import errno
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from ser_features import files
from ser_features.config import DEFAULT_PROFILE, PAPER48K, SPEECH16K, WIDE16K
from ser_features.engine import Observer, changes, extract_corpora
from ser_features.engine.extract import scan_corpora
from ser_features.errors import InputError, StoreError
from ser_features.extractors import CORE_COLUMNS, encoder_free, of_kind, summary_vector
from ser_features.pipeline import extract
from ser_features.store import open_store, write
from ser_features.store.description import METADATA_KEY
from ser_features.store.part import StoredTable, parsed, read_table
from tests.faults.serial import Serial
from tests.ser_features.conftest import TONES

CLICKS = [0.5, -0.5] * 4000


def assert_same_frames(stored: np.ndarray, computed: np.ndarray) -> None:
    """Equal but for the last bits, which depend on the number of BLAS threads."""
    np.testing.assert_allclose(stored, computed, rtol=1e-5, atol=1e-4)


def contents(tree: dict[str, tuple[str, int]]) -> dict[str, str]:
    """Hash by file of a `tree`."""
    return {name: content for name, (content, _) in tree.items()}


def rows_of(store: Path) -> pd.DataFrame:
    return pd.read_parquet(store / "files").set_index("file_id", drop=False).sort_index()


def first(tess: Path) -> Path:
    return tess / "tess" / "OAF_worda_angry.wav"


def test_every_recording_has_one_row_with_the_values_and_frames_of_the_pipeline(extract_tess, tess, tmp_path):
    report = extract_tess()
    rows = rows_of(tmp_path / "store")
    assert (report.stored, report.unchanged, report.failures) == (TONES, 0, [])
    assert rows["file_id"].is_unique
    assert len(rows) == TONES
    row, store = rows.loc["tess/OAF_worda_angry"], open_store(tmp_path / "store")
    features = extract(tess / row["path"], store.profile)
    for column in CORE_COLUMNS:
        assert row[column.name] == pytest.approx(features.columns[column.name], rel=1e-7, nan_ok=True)
    assert (row["speaker"], row["emotion"], row["gender"], row["age"]) == ("OAF", "angry", "female", 64)
    assert row["audio_sha256"] == hashlib.sha256(first(tess).read_bytes()).hexdigest()
    sample = store.files().sample(4, random_state=1)
    for family in ("mel", "mfcc"):
        for path, stored in zip(sample["path"], store.frames(sample, family), strict=True):
            assert_same_frames(stored, extract(tess / path, store.profile).frames[family])


def test_a_second_run_decodes_nothing_and_changes_no_byte(extract_tess, tess_store, tess, tree):
    before = tree(tess_store)
    os.utime(first(tess))  # the bytes are the same
    plans = []
    report = extract_tess(observer=Observer(on_plan=lambda todo, unchanged: plans.append((todo, unchanged))))
    assert plans == [(0, TONES)]
    assert (report.stored, report.unchanged) == (0, TONES)
    assert tree(tess_store) == before


def test_rows_of_unchanged_tables_are_read_only_if_they_have_no_fingerprint(
    extract_tess, tess_store, monkeypatch
):
    read: list[Path] = []

    def recorded(part, *others, **named):
        read.append(part)
        return parsed(part, *others, **named)

    monkeypatch.setattr(changes, "parsed", recorded)
    assert extract_tess().unchanged == TONES
    assert not read
    parts = sorted((tess_store / "files").rglob("*.parquet"))
    for part in parts:  # as by an earlier version
        stored = read_table(part)
        write._write_table(part, stored.table.replace_schema_metadata({METADATA_KEY: _without_rows(stored)}))
    assert extract_tess().unchanged == TONES
    assert read == parts


def _without_rows(stored: StoredTable) -> bytes:
    return json.dumps({name: value for name, value in stored.metadata.items() if name != "rows"}).encode()


def test_two_workers_give_the_same_store_as_none(extract_tess, tmp_path, tree):
    extract_tess(store=tmp_path / "one")
    extract_tess(store=tmp_path / "two", workers=2)
    assert contents(tree(tmp_path / "one")) == contents(tree(tmp_path / "two"))


def test_only_a_changed_recording_is_computed_again(extract_tess, tess, tess_store):
    before = rows_of(tess_store)
    soundfile.write(first(tess), CLICKS, 16_000)
    report = extract_tess()
    after = rows_of(tess_store)
    assert (report.stored, report.unchanged) == (1, TONES - 1)
    changed = before["audio_sha256"] != after["audio_sha256"]
    assert list(before.index[changed]) == ["tess/OAF_worda_angry"]
    same = [column.name for column in CORE_COLUMNS]
    pd.testing.assert_frame_equal(before.loc[~changed, same], after.loc[~changed, same])
    store = open_store(tess_store)
    for path, stored in zip(store.files()["path"], store.frames(store.files(), "mel"), strict=True):
        assert_same_frames(stored, extract(tess / path, store.profile).frames["mel"])
    frame_files = {path.name.split(".")[0] for path in (tess_store / "frames").rglob("*.npy")}
    assert frame_files == set(store.files()["frame_shard"])


def test_a_growing_corpus_never_stores_a_recording_twice(extract_tess, tess, tmp_path):
    assert extract_tess(limit=7).stored == 7
    assert set(rows_of(tmp_path / "store")["speaker"]) == {"OAF", "YAF"}
    assert rows_of(tmp_path / "store")["emotion"].nunique() >= 4
    assert extract_tess(limit=14).stored == 7
    soundfile.write(tess / "tess" / "OAF_aaa_angry.wav", CLICKS, 16_000)
    assert extract_tess().stored == 15
    rows = rows_of(tmp_path / "store")
    assert rows["file_id"].is_unique
    assert len(rows) == TONES + 1


def test_refused_files_are_rows_of_failures_until_their_bytes_change(extract_tess, tess, tess_store, tree):
    text = tess / "tess" / "OAF_text_sad.wav"
    (tess / "tess" / "OAF_empty_sad.wav").write_bytes(b"")
    text.write_text("this is no audio at all")
    (tess / "tess" / "holiday.wav").write_bytes(b"RIFF")
    report = extract_tess()
    rows = open_store(tess_store).failures().to_pandas().set_index("file_id")
    assert (report.stored, report.unchanged) == (0, TONES)
    assert dict(rows["error_class"]) == {
        "tess/OAF_empty_sad": "EmptyFileError",
        "tess/OAF_text_sad": "NotAudioError",
        "tess/tess/holiday.wav": "FileNameError",
    }
    assert rows.loc["tess/OAF_empty_sad", "message"].startswith("the file has 0 bytes")
    assert set(rows["stage"]) == {"audio", "name"}
    assert (rows["attempts"] == 1).all()
    assert {failure.file_id for failure in report.failures} == set(rows.index)
    before = tree(tess_store)
    assert {failure.file_id for failure in extract_tess().failures} == set(rows.index)
    assert tree(tess_store) == before
    soundfile.write(text, CLICKS, 16_000)
    report = extract_tess()
    assert (report.stored, len(report.failures)) == (1, 2)
    assert len(open_store(tess_store).failures()) == 2


def test_a_damaged_recording_and_a_removed_one_lose_their_rows(extract_tess, tess, tess_store):
    first(tess).write_bytes(b"")
    (tess / "tess" / "OAF_wordb_angry.wav").unlink()
    report = extract_tess()
    assert [failure.error_class for failure in report.failures] == ["EmptyFileError"]
    rows = rows_of(tess_store)
    assert report.removed == ["tess/OAF_wordb_angry"]
    assert len(rows) == TONES - 2
    assert not {"tess/OAF_worda_angry", "tess/OAF_wordb_angry"} & set(rows.index)


def test_damaged_tables_and_missing_frames_are_computed_again(extract_tess, tess_store, tree):
    before = contents(tree(tess_store))
    next((tess_store / "frames").rglob("00001*.mel.npy")).unlink()
    part = min((tess_store / "files").rglob("*.parquet"))
    part.write_bytes(b"PAR1 nothing")
    report = extract_tess()
    moved = tess_store / "damaged" / part.relative_to(tess_store)
    assert (report.stored, report.damaged) == (TONES, [moved])
    assert moved.read_bytes() == b"PAR1 nothing"
    moved.unlink()
    assert contents(tree(tess_store)) == before


def test_a_corpus_folder_and_its_recordings_may_be_links(extract_tess, tess, tmp_path):
    blob = tmp_path / "blob"
    blob.write_bytes(first(tess).read_bytes())
    (tess / "tess" / "OAF_link_sad.wav").symlink_to(blob)
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "tess").symlink_to(tess / "tess")
    report = extract_tess(data=tmp_path / "linked")
    assert report.stored == TONES + 1
    assert report.failures == []


def test_identical_audio_is_reported(extract_tess, tess, tess_store):
    (tess / "tess" / "OAF_wordz_sad.wav").write_bytes(first(tess).read_bytes())
    assert extract_tess().identical == [("tess/OAF_worda_angry", "tess/OAF_wordz_sad")]


def test_other_profiles_and_families_are_refused_naming_both(extract_tess, tess_store):
    with pytest.raises(InputError, match=r"has profile speech16k-compiled \(\w+\), asked for paper48k \("):
        extract_tess(profile=PAPER48K)
    with pytest.raises(
        InputError, match="holds the families core mel mfcc pitch, asked for core mel: pass another"
    ):
        extract_tess(features=["mel"])


def test_a_new_store_has_the_default_profile_and_an_old_one_keeps_its_own(extract_tess, tmp_path):
    extract_tess(limit=1)
    assert open_store(tmp_path / "store").profile == DEFAULT_PROFILE
    extract_tess(store=tmp_path / "old", profile=SPEECH16K, limit=1)
    assert extract_tess(store=tmp_path / "old", limit=2).unchanged == 1
    assert open_store(tmp_path / "old").profile == SPEECH16K


def test_every_family_is_stored_as_computed(extract_tess, tess, tmp_path):
    extract_tess(features=encoder_free(), profile=WIDE16K, limit=3)
    store = open_store(tmp_path / "store")
    assert store.families == encoder_free()
    rows = store.files()
    for _, row in rows.iterrows():
        features = extract(tess / row["path"], WIDE16K, encoder_free())
        for name, value in features.columns.items():
            assert row[name] == pytest.approx(value, rel=1e-5, abs=1e-5, nan_ok=True)
    assert set(summary_vector(128)) <= set(rows.columns)
    for family in (one.name for one in of_kind("frames", encoder_free())):
        for path, stored in zip(rows["path"], store.frames(rows, family), strict=True):
            assert_same_frames(stored, extract(tess / path, WIDE16K, [family]).frames[family])
    assert extract_tess(limit=3).unchanged == 3


def test_core_alone_stores_no_frames(extract_tess, tmp_path):
    extract_tess(features=["core"], limit=4)
    assert not (tmp_path / "store" / "frames").exists()
    assert extract_tess(limit=4).unchanged == 4


def test_a_folder_with_other_files_is_no_store(extract_tess, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("keep me")
    with pytest.raises(InputError, match="holds other things: expected a store or nothing"):
        extract_tess(store=tmp_path / "home")


def test_a_store_that_cannot_be_written_is_one_line(monkeypatch, extract_tess):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", full)
    message = r"the store cannot be written to \S+store \(No space left on device\): make room, repair"
    with pytest.raises(StoreError, match=message):
        extract_tess()


def own_corpus(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    soundfile.write(folder / "a.wav", CLICKS, 16_000)
    (folder / "mine.csv").write_text(text)
    return folder / "mine.csv"


def test_own_columns_are_stored_and_corrected_labels_need_no_computation(tmp_path):
    table = own_corpus(tmp_path, "path,emotion,speaker,room\na.wav,joy,anna,kitchen\n")
    options = {"data": tmp_path, "store": tmp_path / "store", "runner": Serial()}
    extract_corpora([str(table)], **options)
    row = pd.read_parquet(tmp_path / "store" / "files").iloc[0]
    labels = ("file_id", "emotion", "emotion_code", "room")
    assert tuple(row[name] for name in labels) == ("mine/a", "happy", "joy", "kitchen")
    table.write_text("path,emotion,speaker,room\na.wav,anger,anna,hall\n")
    report = extract_corpora([str(table)], **options)
    corrected = pd.read_parquet(tmp_path / "store" / "files").iloc[0]
    assert report.stored == 0
    assert (corrected["emotion"], corrected["room"]) == ("angry", "hall")
    assert corrected["rms_mean"] == row["rms_mean"]


@pytest.mark.parametrize("name", ["pitch_mean", "rms_q25", "mel_mean_127", "frame_count"])
def test_an_own_column_with_the_name_of_a_feature_gets_another_name(tmp_path, name):
    table = own_corpus(tmp_path, f"path,emotion,speaker,{name}\na.wav,joy,anna,3\n")
    (scan,) = scan_corpora([str(table)], tmp_path)
    assert [column.name for column in scan.own] == [f"{name}_of_table"]


def test_two_corpora_of_the_same_name_are_refused(tmp_path):
    text = "path,emotion,speaker\na.wav,joy,anna\n"
    tables = [str(own_corpus(tmp_path / name, text)) for name in ("one", "other")]
    with pytest.raises(InputError, match="two corpora are called 'mine'"):
        extract_corpora(tables, data=tmp_path, store=tmp_path / "store")


def test_workers_never_import_what_takes_long():
    heavy = ("tensorflow", "keras", "xgboost", "librosa", "pandas", "pyarrow.compute")
    program = (
        "import sys; from ser_features.config import DEFAULT_PROFILE; "
        "from ser_features.engine import prepare, shard; "
        "prepare.prepare(DEFAULT_PROFILE, ('core', 'mel', 'mfcc', 'pitch')); "
        f"print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("limit", [6, pytest.param(60, marks=pytest.mark.long)])
def test_real_corpora_are_extracted_without_failures(real_data, tmp_path, limit):
    corpora = ["ravdess", "tess", "emodb", "cremad"]
    report = extract_corpora(corpora, data=real_data, store=tmp_path / "store", runner=Serial(), limit=limit)
    assert report.failures == []
    assert report.stored == 3 * limit + min(limit, 12)
    rows = pd.read_parquet(tmp_path / "store" / "files")
    assert rows.loc[rows["dataset"] == "ravdess", "source_sample_rate"].eq(48_000).all()
    assert rows["pitch_mean"].between(75, 600).mean() > 0.93
