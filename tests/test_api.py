"""The Python interface: one call per command."""

import subprocess
import sys

import audformat
import numpy as np
import pytest

import ser_features
import ser_models
from ser_features.errors import InputError
from tests.faults.serial import in_this_process
from tests.undrawn import undrawn


@pytest.fixture(scope="module")
def made(recordings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("api")
    own = str(recordings / "own.csv")
    with in_this_process(), undrawn():
        report = ser_features.extract(own, data=str(recordings), store=str(folder / "store"))
        result = ser_models.train("logistic", store=str(folder / "store"), out=folder / "model")
    return folder, report, result


def test_from_recordings_to_a_model(made):
    folder, report, result = made
    assert report.stored == 72
    assert result.folder == folder / "model"
    assert 0 <= result.metrics.uar <= 1
    assert ser_models.evaluate(folder / "model", store=folder / "store").n == 72
    assert result.load().labels == ser_models.load(str(folder / "model")).labels


def test_a_run_file_repeats_the_training_and_arguments_replace_its_values(made, tmp_path):
    folder, _, result = made
    run = folder / "model" / "run.toml"
    with undrawn():
        again = ser_models.train(config=run, out=tmp_path / "again")
        other = ser_models.train(
            config=run, seed=3, folds=2, hyperparameters={"C": 0.3}, out=tmp_path / "other"
        )
    assert again.metrics == result.metrics
    assert (again.folder / "run.toml").read_text() == run.read_text()
    assert (other.metrics.seed, len(other.metrics.folds)) == (3, 2)
    assert "C = 0.3\n" in (other.folder / "run.toml").read_text()


def test_a_training_needs_a_model_or_a_run_file(tmp_path):
    with pytest.raises(InputError, match=r"^train: no model: .*MODELS, or pass config$"):
        ser_models.train()
    with pytest.raises(InputError, match=r"run\.toml cannot be read .*: expected a run file"):
        ser_models.train(config=tmp_path / "run.toml")


def test_predictions_follow_scikit_learn(made, recordings):
    model = ser_models.load(made[0] / "model")
    files = sorted(recordings.glob("*.wav"))[:3]
    probabilities = model.predict_proba(files)
    assert model.classes_.tolist() == ["angry", "neutral", "sad"]
    assert probabilities.shape == (3, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    predictions = model.predict(files)
    predicted = model.classes_[probabilities.argmax(axis=1)].tolist()
    assert [prediction.emotion for prediction in predictions] == predicted
    alone = model.predict(str(files[0]))  # whose sums may be in another order than those of three
    assert (alone.file, alone.emotion) == (predictions[0].file, predictions[0].emotion)
    assert alone.probabilities == pytest.approx(predictions[0].probabilities)
    assert model.predict(files[0].read_bytes()).emotion == predictions[0].emotion
    assert np.isnan(model.predict_proba("nowhere.wav")).all()
    assert model.predict_proba([]).shape == (0, 3)


def test_tables_with_the_index_of_audformat(made, recordings):
    folder, *_ = made
    table = ser_models.load(folder / "model").table([recordings / "s0_sad_0.wav"], audformat=True)
    rows = ser_features.read_store(folder / "store").files(audformat=True)
    assert all(map(audformat.is_segmented_index, (table, rows)))
    assert rows.index.get_level_values("end").isna().all()
    assert (rows.index.get_level_values("file") == rows["path"]).all()


def test_errors(tmp_path):
    with pytest.raises(InputError, match="no store at"):
        ser_features.read_store(tmp_path)
    with pytest.raises(InputError, match="unknown profile 'loud': expected one of speech16k"):
        ser_features.extract(["ravdess"], data=tmp_path, store=tmp_path / "s", profile="loud")


def test_import_loads_no_large_package():
    code = "import sys, ser_features, ser_models; print(sorted({'numpy', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("package", [ser_features, ser_models])
def test_public_names(package):
    for name in package.__all__:
        assert getattr(package, name).__doc__
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = package.nothing
