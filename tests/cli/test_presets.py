"""`ser train --preset`: from recordings to a model in one command, and the model that was made so."""

import json

import pytest

from ser_models import load
from ser_models.artifact.metadata import METADATA_FILE
from ser_models.evaluation.result import read_result


@pytest.mark.long
def test_everything_is_what_the_data_root_has(ser, savee, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = ser("train", "--preset", "everything", "--data", savee, "--folds", 2, "--json")
    assert "extracting savee into data/everything" in answer.err
    result = read_result(tmp_path / "artifacts" / "everything")
    assert json.loads(answer.out)["model"] == result.model == "ridge"
    assert (result.datasets, result.protocol) == (("savee",), "speaker-disjoint, 2 folds")
    assert any("augmented copies, of training recordings only" in note for note in result.notes)


@pytest.mark.long
def test_a_fresh_training_gives_the_predictions_of_the_builtin_model(ser, real_data, tmp_path):
    """By the command of its card, with other folders; with the temperature that was fitted afterwards.

    Rounding errors of processors differ, and move single frames over a threshold, such as that of voicing:
    up to 0.003 between the AMD EPYC that the model was made on and an Intel Xeon.
    """
    words = ("--data", real_data, "--store", tmp_path / "store", "--out", tmp_path / "fresh")
    assert ser("train", "--preset", "builtin", *words).code == 0
    recordings = sorted((real_data / "emodb" / "wav").iterdir())[::40]
    path = tmp_path / "fresh" / METADATA_FILE
    temperature = load("builtin").artifact.metadata.temperature
    path.write_text(json.dumps({**json.loads(path.read_text()), "temperature": temperature}))
    fresh = load(tmp_path / "fresh").predict(recordings)
    for one, other in zip(load("builtin").predict(recordings), fresh, strict=True):
        assert other.emotion == one.emotion
        assert other.probabilities == pytest.approx(one.probabilities, abs=5e-3)


def test_predict_builtin_needs_nothing_else(ser, recordings):
    answer = ser("predict", "builtin", next(recordings.rglob("*.wav")), "--format", "json")
    [prediction] = json.loads(answer.out)
    assert prediction["top"][0]["emotion"] in load("builtin").labels
