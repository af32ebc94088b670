"""A run over many files that is killed is resumed, and ends as if it had not been."""

import multiprocessing
import os
import signal
import time

import pandas as pd
import pytest

from ser_features.errors import InputError, StoreError
from ser_models.inference import PredictOptions, prediction_cache
from ser_models.inference.collect import find_audio
from ser_models.inference.prediction_cache import predict_into_file

OPTIONS = PredictOptions()


@pytest.fixture
def recognised(monkeypatch):
    """Names of the recognised files; the 20th interrupts the run."""
    names = []

    def predict_files(predictor, files, options, **run):
        for file in files:
            names.append(file.path.name)
            if len(names) == 20:
                raise KeyboardInterrupt
            yield predictor.predict(file.path)

    monkeypatch.setattr(prediction_cache, "predict_files", predict_files)
    return names


def test_a_resumed_run_recognises_only_what_is_missing(predictor, files, recognised, tmp_path):
    out = tmp_path / "predictions.csv"
    with pytest.raises(KeyboardInterrupt):
        predict_into_file(out, predictor, files, OPTIONS, form="csv")
    assert not out.exists()
    progress = []
    summary = predict_into_file(
        out, predictor, files, OPTIONS, form="csv", progress=lambda *counts: progress.append(counts)
    )
    assert (summary.count, summary.cached, summary.refused) == (72, 19, [])
    assert (progress[0], progress[-1]) == ((19, 19), (19, 72))
    assert len(recognised) == 20 + 72 - 19
    assert pd.read_csv(out)["file"].tolist() == [str(file.path) for file in files]
    assert [path.name for path in tmp_path.iterdir()] == ["predictions.csv"]


def test_a_killed_run_ends_like_an_unbroken_one(predictor, files, tmp_path):
    files = files[:30]
    predict_into_file(tmp_path / "unbroken.csv", predictor, files, OPTIONS, form="csv", workers=1)
    out = tmp_path / "broken.csv"
    child = multiprocessing.get_context("fork").Process(target=_slowly, args=(out, predictor, files))
    child.start()
    partial = tmp_path / ".broken.csv.partial"
    while not partial.exists() or partial.read_bytes().count(b"\n") < 10:
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    with partial.open("ab") as file:
        file.write(b'{"stamp": [1, 2], "prediction": {"fi')
    summary = predict_into_file(out, predictor, files, OPTIONS, form="csv", workers=1)
    assert summary.cached >= 9
    # Not to the last bit: processes with more threads sum in another order.
    pd.testing.assert_frame_equal(pd.read_csv(out), pd.read_csv(tmp_path / "unbroken.csv"), rtol=1e-6)


def _slowly(out, predictor, files):
    def predict_files(predictor, files, options, **run):
        return (predictor.predict(file.path) for file in files)

    prediction_cache.predict_files = predict_files
    predict_into_file(out, predictor, files, OPTIONS, form="csv")


@pytest.mark.parametrize("other", [{"top": 1}, {"windows": True}, {"win_dur": 2.0}, {"abstain_below": 0.5}])
def test_other_options_start_anew(predictor, files, recognised, tmp_path, other):
    recognised += ["earlier"] * 17
    with pytest.raises(KeyboardInterrupt):
        predict_into_file(tmp_path / "a.json", predictor, files, OPTIONS, form="json")
    summary = predict_into_file(
        tmp_path / "a.json", predictor, files[:3], PredictOptions(**other), form="json"
    )
    assert (summary.count, summary.cached) == (3, 0)


@pytest.fixture
def two_files(recordings, tmp_path):
    for name in ("1.wav", "2.wav"):
        (tmp_path / name).write_bytes((recordings / "s0_sad_0.wav").read_bytes())
        os.utime(tmp_path / name, ns=(0, time.time_ns() - 10**10))  # settled
    return find_audio([tmp_path / "1.wav", tmp_path / "2.wav", tmp_path / "missing.wav"])


def test_a_changed_file_is_recognised_again(predictor, two_files, recordings, recognised, tmp_path):
    recognised += ["earlier"] * 17  # the third file interrupts the run
    with pytest.raises(KeyboardInterrupt):
        predict_into_file(tmp_path / "a.csv", predictor, two_files, OPTIONS, form="csv")
    (tmp_path / "2.wav").write_bytes((recordings / "s0_angry_1.wav").read_bytes())
    recognised.clear()
    summary = predict_into_file(tmp_path / "a.csv", predictor, two_files, OPTIONS, form="csv")
    assert recognised == ["2.wav", "missing.wav"]
    assert summary.cached == 1
    assert [prediction.file for prediction in summary.refused] == [str(tmp_path / "missing.wav")]


def test_a_file_that_changes_while_it_is_recognised_is_recognised_again(
    predictor, two_files, recordings, monkeypatch, tmp_path
):
    def predict_files(predictor, files, options, **run):
        for file in files[:2]:
            prediction = predictor.predict(file.path)
            if file.path.name == "2.wav":
                file.path.write_bytes((recordings / "s0_angry_1.wav").read_bytes())
            yield prediction
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(prediction_cache, "predict_files", predict_files)
        with pytest.raises(KeyboardInterrupt):
            predict_into_file(tmp_path / "a.csv", predictor, two_files, OPTIONS, form="csv")
    summary = predict_into_file(tmp_path / "a.csv", predictor, two_files, OPTIONS, form="csv")
    assert summary.cached == 1
    current = predictor.predict(tmp_path / "2.wav")
    assert pd.read_csv(tmp_path / "a.csv")["confidence"][1] == pytest.approx(current.confidence)


def test_two_runs_do_not_write_one_file(predictor, files, tmp_path):
    other = prediction_cache.PredictionCache(tmp_path / ".a.csv.partial", {})
    with pytest.raises(InputError, match=r"a\.csv\.partial is being written by another run: wait for it"):
        predict_into_file(tmp_path / "a.csv", predictor, files, OPTIONS, form="csv")
    other.close()


def test_a_path_that_cannot_be_written_is_one_line(predictor, files, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="the predictions cannot be written"):
        predict_into_file(tmp_path / "file" / "a.csv", predictor, files, OPTIONS, form="csv")


def test_warnings_are_counted(predictor, recordings, tmp_path):
    one = find_audio([recordings / "s0_sad_0.wav"])
    summary = predict_into_file(tmp_path / "a.csv", predictor, one, OPTIONS, form="csv")
    warning = predictor.predict(recordings / "s0_sad_0.wav").warning
    assert dict(summary.warnings) == ({warning: 1} if warning else {})
