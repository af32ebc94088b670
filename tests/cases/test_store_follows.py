"""A store follows the table or folder that it came from: what is withdrawn there is gone here."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from ser_features.store import locks, open_store
from ser_features.store.origins import Origin, write_origin
from ser_features.store.verify import verify
from tests.cases.sounds import save, table


def samples_of(path: Path) -> np.ndarray:
    return soundfile.read(path)[0]


ROWS = ("x1.wav,angry,ada", "x2.wav,sad,ada", "x3.wav,happy,ben")


@pytest.fixture
def extract(ser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., object]:
    """Run `ser extract` in `tmp_path`, into the store s."""
    monkeypatch.chdir(tmp_path)
    words = ("--data", ".", "--store", "s")
    return lambda name, *more: ser("extract", "--datasets", name, *words, *more)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """A table of three recordings beside it."""
    for row in ROWS:
        save(tmp_path / row.partition(",")[0])
    return table(tmp_path / "calls.csv", ROWS)


def stored(folder: str = "files") -> dict[str, str]:
    """Emotion by file_id, as pandas reads them."""
    rows = pd.read_parquet(f"s/{folder}")
    return dict(zip(rows["file_id"], rows["emotion"], strict=True))


WITHDRAWN = {
    "refused": (("x1.wav,3,ada", *ROWS[1:]), "1 removed, 1 failed"),
    "gone from the table": (ROWS[1:], "1 removed, 0 failed"),
    "commented out": (("#x1.wav,angry,ada", *ROWS[1:]), "1 removed, 1 failed"),
}


@pytest.mark.parametrize(("rows", "counts"), WITHDRAWN.values(), ids=WITHDRAWN)
def test_a_row_that_the_table_withdraws_leaves_the_store(extract, calls, rows, counts):
    extract("calls.csv", "--features", "core")
    table(calls, rows)
    answer = extract("calls.csv")
    assert f"0 stored, 2 unchanged, {counts}: s" in answer.out
    assert "removed, as the corpus refuses or no longer has them: calls/x1\n" in answer.err
    assert stored() == {"calls/x2": "sad", "calls/x3": "happy"}
    assert not verify(Path("s")).problems
    assert "removed" not in extract("calls.csv").out


@pytest.mark.parametrize("word", ["unclear", ""])
def test_a_label_that_the_table_withdraws_is_unknown(extract, calls, word):
    extract("calls.csv", "--features", "core")
    table(calls, (f"x1.wav,{word},ada", *ROWS[1:]))
    answer = extract("calls.csv")
    assert "0 stored, 2 unchanged, 1 relabelled" in answer.out
    assert "calls.csv: unknown (1 row): stored, and left out of training\n" in answer.err
    assert stored() == {"calls/x1": "unknown", "calls/x2": "sad", "calls/x3": "happy"}


@pytest.mark.parametrize("wide", [(), pytest.param(("functionals",), marks=pytest.mark.long)])
def test_a_withdrawn_row_leaves_copies_and_wide_tables(extract, calls, wide):
    """Its copies are removed before it is: no kill leaves them behind."""
    extract("calls.csv", "--features", "core", *wide, "mel", "--speed-perturb")
    before = open_store(Path("s"))
    mel = dict(zip(stored(), before.frames(before.files(), "mel"), strict=True))
    table(calls, ("x1.wav,neutral,ada", ROWS[1]))
    answer = extract("calls.csv")
    assert "0 stored, 1 unchanged, 1 relabelled, 1 removed, 0 failed: s" in answer.out
    store = open_store(Path("s"))
    assert stored() == {"calls/x1": "neutral", "calls/x2": "sad"}
    copies = store.variants()
    assert dict(zip(copies["source_file_id"], copies["emotion"], strict=True)) == stored()
    assert len(copies) == 4
    for name in wide:
        assert list(pd.read_parquet(f"s/{name}")["file_id"]) == ["calls/x1", "calls/x2"]
        assert list(store.wide_table(name)["file_id"]) == ["calls/x1", "calls/x2"]
    rows = store.files()
    for file_id, frames in zip(rows["file_id"], store.frames(rows, "mel"), strict=True):
        np.testing.assert_array_equal(frames, mel[file_id])
    [path] = (path for path in Path("s/frames").rglob("*.npy") if not path.name.startswith("variants"))
    assert len(np.load(path)) == sum(map(len, store.frames(rows, "mel")))
    assert not verify(Path("s")).problems
    again = extract("calls.csv", "--speed-perturb")
    assert "copies: 4 stored, 0 unchanged, 0 failed" in again.err


def test_a_replaced_recording_leaves_no_copies_of_the_old_one(extract, calls, tmp_path):
    extract("calls.csv", "--features", "core", "--speed-perturb")
    save(tmp_path / "x1.wav", samples_of(tmp_path / "x2.wav"))
    answer = extract("calls.csv")
    assert set(open_store(Path("s")).variants()["source_file_id"]) == {"calls/x2", "calls/x3"}
    note = "calls: 1 recordings are new or changed and have no augmented copies, as others have"
    assert note in answer.err
    assert note not in extract("calls.csv", "--speed-perturb").err


def test_keep_missing_keeps_rows_that_are_gone_but_not_those_refused(extract, calls, tmp_path):
    extract("calls.csv", "--features", "core")
    (tmp_path / "x3.wav").unlink()
    table(calls, ("x1.wav,3,ada", ROWS[2]))
    answer = extract("calls.csv", "--keep-missing")
    assert answer.code == 2  # no row of the table is usable
    save(tmp_path / "x4.wav")
    table(calls, ("x1.wav,3,ada", ROWS[2], "x4.wav,sad,ada"))
    answer = extract("calls.csv", "--keep-missing")
    assert "1 stored, 0 unchanged, 1 removed, 2 failed" in answer.out
    assert stored() == {"calls/x2": "sad", "calls/x3": "happy", "calls/x4": "sad"}
    assert "2 removed" in extract("calls.csv").out
    assert stored() == {"calls/x4": "sad"}


def test_a_limited_run_removes_nothing_that_the_table_has(extract, calls):
    extract("calls.csv", "--features", "core")
    assert "0 stored, 1 unchanged, 0 failed" in extract("calls.csv", "--limit", "1").out
    assert len(stored()) == 3


def test_a_recording_that_was_moved_keeps_its_values_under_the_new_path(extract, tmp_path):
    for number, actor in ((1, "Actor_01"), (2, "Actor_02")):
        save(tmp_path / "ravdess" / actor / f"03-01-03-01-01-01-0{number}.wav")
    extract("ravdess", "--features", "core")
    (tmp_path / "ravdess" / "Actor_01").rename(tmp_path / "ravdess" / "women")
    answer = extract("ravdess")
    assert "0 stored, 1 unchanged, 1 relabelled, 0 failed" in answer.out
    assert "ravdess/women/03-01-03-01-01-01-01.wav" in list(pd.read_parquet("s/files")["path"])


def test_recordings_deleted_from_a_corpus_leave_the_store(extract, tmp_path):
    for number in (1, 2):
        save(tmp_path / "ravdess" / f"Actor_0{number}" / f"03-01-03-01-01-01-0{number}.wav")
    extract("ravdess", "--features", "core")
    shutil.rmtree(tmp_path / "ravdess" / "Actor_01")
    assert "1 removed" in extract("ravdess").out
    shutil.rmtree(tmp_path / "ravdess")
    (tmp_path / "ravdess").mkdir()  # as of a disk that is not mounted
    assert extract("ravdess").code == 2
    assert list(stored()) == ["ravdess/03-01-03-01-01-01-02"]


def test_rows_below_a_folder_that_cannot_be_read_stay(extract, tmp_path, monkeypatch):
    import os

    for number in (1, 2):
        save(tmp_path / "ravdess" / f"Actor_0{number}" / f"03-01-03-01-01-01-0{number}.wav")
    extract("ravdess", "--features", "core")
    scandir = os.scandir

    def failing(path: object = "."):
        if str(path).endswith("Actor_01"):
            raise OSError(5, "Input/output error")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", failing)
    answer = extract("ravdess")
    assert "0 stored, 1 unchanged, 1 failed" in answer.out
    assert len(stored()) == 2


def test_a_failure_whose_recording_is_gone_is_no_longer_listed(extract, calls, tmp_path):
    (tmp_path / "x3.wav").write_bytes(b"")
    assert "2 stored, 0 unchanged, 1 failed" in extract("calls.csv", "--features", "core").out
    table(calls, ROWS[:2])
    assert "0 stored, 2 unchanged, 0 failed" in extract("calls.csv").out
    assert not len(open_store(Path("s")).failures())


# Second copies

WAV, MP3 = "cremad/AudioWAV/1001_DFA_ANG_XX.wav", "cremad/AudioMP3/1001_DFA_ANG_XX.mp3"


def silence(path: Path, seconds: float = 0.6, **options: str) -> None:
    save(path, np.zeros(int(seconds * 16_000)), **options)


def path_of_row() -> str:
    [path] = pd.read_parquet("s/files")["path"]
    return path


def test_the_lossless_copy_is_stored(extract, tmp_path):
    """CREMA-D is published with AudioMP3 beside AudioWAV; some of the MP3s are blank."""
    save(tmp_path / WAV)
    silence(tmp_path / MP3, format="MP3")
    answer = extract("cremad", "--features", "core")
    assert "1 stored, 0 unchanged, 0 failed" in answer.out
    assert f"1 duplicates left out, such as '{MP3}' (kept '{WAV}')" in answer.err
    assert path_of_row() == WAV


def test_another_copy_is_tried_when_the_best_is_refused_until_that_one_changes(extract, tmp_path):
    silence(tmp_path / WAV)
    save(tmp_path / MP3, format="MP3")
    answer = extract("cremad", "--features", "core", "--speed-perturb")
    assert "1 stored, 0 unchanged, 0 failed" in answer.out
    instead = "another copy of the same recording is stored instead"
    named = f"1 refused, and {instead}, such as '{WAV}': SilentAudioError"
    assert named in answer.err
    assert "copies: 2 stored" in answer.err
    assert path_of_row() == MP3
    again = extract("cremad", "--speed-perturb")
    assert "0 stored, 1 unchanged, 0 failed" in again.out
    assert named in again.err
    assert not verify(Path("s")).problems
    save(tmp_path / WAV)  # repaired
    answer = extract("cremad")
    assert "1 stored, 0 unchanged, 0 failed" in answer.out
    assert path_of_row() == WAV
    assert not len(open_store(Path("s")).failures())
    assert not (tmp_path / "s" / "variants").exists() or not len(open_store(Path("s")).variants())


def test_a_better_copy_that_appears_later_replaces_the_other(extract, tmp_path):
    save(tmp_path / MP3, format="MP3")
    extract("cremad", "--features", "core")
    save(tmp_path / WAV)
    assert "1 stored, 0 unchanged" in extract("cremad").out
    assert path_of_row() == WAV
    (tmp_path / WAV).unlink()
    assert "1 stored, 0 unchanged" in extract("cremad").out
    assert path_of_row() == MP3


def test_a_recording_is_refused_once_if_all_its_copies_are(extract, tmp_path):
    silence(tmp_path / WAV)
    silence(tmp_path / MP3, format="MP3")
    answer = extract("cremad", "--features", "core")
    assert "0 stored, 0 unchanged, 1 failed" in answer.out
    assert f"failed '{WAV}': SilentAudioError" in answer.err
    assert "0 stored, 0 unchanged, 1 failed" in extract("cremad").out


def test_the_stored_copy_gets_new_labels_and_leaves_with_its_recording(extract, tmp_path):
    silence(tmp_path / WAV)
    save(tmp_path / MP3, format="MP3")
    save(tmp_path / "cremad" / "AudioWAV" / "1002_DFA_SAD_XX.wav")
    extract("cremad", "--features", "core")
    ages = "ActorID,Age,Sex,Race,Ethnicity\n1001,51,Male,Caucasian,Not Hispanic\n"
    (tmp_path / "cremad" / "VideoDemographics.csv").write_text(ages)
    assert "0 stored, 1 unchanged, 1 relabelled, 0 failed" in extract("cremad").out
    assert set(pd.read_parquet("s/files")["path"]) == {MP3, "cremad/AudioWAV/1002_DFA_SAD_XX.wav"}
    shutil.rmtree(tmp_path / "cremad" / "AudioMP3")
    (tmp_path / WAV).unlink()
    assert "1 unchanged, 1 removed, 0 failed" in extract("cremad").out
    assert not len(open_store(Path("s")).failures())


# Tables of one name


def project(folder: Path, prefix: str) -> Path:
    """A folder with labels.csv and two recordings."""
    names = [f"{prefix}{number}.wav" for number in (1, 2)]
    for name in names:
        save(folder / name)
    return table(folder / "labels.csv", [f"{names[0]},angry,ada", f"{names[1]},sad,ben"])


@pytest.mark.parametrize("prefix", ["shop", "bank"])
def test_another_table_of_the_same_name_is_refused_by_name(extract, tmp_path, prefix):
    """Equal names of recordings do not make it the same corpus: their bytes differ."""
    project(tmp_path / "bank", "bank")
    project(tmp_path / "shop", prefix)
    for name in (f"{prefix}1.wav", f"{prefix}2.wav"):
        save(tmp_path / "shop" / name, samples_of(tmp_path / "bank" / "bank1.wav")[::-1])
    extract("bank/labels.csv", "--features", "core")
    answer = extract("shop/labels.csv")
    assert answer.code == 2
    assert (
        f"has a corpus 'labels' of the table {tmp_path}/bank/labels.csv, with other recordings" in answer.err
    )
    assert "rename one of the tables" in answer.err
    assert set(stored()) == {"labels/bank1", "labels/bank2"}


@pytest.mark.parametrize("move", [shutil.move, shutil.copytree])
def test_a_project_that_was_moved_or_copied_is_the_same_corpus(extract, tmp_path, move):
    project(tmp_path / "bank", "bank")
    extract("bank/labels.csv", "--features", "core")
    move(tmp_path / "bank", tmp_path / "archive" / "bank")
    table(tmp_path / "archive" / "bank" / "labels.csv", ["bank1.wav,happy,ada", "bank2.wav,sad,ben"])
    answer = extract("archive/bank/labels.csv")
    assert "0 stored, 1 unchanged, 1 relabelled, 0 failed" in answer.out


def test_a_store_without_origins_refuses_a_table_of_other_recordings(extract, tmp_path):
    project(tmp_path / "bank", "bank")
    project(tmp_path / "shop", "shop")
    extract("bank/labels.csv", "--features", "core")
    shutil.rmtree(tmp_path / "s" / "origins")
    assert "'labels' of another table, with other recordings" in extract("shop/labels.csv").err
    assert "0 stored, 2 unchanged" in extract("bank/labels.csv").out
    assert f"table {tmp_path}/bank/labels.csv, with" in extract("shop/labels.csv").err


def test_an_origin_without_rows_counts_while_another_run_is_in_the_store(extract, calls, tmp_path):
    """Two tables of one name at once: the second run sees no rows of the first yet."""
    extract("calls.csv", "--features", "core")
    project(tmp_path / "bank", "bank")
    write_origin(tmp_path / "s", "labels", Origin("/shop", "/shop/labels.csv"))
    with locks.running(tmp_path / "s") as other:
        other.share()
        assert "has a corpus 'labels' of the table /shop/labels.csv" in extract("bank/labels.csv").err
    assert "2 stored" in extract("bank/labels.csv").out


def test_a_corpus_in_another_data_root_must_be_the_stored_one(extract, ser, tmp_path):
    for number in range(1, 6):
        save(tmp_path / "ravdess" / f"03-01-03-01-01-01-0{number}.wav")
    save(tmp_path / "few" / "ravdess" / "03-01-03-01-01-01-01.wav")
    save(tmp_path / "few" / "ravdess" / "03-01-04-01-01-01-01.wav")
    extract("ravdess", "--features", "core")
    words = ("extract", "--datasets", "ravdess", "--data", tmp_path / "few", "--store", "s")
    answer = ser(*words)
    assert answer.code == 2
    assert (
        f"ravdess: s has it from {tmp_path}, and {tmp_path}/few lacks most of those recordings" in answer.err
    )
    assert "--keep-missing to keep the recordings of both" in answer.err
    assert "1 stored" in ser(*words, "--keep-missing").out
    assert len(stored()) == 6


def test_copies_are_made_of_a_table_outside_the_data_root(ser, tmp_path):
    (tmp_path / "data").mkdir()
    named = project(tmp_path / "elsewhere", "call")
    words = ("--data", tmp_path / "data", "--store", tmp_path / "s", "--features", "core", "--speed-perturb")
    answer = ser("extract", "--datasets", named, *words)
    assert "copies: 4 stored, 0 unchanged, 0 failed" in answer.err


# Recordings that contradict each other or do not belong


@pytest.mark.parametrize(
    ("seconds", "named"),
    [(36, True), (8, False), pytest.param(290, True, marks=pytest.mark.long)],
    ids=["half a minute", "eight seconds", "five minutes"],
)
def test_a_recording_far_longer_than_the_median_is_named(extract, ser, tmp_path, seconds, named):
    for number in range(4):
        save(tmp_path / f"u{number}.wav")
    whole = samples_of(tmp_path / "u2.wav")
    save(tmp_path / "u2.wav", np.resize(whole, seconds * 16_000))
    table(tmp_path / "meld.csv", [f"u{n}.wav,{'sad' if n % 2 else 'angry'},s{n}" for n in range(4)])
    answer = extract("meld.csv", "--features", "core")
    info = ser("store", "info", "--store", "s")
    for text in (answer.err, info.err):
        assert (f"far longer than the others: meld: u2 is {seconds} s, the median is 0." in text) == named
        assert ("far longer" in text) == named


def test_identical_audio_with_other_labels_is_named_with_them(extract, calls, tmp_path):
    shutil.copy(tmp_path / "x1.wav", tmp_path / "x2.wav")
    shutil.copy(tmp_path / "x3.wav", tmp_path / "x4.wav")
    table(calls, (*ROWS, "x4.wav,happy,ben"))
    answer = extract("calls.csv", "--features", "core")
    assert "identical audio with other labels, of which one is wrong: " in answer.err
    assert "calls/x1 (angry, ada) = calls/x2 (sad, ada)" in answer.err
    assert "identical audio: calls/x3 = calls/x4" in answer.err
    assert answer.err.count("calls/x1") == 1


def test_one_take_in_two_modalities_is_named(extract, tmp_path):
    """RAVDESS: the sound of 01-… (audio and video) is that of 03-… (audio only), encoded anew."""
    for modality in ("01", "03"):
        for statement in ("01", "02")[: 2 if modality == "03" else 1]:
            save(tmp_path / "ravdess" / f"{modality}-01-03-01-{statement}-01-01.wav")
    answer = extract("ravdess", "--features", "core")
    pair = "ravdess/01-01-03-01-01-01-01 = ravdess/03-01-03-01-01-01-01"
    assert "1 takes are stored in several modalities and count more than once, such as " + pair in answer.err


# Stores of earlier versions


def test_a_store_without_the_newer_columns_is_read_and_continued(extract, calls, tmp_path):
    """Rows of format 2 without audio_notes, and without origins."""
    from ser_features.store.part import read_table
    from ser_features.store.write import commit_rows

    extract("calls.csv", "--features", "core")
    shutil.rmtree(tmp_path / "s" / "origins")
    [part] = (tmp_path / "s" / "files").rglob("*.parquet")
    old = read_table(part)
    commit_rows(part, old.table.drop_columns(["audio_notes", "modality"]), old.metadata)
    store = open_store(Path("s"))
    assert store.files()["audio_notes"].isna().all()
    assert store.table(columns=["file_id", "modality"]).column_names == ["dataset", "file_id", "modality"]
    save(tmp_path / "x4.wav")
    table(calls, (*ROWS[1:], "x4.wav,sad,eve"))
    assert "1 stored, 2 unchanged, 1 removed, 0 failed" in extract("calls.csv").out
    assert "audio_notes" in pd.read_parquet("s/files").columns
    assert not verify(Path("s")).problems
