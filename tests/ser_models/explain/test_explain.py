"""Explanations of trained models: of which recordings, by which method, written where."""

import dataclasses
import shutil

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
import xgboost

from ser_features.engine import extract_corpora
from ser_features.errors import AudioError, InputError
from ser_features.extractors.topics import topic_of
from ser_features.pipeline import extract
from ser_models import inference
from ser_models.explain import explain_model, explain_recording, save
from ser_models.explain.held_out import held_out
from ser_models.explain.result import Importance
from ser_models.explain.save import check_folder
from tests.faults.serial import Serial

METHODS = {
    "xgboost": "shap",
    "logistic": "permutation",
    "fisher_vectors": "permutation",
    "cnn_lstm": "permutation",
}
SLOW = ("cnn_lstm", "fisher_vectors")
EXPLAINED = [pytest.param(name, marks=pytest.mark.long if name in SLOW else ()) for name in METHODS]


@pytest.fixture(scope="module")
def importance(artifact_of, store_root):
    """Return a function that explains a model, each once."""
    explained = {}

    def explain(name):
        if name not in explained:
            explained[name] = explain_model(artifact_of(name), store_root, repeats=2)
        return explained[name]

    return explain


@pytest.fixture(scope="module")
def predictor(artifact_of):
    return inference.load(artifact_of("xgboost"))


@pytest.fixture(scope="module")
def splits(artifact_of):
    return pd.read_parquet(artifact_of("xgboost") / "splits.parquet")


@pytest.mark.parametrize("name", EXPLAINED)
def test_importance(importance, name):
    explanation = importance(name)
    assert explanation.method == METHODS[name]
    assert explanation.repeats == (0 if explanation.method == "shap" else 2)
    assert explanation.table["importance"].is_monotonic_decreasing
    assert np.isfinite(explanation.table["importance"]).all()
    assert explanation.table["feature"].is_unique
    assert 0 <= explanation.uar <= 1
    assert explanation.chance == pytest.approx(1 / 3)


@pytest.mark.parametrize("name", ["xgboost", "logistic"])
def test_importance_is_deterministic(artifact_of, store_root, importance, name):
    again = explain_model(artifact_of(name), store_root, repeats=2)
    pd.testing.assert_frame_equal(again.table, importance(name).table)


def test_training_recordings_are_left_out(predictor, store_root, splits, importance):
    selected = held_out(predictor.artifact, store_root)
    train = set(splits.loc[splits["split"] == "train", "file_id"])
    assert train
    assert not train & set(selected.examples.rows["file_id"])
    assert len(selected.examples) == 72 - len(train) == importance("xgboost").n
    counts = splits["split"].value_counts()
    assert selected.description == (
        f"{72 - len(train)} recordings of {splits[splits['split'] != 'train']['speaker'].nunique()} speakers "
        f"outside of the training data ({counts['test']} in the test set, {counts['validation']} in the "
        "validation set, which was used for early stopping)"
    )


def test_the_same_audio_under_another_name_counts_as_trained_on(predictor, recordings, splits, tmp_path):
    shutil.copytree(recordings, tmp_path / "copy")
    (tmp_path / "copy" / "own.csv").rename(tmp_path / "copy" / "other.csv")
    extract_corpora(
        [str(tmp_path / "copy" / "other.csv")], data=tmp_path, store=tmp_path / "s", runner=Serial()
    )
    selected = held_out(predictor.artifact, tmp_path / "s")
    assert len(selected.examples) == (splits["split"] != "train").sum()
    assert "in none of its sets" in selected.description


def test_an_ensemble_is_explained_by_topics_of_all_members(artifact_of, whole_store_root, recordings):
    folder, file = artifact_of("ensemble", "whole_store_root"), recordings / "s0_sad_0.wav"
    topics = {"pitch", "voice quality", "rhythm", "level", "spectrum", "MFCC", "modulation"}
    importance = explain_model(folder, whole_store_root, repeats=2)
    assert set(importance.table["feature"]) == topics
    assert f"({importance.n} in the test set)" in importance.data, "members are fitted to the validation set"
    predictor = inference.load(folder)
    explanation = explain_recording(folder, file)
    assert explanation.probabilities == pytest.approx(predictor.predict(file).probabilities)
    row = explanation.table.set_index("feature").loc["pitch"]
    inputs = predictor.artifact.model.inputs
    raw = predictor.raw([extract(file, predictor.profile, inputs.families)])
    members = [columns.copy() for columns in raw[0]]
    for columns, part in zip(members, inputs.parts, strict=True):
        columns[[topic_of(name) == "pitch" for name in part.columns]] = np.nan
    without = predictor.probabilities([tuple(members)])[0]
    assert row["probability_without"] == pytest.approx(without.max())
    assert row["emotion_without"] == predictor.labels[int(without.argmax())]


def test_a_store_without_held_out_recordings_is_refused(predictor, store_root, splits, monkeypatch):
    whole = splits.assign(split="train")
    monkeypatch.setattr("ser_models.explain.held_out.pd.read_parquet", lambda path: whole)
    with pytest.raises(InputError, match=r"model was trained on all 72 recordings of .*: expected others"):
        held_out(predictor.artifact, store_root)


def test_known_speakers_are_counted(predictor, store_root, splits, monkeypatch):
    train = splits["split"] == "train"
    mixed = splits.assign(split=np.where(train & (np.arange(len(splits)) % 2 == 0), "train", "test"))
    monkeypatch.setattr("ser_models.explain.held_out.pd.read_parquet", lambda path: mixed)
    assert held_out(predictor.artifact, store_root).description.endswith(
        f"; other recordings of {splits[train]['speaker'].nunique()} of these speakers are in it"
    )


def test_a_missing_store_is_one_line(artifact_of, tmp_path):
    with pytest.raises(InputError, match=r"no store at .*: make one with ser extract"):
        explain_model(artifact_of("xgboost"), tmp_path / "none")


def test_correlated_columns_are_named(importance):
    explanation = importance("logistic")
    correlated = explanation.table.set_index("feature")["correlated_with"]
    assert correlated["pitch_mean"].startswith("pitch_")
    assert any("have a rank correlation of 0.8 or more" in note for note in explanation.notes)
    assert set(importance("fisher_vectors").table["correlated_with"]) == {""}


@pytest.mark.parametrize("name", EXPLAINED)
def test_saved_importance(importance, name, tmp_path):
    explanation = importance(name)
    table, figure = save(explanation, tmp_path / "made", top=7)
    assert (table.name, figure.name) == ("importance.csv", "importance.png")
    read = pd.read_csv(table)
    assert read["feature"].tolist() == explanation.table["feature"].tolist()
    assert read["importance"].to_numpy() == pytest.approx(explanation.table["importance"].to_numpy())
    assert is_drawn(figure)


def test_nothing_is_written_into_an_artifact(importance, artifact_of):
    folder = artifact_of("xgboost")
    for inside in (folder, folder / "explain"):
        with pytest.raises(InputError, match=r"is inside of the artifact .*: pass another --out"):
            save(importance("xgboost"), inside)
    check_folder(folder.parent / "xgboost-explained", folder, Importance)
    inference.load(folder)


def test_a_folder_that_cannot_be_created_is_an_error(importance, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"cannot be written \(Not a directory\): pass another --out"):
        save(importance("xgboost"), tmp_path / "file" / "out")


def test_shap_values_sum_to_the_margin(artifact_of, predictor, recordings):
    file = recordings / "s0_sad_0.wav"
    explanation = explain_recording(artifact_of("xgboost"), file)
    prediction = predictor.predict(file)
    assert (explanation.method, explanation.emotion) == ("shap", prediction.emotion)
    assert explanation.probabilities == pytest.approx(prediction.probabilities)
    raw = predictor.raw([extract(file, predictor.profile, ("core",))])
    index = predictor.labels.index(prediction.emotion)
    backend = predictor.artifact.backend
    matrix = xgboost.DMatrix(backend.scaler.transform(raw)["columns"])
    margin = backend.model.booster.predict(matrix, output_margin=True)[0, index]
    assert explanation.margin == pytest.approx(margin, abs=1e-4)
    assert explanation.table["contribution"].abs().is_monotonic_decreasing
    row = explanation.table.set_index("feature").loc["duration_sec"]
    assert (row["unit"], row["value"]) == ("s", pytest.approx(0.5, abs=0.05))
    assert row["training_median"] > 0


def test_an_occluded_column_has_its_training_median(artifact_of, recordings):
    file = recordings / "s0_sad_0.wav"
    explanation = explain_recording(artifact_of("logistic"), file)
    assert explanation.method == "occlusion"
    predictor = inference.load(artifact_of("logistic"))
    raw = predictor.raw([extract(file, predictor.profile, ("core",))])
    row = explanation.table.iloc[0]
    raw[0, predictor.artifact.model.inputs.columns.index(row["feature"])] = row["training_median"]
    without = predictor.probabilities(raw)[0, predictor.labels.index(explanation.emotion)]
    decrease = explanation.probabilities[explanation.emotion] - without
    assert decrease == pytest.approx(row["contribution"], abs=1e-6)


@pytest.mark.long
def test_frames_are_occluded_by_frequency_range(artifact_of, recordings):
    explanation = explain_recording(artifact_of("cnn_lstm"), recordings / "s0_sad_3.wav")
    assert explanation.method == "occlusion"
    assert len(explanation.table) == 8
    assert explanation.table["unit"].eq("dB").all()
    assert explanation.table["training_median"].isna().all()
    assert np.abs(explanation.table["contribution"]).max() > 0
    assert "only the middle" in " ".join(explanation.notes)


@pytest.mark.parametrize(("side", "noted"), [("train", True), ("test", False)])
def test_a_training_recording_has_a_note(artifact_of, recordings, splits, side, noted):
    file_id = splits.loc[splits["split"] == side, "file_id"].iloc[0]
    explanation = explain_recording(artifact_of("xgboost"), recordings / f"{file_id.partition('/')[2]}.wav")
    assert any("is in the training data" in note for note in explanation.notes) == noted


@pytest.mark.parametrize("name", EXPLAINED)
def test_saved_contributions(artifact_of, recordings, name, tmp_path):
    explanation = explain_recording(artifact_of(name), recordings / "s0_angry_0.wav")
    table, figure = save(explanation, tmp_path, top=3)
    assert (table.name, figure.name) == ("contributions.csv", "contributions.png")
    assert len(pd.read_csv(table)) == len(explanation.table)
    assert is_drawn(figure)
    missing = dataclasses.replace(explanation, table=explanation.table.assign(value=np.nan))
    assert is_drawn(save(missing, tmp_path)[1])


def test_a_file_that_is_no_audio_is_refused(artifact_of, tmp_path):
    (tmp_path / "bad.wav").touch()
    with pytest.raises(AudioError, match="0 bytes"):
        explain_recording(artifact_of("logistic"), tmp_path / "bad.wav")


def is_drawn(path) -> bool:
    """Whether a PNG has a plausible size and content."""
    pixels = matplotlib.image.imread(path)
    return min(pixels.shape[:2]) > 200 and float(pixels[..., :3].std()) > 0.05
