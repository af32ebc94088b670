"""A run over many files that dies goes on where it stood, and ends as if it had not."""

import multiprocessing
import os
import signal
import time

import pandas as pd
import pytest

from ser_features.errors import InputError, StoreError
from ser_models import inference
from ser_models.experiments.train import Plan, run
from ser_models.inference import journal
from ser_models.inference.files import listed
from ser_models.inference.journal import answer_into


@pytest.fixture(scope="module")
def predictor(store_root, tmp_path_factory):
    out = tmp_path_factory.mktemp("artifacts") / "logistic"
    run(store_root, out, Plan("logistic"))
    return inference.load(out)


@pytest.fixture
def files(recordings):
    return listed([recordings])


@pytest.fixture
def asked(monkeypatch):
    """Names of the files that are recognised, in this process alone."""
    names = []
    monkeypatch.setattr(
        journal, "recognise", lambda predictor, files, **words: _noting(predictor, files, names)
    )
    return names


def _noting(predictor, files, names):
    for file in files:
        names.append(file.path.name)
        if len(names) == 20:
            raise KeyboardInterrupt
        yield predictor.predict(file.path)


def test_what_was_answered_is_not_asked_again(predictor, files, asked, tmp_path):
    out = tmp_path / "answers.csv"
    with pytest.raises(KeyboardInterrupt):
        answer_into(out, predictor, files, form="csv")
    assert not out.exists()
    seen = []
    told = answer_into(out, predictor, files, form="csv", watch=lambda *counts: seen.append(counts))
    assert (told.count, told.before, told.refused) == (72, 19, [])
    assert seen[0] == (19, 19)
    assert seen[-1] == (19, 72)
    assert len(asked) == 20 + 72 - 19
    assert pd.read_csv(out)["file"].tolist() == [str(file.path) for file in files]
    assert [path.name for path in tmp_path.iterdir()] == ["answers.csv"]


def test_a_killed_run_ends_like_an_unbroken_one(predictor, files, tmp_path):
    answer_into(tmp_path / "unbroken.csv", predictor, files, form="csv", workers=1)
    out = tmp_path / "broken.csv"
    child = multiprocessing.get_context("fork").Process(target=_slowly, args=(out, predictor, files))
    child.start()
    partial = tmp_path / ".broken.csv.partial"
    while not partial.exists() or partial.read_bytes().count(b"\n") < 10:
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    with partial.open("ab") as file:
        file.write(b'{"stamp": [1, 2], "answer": {"fi')
    told = answer_into(out, predictor, files, form="csv", workers=1)
    assert told.before >= 9
    # Not to the last bit: processes with more threads sum in another order.
    pd.testing.assert_frame_equal(pd.read_csv(out), pd.read_csv(tmp_path / "unbroken.csv"), rtol=1e-6)


def _slowly(out, predictor, files):
    slow = lambda predictor, files, **words: (predictor.predict(file.path) for file in files)  # noqa: E731
    journal.recognise = slow
    answer_into(out, predictor, files, form="csv")


def test_another_question_begins_anew(predictor, files, asked, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        answer_into(tmp_path / "a.json", predictor, files, form="json")
    told = answer_into(tmp_path / "a.json", predictor, files[:30], form="json", top=1)
    assert told.before == 0


def test_a_file_that_changed_is_asked_again(predictor, recordings, asked, tmp_path):
    for name in ("s0_sad_0.wav", "s0_sad_1.wav"):
        (tmp_path / name).write_bytes((recordings / name).read_bytes())
    missing = tmp_path / "z.wav"
    files = listed([tmp_path / "s0_sad_0.wav", tmp_path / "s0_sad_1.wav", missing])
    asked += ["some"] * 17  # the third file ends the run
    with pytest.raises(KeyboardInterrupt):
        answer_into(tmp_path / "a.csv", predictor, files, form="csv")
    (tmp_path / "s0_sad_1.wav").write_bytes((recordings / "s0_angry_1.wav").read_bytes())
    asked.clear()
    told = answer_into(tmp_path / "a.csv", predictor, files, form="csv")
    assert asked == ["s0_sad_1.wav", "z.wav"]
    assert told.before == 1
    assert [each.file for each in told.refused] == [str(missing)]


def test_two_runs_do_not_write_one_file(predictor, files, tmp_path):
    other = journal.Journal(tmp_path / ".a.csv.partial", {})
    with pytest.raises(InputError, match=r"a\.csv\.partial is being written by another run: wait for it"):
        answer_into(tmp_path / "a.csv", predictor, files, form="csv")
    other.close()


def test_a_place_that_cannot_be_written_is_one_line(predictor, files, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="the answers cannot be written"):
        answer_into(tmp_path / "file" / "a.csv", predictor, files, form="csv")


def test_warnings_are_counted(predictor, recordings, tmp_path):
    told = answer_into(tmp_path / "a.csv", predictor, listed([recordings / "s0_sad_0.wav"]), form="csv")
    found = predictor.predict(recordings / "s0_sad_0.wav").warning
    assert dict(told.warnings) == ({found: 1} if found else {})
