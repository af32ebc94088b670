"""Prediction and training compute the same: a stored recording gets its stored probabilities."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from ser_features.errors import ArtifactError
from ser_features.pipeline import Features, extract
from ser_models.data.frame_inputs import ChunkInputs, FrameInputs
from ser_models.data.inputs import ColumnInputs
from ser_models.inference import Predictor, load
from ser_models.inference.predictor import BATCH_FILES
from ser_models.models import MODELS
from tests.ser_models.tiny import TINY

CHEAP = ("logistic",)
"""The others are long tests."""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=() if name in CHEAP else pytest.mark.long)
        for name in MODELS
        if name != "ridge_ssl"  # tests/ser_models/experiments/test_encoded.py
    ],
)
def artifact(request, artifact_of):
    return artifact_of(request.param, "store_root" if request.param in CHEAP else "whole_store_root")


def test_a_recording_gets_its_stored_probabilities(artifact, recordings):
    stored = pd.read_parquet(artifact / "predictions.parquet").sample(8, random_state=0)
    predictions = load(artifact).predict([recordings / path for path in stored["path"]])
    for prediction, (_, row) in zip(predictions, stored.iterrows(), strict=True):
        expected = [row[f"p_{label}"] for label in prediction.probabilities]
        np.testing.assert_allclose(list(prediction.probabilities.values()), expected, atol=1e-5)
        assert prediction.emotion == row["predicted"]


def test_attention_weights_frames_of_the_input_only(artifact, recordings):
    predictor = load(artifact)
    families = predictor.artifact.model.inputs.families
    for name in ("s0_sad_3.wav", "s1_angry_3.wav"):
        features = extract(recordings / name, predictor.profile, families)
        weights = predictor.attention(features)
        if predictor.artifact.metadata.model not in ("bone_conducted_transformer", "attention_cnn_bilstm"):
            assert weights is None
            continue
        frames = len(features.frames["mel"])
        assert frames > TINY["length"], "the model reads only the middle"
        assert weights.shape == (frames,)
        assert weights.sum() == pytest.approx(1)
        start = (frames - TINY["length"]) // 2
        read = (np.arange(frames) >= start) & (np.arange(frames) < start + TINY["length"])
        np.testing.assert_array_equal(weights > 0, read)


def test_a_prediction_ranks_its_emotions(predictor, recordings):
    [prediction] = predictor.predict([recordings / "s0_sad_0.wav"], top=2)
    assert prediction.file == str(recordings / "s0_sad_0.wav")
    assert list(prediction.probabilities) == ["angry", "neutral", "sad"]
    assert sum(prediction.probabilities.values()) == pytest.approx(1)
    assert prediction.top[0]["emotion"] == prediction.emotion
    assert prediction.top[0]["probability"] == prediction.confidence >= prediction.top[1]["probability"]
    assert len(prediction.top) == 2
    assert "error" not in prediction.to_json()


def test_a_refused_file_has_its_reason_and_the_others_are_recognised(predictor, recordings, tmp_path):
    silent, text, empty = tmp_path / "silent.wav", tmp_path / "notes.wav", tmp_path / "empty.wav"
    soundfile.write(silent, np.zeros(16_000), 16_000)
    text.write_text("not audio at all")
    empty.touch()
    first, good, *others = predictor.predict(
        [silent, recordings / "s0_sad_0.wav", text, Path("nowhere.wav"), empty]
    )
    assert good.emotion
    assert good.error is None
    for refused in (first, *others):
        assert refused.emotion is None
        assert refused.probabilities == {}
        assert refused.to_json()["error"] == refused.error
    assert "silence" in first.error or "zero" in first.error
    [alone] = predictor.predict([empty])
    assert "0 bytes" in alone.error


def test_the_features_of_few_files_are_in_memory(predictor, recordings, monkeypatch):
    sizes = []
    probabilities = Predictor.probabilities
    monkeypatch.setattr(
        Predictor, "probabilities", lambda self, raw: sizes.append(len(raw)) or probabilities(self, raw)
    )
    files = sorted(recordings.glob("*.wav"))[: 2 * BATCH_FILES + 1]
    assert [prediction.file for prediction in predictor.predict(files)] == [str(file) for file in files]
    assert sizes == [BATCH_FILES, BATCH_FILES, 1]


def test_windows_have_the_requested_length_and_hop(predictor, joined):
    prediction = predictor.predict(joined("s1_angry_3.wav", 9), windows=True)
    bounds = [(window.start, window.end) for window in prediction.windows]
    assert bounds == [(0, 3), (1, 4), (2, 5), (2.85, 5.85)]
    for window in prediction.windows:
        assert window.emotion == max(window.probabilities, key=window.probabilities.get)
        assert set(window.probabilities) == set(predictor.labels)
    shorter = predictor.predict(joined("s1_angry_3.wav", 9), windows=True, win_dur=2.0, hop_dur=2.0)
    assert [(window.start, window.end) for window in shorter.windows] == [(0, 2), (2, 4), (3.85, 5.85)]
    table = predictor.table([joined("s1_angry_3.wav", 9)], windows=True, win_dur=2.0, hop_dur=2.0)
    assert table[["start", "end"]].to_numpy().tolist() == [[0, 2], [2, 4], [3.85, 5.85]]


def test_synthetic_speech_gives_a_warning(predictor, recordings):
    assert predictor.predict(recordings / "s0_sad_0.wav").warning is None
    metadata = replace(predictor.artifact.metadata, synthetic=True)
    synthetic = Predictor(replace(predictor.artifact, metadata=metadata))
    warning = synthetic.predict(recordings / "s0_sad_0.wav").warning
    assert warning == "trained on synthetic speech: says nothing about people's emotions"


def test_labels_that_do_not_fit_the_model_are_refused(predictor, recordings):
    metadata = replace(predictor.artifact.metadata, labels=["angry", "sad"])
    spoiled = Predictor(replace(predictor.artifact, metadata=metadata))
    with pytest.raises(ArtifactError, match="has 2 labels for a model of 3 classes"):
        spoiled.predict([recordings / "s0_sad_0.wav"])


def test_a_network_reads_only_the_middle_of_a_long_recording():
    frames = {"mel": np.zeros((600, 4), np.float32)}
    features = Features({}, frames, 6.0, 16_000, 1, "")
    assert FrameInputs(("mel",), 300).unused(features) == "uses only the middle 3.0 s of 6.0 s"
    assert FrameInputs(("mel",), 600).unused(features) is None
    assert ChunkInputs("mel", 3, 60).unused(features) == "uses only the middle 1.8 s of 6.0 s"
    assert ChunkInputs("mel", 10, 60).unused(features) is None
    assert ColumnInputs(("rms_mean",)).unused(features) is None
