"""Explanations of trained models: whose recordings, what was found, what is written where."""

import dataclasses

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

from ser_features.engine import extract_corpora
from ser_features.errors import AudioError, InputError
from ser_models import inference
from ser_models.explain import explain_model, explain_recording, save, trees
from ser_models.explain.held_out import held_out
from ser_models.explain.result import check_folder

KINDS = {"xgboost": "shap", "logistic": "permutation", "cnn_lstm": "permutation"}


@pytest.fixture(scope="module")
def explained(artifacts, store_root):
    """Return a maker of explanations over held-out recordings, each made once."""
    made = {}

    def make(name):
        if name not in made:
            made[name] = explain_model(artifacts(name), store_root, repeats=2)
        return made[name]

    return make


@pytest.fixture
def splits(artifacts):
    return pd.read_parquet(artifacts("xgboost") / "splits.parquet")


@pytest.mark.parametrize("name", KINDS)
def test_a_model_is_explained_by_its_method(explained, name):
    found = explained(name)
    assert found.method == KINDS[name]
    assert found.repeats == (0 if found.method == "shap" else 2)
    assert found.table["importance"].is_monotonic_decreasing
    assert np.isfinite(found.table["importance"]).all()
    assert found.table["part"].is_unique
    assert 0 <= found.uar <= 1
    assert found.chance == pytest.approx(1 / 3)


@pytest.mark.parametrize("name", ["xgboost", "logistic"])
def test_one_model_has_one_explanation(artifacts, store_root, explained, name):
    again = explain_model(artifacts(name), store_root, repeats=2)
    pd.testing.assert_frame_equal(again.table, explained(name).table)


def test_only_recordings_that_it_was_not_trained_on_are_used(artifacts, store_root, splits, explained):
    artifact = inference.load(artifacts("xgboost")).artifact
    left = held_out(artifact, store_root)
    train = set(splits.loc[splits["split"] == "train", "file_id"])
    assert train
    assert not train & set(left.examples.rows["file_id"])
    assert len(left.examples) == 72 - len(train) == explained("xgboost").n
    counts = splits["split"].value_counts()
    assert left.words == (
        f"{72 - len(train)} recordings of {splits[splits['split'] != 'train']['speaker'].nunique()} speakers "
        f"that it was not trained on ({counts['test']} of the test side, {counts['validation']} of the "
        "validation side, which decided when its training stopped)"
    )


def test_the_same_audio_under_another_name_counts_as_trained_on(artifacts, recordings, splits, tmp_path):
    import shutil

    shutil.copytree(recordings, tmp_path / "copy")
    (tmp_path / "copy" / "own.csv").rename(tmp_path / "copy" / "other.csv")
    extract_corpora([str(tmp_path / "copy" / "other.csv")], data=tmp_path, store=tmp_path / "s", workers=1)
    left = held_out(inference.load(artifacts("xgboost")).artifact, tmp_path / "s")
    assert len(left.examples) == (splits["split"] != "train").sum()
    assert "that were in no part of its training" in left.words


def test_nothing_held_out_is_said(artifacts, store_root, splits, monkeypatch):
    whole = splits.assign(split="train")
    monkeypatch.setattr("ser_models.explain.held_out.pd.read_parquet", lambda path: whole)
    with pytest.raises(InputError, match=r"model was trained on all 72 recordings of .*: expected others"):
        held_out(inference.load(artifacts("xgboost")).artifact, store_root)


def test_speakers_that_it_knows_are_counted(artifacts, store_root, splits, monkeypatch):
    train = splits["split"] == "train"
    mixed = splits.assign(split=np.where(train & (np.arange(len(splits)) % 2 == 0), "train", "test"))
    monkeypatch.setattr("ser_models.explain.held_out.pd.read_parquet", lambda path: mixed)
    words = held_out(inference.load(artifacts("xgboost")).artifact, store_root).words
    assert words.endswith(
        f"; it was trained on other recordings of {splits[train]['speaker'].nunique()} of them"
    )


def test_a_missing_store_is_one_line(artifacts, tmp_path):
    with pytest.raises(InputError, match=r"no store at .*: make one with ser extract"):
        explain_model(artifacts("xgboost"), tmp_path / "none")


def test_columns_that_move_together_are_named(explained):
    found = explained("logistic")
    named = found.table.set_index("part")["moves_with"]
    assert named["pitch_mean"].startswith("pitch_")
    assert any("columns move like another one" in note for note in found.notes)
    assert set(explained("cnn_lstm").table["moves_with"]) == {""}


@pytest.mark.parametrize("name", KINDS)
def test_what_is_written(explained, name, tmp_path):
    found = explained(name)
    table, figure = save(found, tmp_path / "out", top=5)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["importance.csv", "importance.png"]
    read = pd.read_csv(table)
    assert read["part"].tolist() == found.table["part"].tolist()
    assert read["importance"].to_numpy() == pytest.approx(found.table["importance"].to_numpy())
    assert drawn(figure)


def test_nothing_is_written_into_an_artifact(explained, artifacts):
    folder = artifacts("xgboost")
    for inside in (folder, folder / "explain"):
        with pytest.raises(InputError, match=r"lies in the artifact .* are sealed: pass another --out"):
            save(explained("xgboost"), inside)
    check_folder(folder.parent / "xgboost-explained", folder)
    inference.load(folder)


def test_a_folder_that_cannot_be_made_is_said(explained, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"cannot be written \(Not a directory\): pass another --out"):
        save(explained("xgboost"), tmp_path / "file" / "out")


def test_shap_values_of_a_recording_add_up_to_the_margin_of_its_answer(artifacts, recordings):
    file = recordings / "s0_sad_0.wav"
    found = explain_recording(artifacts("xgboost"), file)
    predictor = inference.load(artifacts("xgboost"))
    told = predictor.predict([file])[0]
    assert (found.method, found.emotion) == ("shap", told.emotion)
    assert found.probabilities == pytest.approx(told.probabilities)
    from ser_features.config import profile
    from ser_features.pipeline import extract

    raw = predictor.artifact.model.inputs.from_features([extract(file, profile("speech16k"), ("core",))])
    margin = trees.margins(predictor.artifact.backend, raw)[0, predictor.labels.index(told.emotion)]
    assert found.margin == pytest.approx(margin, abs=1e-4)
    assert found.table["contribution"].abs().is_monotonic_decreasing
    row = found.table.set_index("part").loc["duration_sec"]
    assert (row["unit"], row["value"]) == ("s", pytest.approx(0.5, abs=0.05))
    assert row["usual"] > 0


def test_a_hidden_column_is_its_training_median(artifacts, recordings):
    file = recordings / "s0_sad_0.wav"
    found = explain_recording(artifacts("logistic"), file)
    assert found.method == "occlusion"
    predictor = inference.load(artifacts("logistic"))
    from ser_features.config import profile
    from ser_features.pipeline import extract

    raw = predictor.artifact.model.inputs.from_features([extract(file, profile("speech16k"), ("core",))])
    row = found.table.iloc[0]
    raw[0, predictor.artifact.model.inputs.columns.index(row["part"])] = row["usual"]
    without = predictor.probabilities(raw)[0, predictor.labels.index(found.emotion)]
    assert found.probabilities[found.emotion] - without == pytest.approx(row["contribution"], abs=1e-6)


def test_frames_are_hidden_by_ranges_of_frequency(artifacts, recordings):
    found = explain_recording(artifacts("cnn_lstm"), recordings / "s0_sad_3.wav")
    assert found.method == "occlusion"
    assert len(found.table) == 8
    assert found.table["unit"].eq("dB").all()
    assert found.table["usual"].isna().all()
    assert np.abs(found.table["contribution"]).max() > 0
    assert "hears only the middle" in " ".join(found.notes)


def test_a_recording_of_the_training_is_called_one(artifacts, recordings, splits):
    for side, expected in (("train", True), ("test", False)):
        file_id = splits.loc[splits["split"] == side, "file_id"].iloc[0]
        found = explain_recording(artifacts("xgboost"), recordings / f"{file_id.partition('/')[2]}.wav")
        assert any("was trained on this very recording" in note for note in found.notes) == expected


@pytest.mark.parametrize("name", KINDS)
def test_the_figure_of_a_recording(artifacts, recordings, name, tmp_path):
    found = explain_recording(artifacts(name), recordings / "s0_angry_0.wav")
    table, figure = save(found, tmp_path, top=3)
    assert (table.name, figure.name) == ("contributions.csv", "contributions.png")
    assert len(pd.read_csv(table)) == len(found.table)
    assert drawn(figure)


def test_a_value_that_could_not_be_computed_is_drawn_as_none(artifacts, recordings, tmp_path):
    found = explain_recording(artifacts("xgboost"), recordings / "s0_angry_0.wav")
    gone = dataclasses.replace(found, table=found.table.assign(value=np.nan))
    assert drawn(save(gone, tmp_path)[1])


def test_a_file_that_is_no_audio_is_refused(artifacts, tmp_path):
    (tmp_path / "bad.wav").touch()
    with pytest.raises(AudioError, match="0 bytes"):
        explain_recording(artifacts("logistic"), tmp_path / "bad.wav")


def drawn(path) -> bool:
    """Whether a PNG is of some size and has something in it."""
    pixels = matplotlib.image.imread(path)
    return min(pixels.shape[:2]) > 200 and float(pixels[..., :3].std()) > 0.05
