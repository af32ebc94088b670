"""Many files: answered in order by processes, of which any may die."""

import os

import pytest
import soundfile

from ser_features.errors import SerError
from ser_models import inference
from ser_models.experiments.train import Plan, run
from ser_models.inference import parallel
from ser_models.inference.files import Listed, listed
from ser_models.inference.parallel import CHUNK, FEW, recognise

POISON = "deadly"

DEADLY = f"""
import os, signal, soundfile
plain = soundfile.SoundFile.__init__
def deadly(self, file, *arguments, **named):
    plain(self, file, *arguments, **named)
    if self.comment == {POISON!r}:
        os.kill(os.getpid(), signal.SIGKILL)
soundfile.SoundFile.__init__ = deadly
"""
"""Stands for a crash in C code, or for the kernel that ends a process that takes too much memory."""


@pytest.fixture(scope="module")
def predictor(store_root, tmp_path_factory):
    out = tmp_path_factory.mktemp("artifacts") / "mlp"
    run(store_root, out, Plan("mlp", {"epochs": 1}))
    return inference.load(out)


@pytest.fixture
def files(recordings):
    return listed([recordings])


@pytest.fixture
def poisoned(recordings, tmp_path, monkeypatch):
    """Return a maker of a file that kills whoever decodes it, from now on."""
    (tmp_path / "sitecustomize.py").write_text(DEADLY)

    def make(name):
        signal, rate = soundfile.read(recordings / "s0_sad_0.wav")
        path = tmp_path / name
        soundfile.write(path, signal, rate)
        with soundfile.SoundFile(path, "r+") as file:
            file.comment = POISON
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
        return Listed(path)

    return make


def answers(predictions):
    return [(each.file, each.emotion, each.error) for each in predictions]


def test_processes_say_what_one_process_says_in_the_same_order(predictor, files):
    assert len(files) == 72 > CHUNK * 4 > FEW
    alone = predictor.predict([file.path for file in files])
    assert answers(recognise(predictor, files, workers=2)) == answers(alone)
    assert all(each.emotion for each in alone)


def test_few_files_start_no_process(predictor, files, monkeypatch):
    monkeypatch.setattr(parallel, "_in_workers", None)
    assert len(list(recognise(predictor, files[: FEW - 1]))) == FEW - 1


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_kills_its_worker_is_refused_and_the_others_are_answered(
    predictor, files, poisoned, workers
):
    poison, other = poisoned("poison.wav"), poisoned("other.wav")
    files[20:20], files[50:50] = [poison], [other]
    found = list(recognise(predictor, files, workers=workers))
    assert [each.file for each in found] == [str(file.path) for file in files]
    refused = {each.file: each.error for each in found if each.error}
    assert set(refused) == {str(poison.path), str(other.path)}
    assert refused[str(poison.path)].startswith("it killed its worker process twice (crash or memory)")
    assert sum(each.emotion is not None for each in found) == 72


def test_a_file_with_a_problem_is_refused_for_it(predictor, files):
    bad = Listed(files[0].path.with_name("linked.wav"), "link that leads out of the corpus folder")
    found = list(recognise(predictor, [files[0], bad, files[1]]))
    assert [each.error for each in found] == [None, bad.problem, None]


def test_workers_that_cannot_begin_are_an_error(predictor, files, monkeypatch):
    monkeypatch.setattr(
        parallel, "_begin", os.kill
    )  # lacks an argument, and whatever fails there ends the worker
    with pytest.raises(SerError, match=r"worker processes die as they load .*: free memory, or pass fewer"):
        list(recognise(predictor, files, workers=1))


def test_only_some_chunks_are_under_way_at_a_time(predictor, files, monkeypatch):
    """The first answers come before the last files are handed out."""
    handed = []
    submit = parallel._Crew._submit
    monkeypatch.setattr(
        parallel._Crew, "_submit", lambda crew, chunk: handed.append(chunk) or submit(crew, chunk)
    )
    found = recognise(predictor, files, workers=1)
    next(found)
    assert len(handed) == parallel.AHEAD
    assert len(list(found)) == 71
    assert len(handed) == 5
