"""Models that read a pretrained encoder's hidden states: from the store to an answer for a new file."""

import json
import shutil

import pandas as pd
import pytest

import ser_models
from ser_features.engine import extract_corpora
from ser_features.errors import InputError
from ser_features.extractors import encoder
from ser_features.extractors.encoder import configure
from ser_features.store import open_store
from ser_models import artifact
from ser_models.experiments.train import run_experiment
from ser_models.training.config import TrainConfig
from tests.encoders import WHY, save_encoder

pytest.importorskip("torch", reason=WHY)
pytest.importorskip("transformers", reason=WHY)


@pytest.fixture(scope="module")
def desk(recordings, tmp_path_factory):
    """Folder with an encoder, a store that it filled, and two models."""
    root = tmp_path_factory.mktemp("encoded")
    chosen = configure(save_encoder(root / "encoder"), 1)
    families = ["core", "mel", "ssl"]
    store, table = root / "store", str(recordings / "own.csv")
    extract_corpora([table], data=recordings, store=store, features=families, encoder=chosen, workers=1)
    parameters = {"families": ["ssl"], "length": 50, "epochs": 1}
    run_experiment(store, root / "network", TrainConfig(model="cnn_lstm", hyperparameters=parameters))
    run_experiment(store, root / "ridge_ssl", TrainConfig(model="ridge_ssl", hyperparameters={"size": 16}))
    run_experiment(store, root / "logistic", TrainConfig(model="logistic"))
    return root


@pytest.mark.parametrize("name", ["network", "ridge_ssl"])
def test_the_artifact_says_which_encoder_it_needs(desk, name):
    metadata = artifact.load(desk / name).metadata
    stored = open_store(desk / "store").profile.encoder
    assert metadata.encoder == {
        "folder": str(desk / "encoder"),
        "sha256": stored.sha256,
        "layer": 1,
        "size": 16,
        "pooling": "mean",
    }


@pytest.mark.parametrize("name", ["network", "ridge_ssl"])
def test_a_file_gets_the_answer_that_its_stored_states_got(desk, recordings, name):
    loaded = ser_models.load(desk / name)
    tested = pd.read_parquet(desk / name / "predictions.parquet").head(4)
    for row in tested.to_dict("records"):
        answer = loaded.predict(recordings / f"{row['file_id'].partition('/')[2]}.wav")
        for emotion, probability in answer.probabilities.items():
            assert probability == pytest.approx(row[f"p_{emotion}"], abs=1e-4)


def test_a_model_of_other_columns_needs_no_encoder(desk, recordings, tmp_path):
    assert artifact.load(desk / "logistic").metadata.encoder == {}
    moved = shutil.copytree(desk / "logistic", tmp_path / "logistic")
    assert ser_models.load(moved).predict(next(recordings.glob("*.wav")))


def test_an_encoder_may_move_with_its_artifact(desk, recordings, tmp_path):
    moved = shutil.copytree(desk / "ridge_ssl", tmp_path / "ridge_ssl")
    shutil.copytree(desk / "encoder", tmp_path / "encoder")
    metadata = json.loads((moved / "artifact.json").read_text())
    metadata["encoder"]["folder"] = str(tmp_path / "encoder")
    (moved / "artifact.json").write_text(json.dumps(metadata))
    path = next(recordings.glob("*.wav"))
    before, after = (ser_models.load(folder).predict(path) for folder in (desk / "ridge_ssl", moved))
    assert after.probabilities == before.probabilities
    save_encoder(tmp_path / "encoder", seed=1)
    encoder._load.cache_clear()
    with pytest.raises(InputError, match="holds other weights"):
        ser_models.load(moved).predict(path)


def test_a_store_has_what_is_asked_or_says_so(desk, store_root, tmp_path):
    with pytest.raises(
        InputError, match=r"^no ssl__0016__mean among the 16 columns of ssl_pooled in \S+/store"
    ):
        run_experiment(
            desk / "store", tmp_path / "a", TrainConfig(model="ridge_ssl", hyperparameters={"size": 17})
        )
    with pytest.raises(
        InputError, match=r"^no ssl_pooled in .*: it holds core, .* --features core .*ssl_pool"
    ):
        run_experiment(store_root, tmp_path / "a", TrainConfig(model="ridge_ssl"))


def test_a_lost_encoder_is_named(desk, recordings):
    loaded = ser_models.load(desk / "network")
    (desk / "encoder").rename(desk / "away")
    try:
        encoder._load.cache_clear()
        with pytest.raises(InputError, match=r"^no folder \S+/encoder: expected config\.json"):
            loaded.predict(next(recordings.glob("*.wav")))
    finally:
        (desk / "away").rename(desk / "encoder")
