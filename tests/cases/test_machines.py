"""Machines as they are: shares without fsync, screens of ASCII, deleted folders, closed streams."""

import errno
import fcntl
import io
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from ser_cli.main import main

from tests.cases.sounds import save, table, voice


@pytest.fixture
def share(monkeypatch) -> Callable[[int], None]:
    """Make fsync of folders fail with an error code."""

    def fail(code: int) -> None:
        real = os.fsync

        def fsync(descriptor: int) -> None:
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                raise OSError(code, os.strerror(code))
            real(descriptor)

        monkeypatch.setattr(os, "fsync", fsync)

    return fail


@pytest.fixture
def corpus(tmp_path) -> Path:
    """Table of two recordings."""
    for name in ("a", "b"):
        save(tmp_path / f"{name}.wav")
    return table(tmp_path / "t.csv", ["a.wav,angry,ada", "b.wav,sad,ben"])


def test_a_share_without_fsync_of_folders_holds_a_store(ser, corpus, share):
    share(errno.EINVAL)
    answer = ser("extract", "--datasets", corpus, "--store", corpus.parent / "s", "--workers", 1)
    assert answer.code == 0, answer.err
    assert "2 stored, 0 unchanged, 0 failed" in answer.out


@pytest.mark.long
def test_a_share_without_fsync_of_folders_holds_a_model(ser, share, store_root, tmp_path):
    share(errno.EINVAL)
    answer = ser("train", "--model", "logistic", "--store", store_root, "--out", tmp_path / "m")
    assert answer.code == 0, answer.err
    assert (tmp_path / "m" / "artifact.json").is_file()


def test_a_failing_disk_is_no_share(ser, corpus, share):
    share(errno.EIO)
    answer = ser("extract", "--datasets", corpus, "--store", corpus.parent / "s", "--workers", 1)
    assert answer.code == 2
    assert "cannot be written to" in answer.err
    assert os.strerror(errno.EIO) in answer.err


@pytest.fixture
def screen(monkeypatch) -> Callable[..., str]:
    """Run `ser` with stdout in another encoding; returns what it shows."""

    def run(encoding: str, *words: object) -> str:
        stdout = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        monkeypatch.setattr(sys, "stdout", stdout)
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        assert not ended.value.code
        return stdout.buffer.getvalue().decode(encoding)

    return run


@pytest.fixture
def umlaut(tmp_path) -> Path:
    return save(tmp_path / "Müller.wav", voice(1, "sad"))


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("ascii", r"M\u00fcller.wav"), ("latin-1", "Müller.wav"), ("koi8-r", r"M\u00fcller.wav")],
)
def test_a_screen_that_lacks_a_character_shows_an_escape(screen, model, umlaut, encoding, name):
    assert name in screen(encoding, "predict", model, umlaut)


def test_json_on_a_screen_of_ascii_is_exact(screen, model, umlaut):
    (row,) = json.loads(screen("ascii", "predict", model, umlaut, "--format", "json"))
    assert row["file"] == str(umlaut)


def test_tables_on_a_screen_of_ascii_are_aligned(screen):
    lines = screen("ascii", "corpora").splitlines()
    savee = next(line for line in lines if line.startswith("savee"))
    ravdess = next(line for line in lines if line.startswith("ravdess"))
    assert savee.index("free for research") == ravdess.index("CC BY-NC-SA")
    assert "  -  free for research" in savee


GONE = """
import os, sys
os.mkdir("gone"); os.chdir("gone"); os.rmdir("../gone")
from ser_cli.main import main
main(sys.argv[1:])
"""


def test_a_deleted_working_folder_is_named(tmp_path, model):
    words = [sys.executable, "-c", GONE, "predict", model, save(tmp_path / "a.wav")]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: the working folder is gone: change to another one, such as cd ~\n"


def test_python_in_a_deleted_working_folder_gets_an_error_of_the_package(tmp_path):
    program = "import os; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone'); import ser_features.praat"
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ser_features.errors.WorkingFolderError: the working folder is gone: ")


@pytest.fixture
def edited(model, tmp_path) -> Path:
    """A copy of the model whose card was completed."""
    folder = shutil.copytree(model, tmp_path / "model")
    with (folder / "README.md").open("a") as card:
        card.write("Checked by the ethics board.\n")
    return folder


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: None,
        lambda folder: (folder / "README.md").unlink(),
        lambda folder: shutil.rmtree(folder / "figures"),
        lambda folder: (folder / ".DS_Store").write_bytes(b"\0\0\0\1Bud1"),
        lambda folder: (folder / "model.txt").write_text("the model of May"),
    ],
    ids=["edited", "removed", "without figures", "seen by a Mac", "with a note"],
)
def test_a_model_with_an_edited_card_predicts(ser, edited, change):
    change(edited)
    answer = ser("predict", edited, save(edited.parent / "a.wav", voice(1, "sad")))
    assert answer.code == 0, answer.err
    assert "a.wav" in answer.out


def test_an_altered_model_does_not_predict(ser, edited):
    with (edited / "model.npz").open("ab") as file:
        file.write(b" ")
    answer = ser("predict", edited, save(edited.parent / "a.wav", voice(1, "sad")))
    assert (answer.code, answer.out) == (2, "")
    assert "model.npz was altered: its SHA-256 is not the one in artifact.json" in answer.err


@pytest.mark.long
def test_a_training_over_an_edited_model_keeps_the_edits(ser, edited, store_root):
    (edited / "notes.txt").write_text("ours")
    answer = ser("train", "--model", "logistic", "--store", store_root, "--out", edited)
    assert answer.code == 0, answer.err
    assert f"{edited / 'README.md'} was edited: it stays as README.kept.md" in answer.err
    assert "ethics" in (edited / "README.kept.md").read_text()
    assert "ethics" not in (edited / "README.md").read_text()
    assert (edited / "notes.txt").read_text() == "ours"
    assert ser("predict", edited, save(edited.parent / "a.wav", voice(1, "sad"))).code == 0


def test_a_share_without_locks_is_written_to_and_named(ser, corpus, monkeypatch):
    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)
    store = corpus.parent / "s"
    answer = ser("extract", "--datasets", corpus, "--store", store, "--workers", 1)
    assert answer.code == 0, answer.err
    note = f"{store} has no locks: run no two extractions of the same corpus into it at once"
    assert answer.err.splitlines().count(note) == 1


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("models show CNN-LSTM", "cnn_lstm: "),
        ("Models Show cnnlstm --JSON", '"name": "cnn_lstm"'),
        ("corpora RAVDESS --Json", '"name": "ravdess"'),
    ],
)
def test_case_and_hyphens_do_not_count(ser, words, right):
    answer = ser(*words.split())
    assert answer.code == 0, answer.err
    assert right in answer.out


@pytest.mark.parametrize(
    ("words", "nearest"),
    [
        ("models show cnn_lst", "unknown model 'cnn_lst': did you mean 'cnn_lstm'? expected one of"),
        ("train --model Rigde --store x", "unknown model 'Rigde': did you mean 'ridge'? expected one of"),
        (
            "extract --datasets t.csv --store x --profile speach16k",
            "unknown profile 'speach16k': did you mean 'speech16k'? expected one of",
        ),
        (
            "extract --datasets t.csv --store x --features functional",
            "unknown feature family 'functional': did you mean 'functionals'? expected one of",
        ),
        ("reproduce multi_corpus_mpl", "unknown recipe 'multi_corpus_mpl': did you mean 'multi_corpus_mlp'?"),
    ],
)
def test_the_nearest_word_is_named(ser, corpus, monkeypatch, words, nearest):
    monkeypatch.chdir(corpus.parent)
    answer = ser(*words.split())
    assert (answer.code, answer.out) == (2, "")
    assert nearest in answer.err


def test_a_path_of_windows_is_named(ser, model):
    answer = ser("predict", model, r"C:\calls\a.wav")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "error: C:\\calls\\a.wav is a path of Windows: expected one with /, and in WSL /mnt/c/ for C:\\: "
        "write it so\n"
    )


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("plot distribution pitch_mean --store {store} --out {out}/a.png", "a.png"),
        ("plot confusion {model} --out {out}/a.svg", "a.svg"),
        ("store export --format csv --store {store} --out {out}/a.csv", "a.csv"),
        ("explain {model} --store {store} --repeats 1 --out {out}", "importance.png"),
    ],
)
@pytest.mark.long
def test_an_output_replaces_what_ser_wrote_and_nothing_else(ser, model, store_root, tmp_path, words, name):
    line = words.format(store=store_root, model=model, out=tmp_path).split()
    (tmp_path / name).write_text("my thesis")
    answer = ser(*line)
    assert (answer.code, answer.out) == (2, "")
    message = (
        f"{tmp_path / name} exists and was not written by ser: pass another --out, or --force to replace it"
    )
    assert answer.err == f"error: {message}\n"
    assert (tmp_path / name).read_text() == "my thesis"
    assert ser(*line, "--force").code == 0
    assert ser(*line).code == 0
