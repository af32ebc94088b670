"""Many files are recognised in order by processes, any of which may die."""

import os
import subprocess
import sys

import pytest
import soundfile

from ser_features.errors import SerError
from ser_features.workers import pool
from ser_models.inference import PredictOptions, parallel
from ser_models.inference.collect import AudioFile
from ser_models.inference.parallel import CHUNK, MIN_PARALLEL, predict_files

OPTIONS = PredictOptions()
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
"""Stands for a crash in C code, or for the kernel that ends a process that uses too much memory."""


@pytest.fixture
def poisoned(recordings, tmp_path, monkeypatch):
    """Return a function that writes a file that kills the worker process that decodes it."""
    (tmp_path / "sitecustomize.py").write_text(DEADLY)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))

    def write(name):
        signal, rate = soundfile.read(recordings / "s0_sad_0.wav")
        soundfile.write(tmp_path / name, signal, rate)
        with soundfile.SoundFile(tmp_path / name, "r+") as file:
            file.comment = POISON
        return AudioFile(tmp_path / name)

    return write


def summary(predictions):
    return [(prediction.file, prediction.emotion, prediction.error) for prediction in predictions]


def test_workers_return_the_predictions_of_one_process_in_order(predictor, files):
    assert len(files) == 72 > CHUNK * 4 > MIN_PARALLEL
    alone = predictor.predict([file.path for file in files])
    assert summary(predict_files(predictor, files, OPTIONS, workers=2)) == summary(alone)
    assert all(prediction.top for prediction in alone)


@pytest.mark.parametrize(
    ("name", "store"),
    [("logistic", "store_root"), pytest.param("best", "whole_store_root", marks=pytest.mark.long)],
)
def test_few_files_start_no_process(recordings, artifact_of, name, store):
    """The cold start of `ser predict` imports neither the worker pool nor the extraction engine."""
    code = (
        "import sys; from ser_cli.main import main\n"
        "try: main(['predict', *sys.argv[1:]])\n"
        "finally: print(sorted({'loky', 'ser_features.engine', 'ser_features.workers'} & set(sys.modules)))"
    )
    files = sorted(recordings.glob("*.wav"))[:2]
    command = [sys.executable, "-c", code, str(artifact_of(name, store=store)), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_few_files_are_recognised_in_this_process(predictor, files, monkeypatch):
    monkeypatch.setattr(pool, "Pool", None)
    assert len(list(predict_files(predictor, files[: MIN_PARALLEL - 1], OPTIONS))) == MIN_PARALLEL - 1


@pytest.mark.parametrize(
    ("workers", "positions"),
    [(2, [10]), *(pytest.param(workers, [10, 35], marks=pytest.mark.long) for workers in (1, 2))],
)
def test_a_file_that_kills_its_worker_is_refused_and_the_others_are_recognised(
    predictor, files, poisoned, workers, positions
):
    files = files[: positions[-1] + 10]
    count = len(files)
    for position in positions:
        files.insert(position, poisoned(f"{position}.wav"))
    predictions = list(predict_files(predictor, files, OPTIONS, workers=workers))
    assert [prediction.file for prediction in predictions] == [str(file.path) for file in files]
    refused = {prediction.file: prediction.error for prediction in predictions if prediction.error}
    assert set(refused) == {str(files[position].path) for position in positions}
    message = "it killed its worker process twice (crash or memory)"
    assert all(error.startswith(message) for error in refused.values())
    assert sum(prediction.verdict is not None for prediction in predictions) == count


def test_a_file_with_a_problem_is_refused_for_it(predictor, files):
    bad = AudioFile(files[0].path.with_name("linked.wav"), "link that leads out of the corpus folder")
    predictions = predict_files(predictor, [files[0], bad, files[1]], OPTIONS)
    assert [prediction.error for prediction in predictions] == [None, bad.problem, None]


def test_workers_that_cannot_start_are_an_error(predictor, files, monkeypatch):
    # `os.kill` lacks an argument; any exception of the initialiser ends the worker.
    monkeypatch.setattr(parallel, "_load_model", os.kill)
    with pytest.raises(SerError, match=r"worker processes die as they load .*: free memory, or pass fewer"):
        list(predict_files(predictor, files, OPTIONS, workers=1))
