"""All that is seen of a recording is that of its features and its answer."""

import numpy as np
import pytest
import soundfile

from ser_features.errors import AudioError
from ser_features.extractors import CORE_COLUMNS
from ser_models.experiments.train import Plan, run
from ser_models.inference.inspection import hear
from ser_models.inference.predictor import load


@pytest.fixture(scope="module", params=["logistic", "bone_conducted_transformer"])
def predictor(request, whole_store_root, tmp_path_factory):
    out = tmp_path_factory.mktemp("artifacts") / request.param
    quick = {"epochs": 1} if request.param != "logistic" else {}
    run(whole_store_root, out, Plan(request.param, quick))
    return load(out)


def test_a_recording(predictor, recordings):
    path = recordings / "s0_sad_0.wav"
    heard = hear(predictor, path.read_bytes(), path.name)
    direct = predictor.predict(path)
    assert heard.prediction.emotion == direct.emotion
    assert heard.prediction.probabilities == pytest.approx(direct.probabilities)
    assert heard.prediction.distance == pytest.approx(direct.distance)
    assert len(heard.prediction.top) == len(predictor.labels)
    assert heard.seconds == pytest.approx(0.5)
    assert heard.signal.size / heard.sample_rate + heard.start_sec <= heard.seconds + 0.01
    assert heard.mel.shape == (heard.pitch.size, predictor.profile.frames.n_mels)
    assert list(heard.columns) == [column.name for column in CORE_COLUMNS]
    assert all(0 <= value <= 100 for value in heard.percentiles.values())
    assert set(heard.percentiles) == {name for name, value in heard.columns.items() if not np.isnan(value)}
    assert (heard.attention is None) == (predictor.artifact.metadata.model == "logistic")


def test_what_is_trimmed_is_told(predictor, recordings, tmp_path):
    signal, rate = soundfile.read(recordings / "s0_sad_3.wav")
    soundfile.write(tmp_path / "late.wav", np.concatenate([np.zeros(rate), signal, np.zeros(rate)]), rate)
    heard = hear(predictor, (tmp_path / "late.wav").read_bytes(), "late.wav")
    assert heard.start_sec == pytest.approx(1, abs=0.1)
    assert heard.seconds == pytest.approx(2.65)


def test_a_long_recording_has_a_timeline(predictor, recordings, tmp_path):
    signal, rate = soundfile.read(recordings / "s1_angry_3.wav")
    soundfile.write(tmp_path / "long.wav", np.tile(signal, 9), rate)
    [first, *_] = timeline = hear(predictor, (tmp_path / "long.wav").read_bytes(), "x").prediction.timeline
    assert len(timeline) == 4
    assert (first["start"], first["end"]) == (0, 3)
    assert set(first["probabilities"]) == set(predictor.labels)
    assert first["emotion"] == max(first["probabilities"], key=first["probabilities"].get)


def test_bad_audio_is_refused(predictor):
    with pytest.raises(AudioError, match="0 bytes"):
        hear(predictor, b"", "empty.wav")
