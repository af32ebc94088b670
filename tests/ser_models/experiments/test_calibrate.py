"""The confidence of a model is fitted on other speakers: answers stay, probabilities change."""

import json
import shutil

import numpy as np
import pytest

from ser_features.errors import InputError
from ser_models import inference
from ser_models.experiments.calibrate import calibrate
from ser_models.experiments.evaluate import evaluate


@pytest.fixture(scope="module")
def artifact(artifact_of):
    return artifact_of("logistic")


@pytest.fixture
def too_confident(artifact, tmp_path):
    """The model with log-probabilities four times as large."""
    folder = tmp_path / "confident"
    shutil.copytree(artifact, folder)
    metadata = json.loads((folder / "artifact.json").read_text())
    (folder / "artifact.json").write_text(json.dumps({**metadata, "temperature": 0.25}))
    return folder


def test_an_overconfident_model_becomes_less_confident_and_predicts_the_same(
    too_confident, elsewhere_root, recordings, tmp_path
):
    out = tmp_path / "calibrated"
    result = calibrate(too_confident, elsewhere_root, None, out)
    assert result.recordings == evaluate(too_confident, elsewhere_root).unseen.n
    assert result.parts == "speaker"
    assert result.temperature > 1
    assert result.confidence[1] < result.confidence[0]
    wav = next(recordings.rglob("*.wav"))
    before, after = (inference.load(folder).predict(wav) for folder in (too_confident, out))
    assert (after.emotion, after.confidence < before.confidence) == (before.emotion, True)
    loaded = inference.load(out).artifact.metadata
    assert loaded.temperature == pytest.approx(0.25 * result.temperature)
    assert loaded.calibrated_on == ["elsewhere"]
    measured = evaluate(out, elsewhere_root).unseen.calibration.ece
    again = calibrate(out, elsewhere_root, None, out)
    assert abs(np.log(again.temperature)) < abs(np.log(result.temperature))
    card = (out / "README.md").read_text()
    assert card.count("## Confidence") == 1
    assert f"{again.recordings} recordings of {again.speakers} other speakers, of elsewhere" in card
    assert again.ece[0] == pytest.approx(measured)


def test_one_new_speaker_is_not_enough(artifact, elsewhere_root, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "ser_models.experiments.calibrate.is_unseen",
        lambda rows, trained_on: rows["speaker"] == rows["speaker"].iloc[0],
    )
    with pytest.raises(InputError, match=r"recordings of 1 speakers .* expected two speakers or more"):
        calibrate(artifact, elsewhere_root, None, tmp_path / "calibrated")
    assert not (tmp_path / "calibrated").exists()
