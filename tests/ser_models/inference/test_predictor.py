"""Prediction goes the way of training: a stored recording gets its stored answer."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from ser_features.config import profile
from ser_features.errors import ArtifactError
from ser_features.pipeline import Features, extract
from ser_models import inference
from ser_models.data.inputs import ChunkInputs, ColumnInputs, FrameInputs
from ser_models.experiments.train import Plan, run
from ser_models.models import MODELS
from ser_models.models import create as create_model

QUICK = {"epochs": 1, "n_estimators": 10, "length": 12, "filters": (4, 4, 8, 8)}


@pytest.fixture(scope="module", params=[name for name in MODELS if name != "ridge_ssl"])  # test_encoded.py
def artifact(request, whole_store_root, tmp_path_factory):
    out = tmp_path_factory.mktemp("artifacts") / request.param
    known = create_model(request.param).hyperparameters()
    run(whole_store_root, out, Plan(request.param, {key: QUICK[key] for key in known if key in QUICK}))
    return out


def test_every_recording_gets_its_stored_answer(artifact, recordings):
    stored = pd.read_parquet(artifact / "predictions.parquet").sample(8, random_state=0)
    predictions = inference.load(artifact).predict([recordings / path for path in stored["path"]])
    for prediction, (_, row) in zip(predictions, stored.iterrows(), strict=True):
        expected = [row[f"p_{label}"] for label in prediction.probabilities]
        np.testing.assert_allclose(list(prediction.probabilities.values()), expected, atol=1e-5)
        assert prediction.emotion == row["predicted"]


def test_attention_is_of_the_recordings_own_frames(artifact, recordings):
    predictor = inference.load(artifact)
    metadata = predictor.artifact.metadata
    families = predictor.artifact.model.inputs.families
    for name in ("s0_sad_0.wav", "s1_angry_3.wav"):
        features = extract(recordings / name, profile(metadata.profile), families)
        weights = predictor.attention(features)
        if metadata.model not in ("bone_conducted_transformer", "attention_cnn_bilstm"):
            assert weights is None
            continue
        frames = len(features.frames["mel"])
        assert frames > QUICK["length"], "the model hears the middle only"
        assert weights.shape == (frames,)
        assert weights.sum() == pytest.approx(1)
        start = (frames - QUICK["length"]) // 2
        heard = (np.arange(frames) >= start) & (np.arange(frames) < start + QUICK["length"])
        np.testing.assert_array_equal(weights > 0, heard)


@pytest.fixture(scope="module")
def predictor(store_root, tmp_path_factory):
    out = tmp_path_factory.mktemp("artifacts") / "logistic"
    run(store_root, out, Plan("logistic"))
    return inference.load(out)


def test_a_prediction_ranks_its_emotions(predictor, recordings):
    [prediction] = predictor.predict([recordings / "s0_sad_0.wav"], top=2)
    assert prediction.file == str(recordings / "s0_sad_0.wav")
    assert list(prediction.probabilities) == ["angry", "neutral", "sad"]
    assert sum(prediction.probabilities.values()) == pytest.approx(1)
    assert prediction.top[0]["emotion"] == prediction.emotion
    assert prediction.top[0]["probability"] == prediction.confidence >= prediction.top[1]["probability"]
    assert len(prediction.top) == 2
    assert "error" not in prediction.to_json()


def test_a_refused_file_has_its_reason_and_the_others_their_answer(predictor, recordings, tmp_path):
    silent, text = tmp_path / "silent.wav", tmp_path / "notes.wav"
    soundfile.write(silent, np.zeros(16_000), 16_000)
    text.write_text("not audio at all")
    files = [silent, recordings / "s0_sad_0.wav", text, Path("nowhere.wav")]
    first, good, third, fourth = predictor.predict(files)
    assert good.emotion
    assert good.error is None
    for refused in (first, third, fourth):
        assert refused.emotion is None
        assert refused.probabilities == {}
        assert refused.to_json()["error"] == refused.error
    assert "silence" in first.error or "zero" in first.error


def test_the_features_of_some_files_only_are_in_memory(predictor, recordings, monkeypatch):
    waiting = []
    told = inference.Predictor.probabilities
    monkeypatch.setattr(
        inference.Predictor, "probabilities", lambda self, raw: waiting.append(len(raw)) or told(self, raw)
    )
    files = sorted(recordings.glob("*.wav"))[: 2 * inference.FILES_AT_ONCE + 1]
    assert [each.file for each in predictor.predict(files)] == [str(file) for file in files]
    assert waiting == [inference.FILES_AT_ONCE, inference.FILES_AT_ONCE, 1]


def test_nothing_good_is_no_error(predictor, tmp_path):
    (tmp_path / "empty.wav").touch()
    [prediction] = predictor.predict([tmp_path / "empty.wav"])
    assert "0 bytes" in prediction.error


def test_synthetic_speech_is_warned_of(predictor, recordings):
    [prediction] = predictor.predict([recordings / "s0_sad_0.wav"])
    assert prediction.warning is None
    metadata = replace(predictor.artifact.metadata, synthetic=True)
    synthetic = inference.Predictor(replace(predictor.artifact, metadata=metadata))
    [prediction] = synthetic.predict([recordings / "s0_sad_0.wav"])
    assert prediction.warning == "trained on synthetic speech: says nothing about people's emotions"


def test_labels_that_do_not_fit_the_model_are_refused(predictor, recordings):
    metadata = replace(predictor.artifact.metadata, labels=["angry", "sad"])
    spoiled = inference.Predictor(replace(predictor.artifact, metadata=metadata))
    with pytest.raises(ArtifactError, match="has 2 labels for a model of 3 classes"):
        spoiled.predict([recordings / "s0_sad_0.wav"])


def test_a_long_recording_is_not_wholly_heard_by_a_network():
    frames = {"mel": np.zeros((600, 4), np.float32)}
    features = Features({}, frames, 6.0, 16_000, 1, "")
    assert FrameInputs(("mel",), 300).unheard(features) == "hears only the middle 3.0 s of 6.0 s"
    assert FrameInputs(("mel",), 600).unheard(features) is None
    assert ChunkInputs("mel", 3, 60).unheard(features) == "hears only the middle 1.8 s of 6.0 s"
    assert ChunkInputs("mel", 10, 60).unheard(features) is None
    assert ColumnInputs(("rms_mean",)).unheard(features) is None
