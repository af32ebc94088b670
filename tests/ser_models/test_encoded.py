"""Models that read a pretrained encoder's hidden states: from the store to an answer for a new file."""

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
from ser_models.experiment import Plan, run
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
    extract_corpora([table], data=recordings, store=store, families=families, encoder=chosen, workers=1)
    parameters = {"families": ["ssl"], "length": 50, "epochs": 1}
    run(store, root / "network", Plan(model="cnn_lstm", parameters=parameters))
    run(store, root / "logistic", Plan(model="logistic"))
    return root


def test_the_artifact_says_which_encoder_it_needs(desk):
    card = artifact.load(desk / "network").card
    stored = open_store(desk / "store").profile.encoder
    assert card.encoder == {
        "folder": str(desk / "encoder"),
        "sha256": stored.sha256,
        "layer": 1,
        "size": 16,
        "pooling": "mean",
    }


def test_a_file_gets_the_answer_that_its_stored_frames_got(desk, recordings):
    loaded = ser_models.load(desk / "network")
    tested = pd.read_parquet(desk / "network" / "predictions.parquet").head(4)
    for row in tested.to_dict("records"):
        answer = loaded.predict(recordings / f"{row['file_id'].partition('/')[2]}.wav")
        for emotion, probability in answer.probabilities.items():
            assert probability == pytest.approx(row[f"p_{emotion}"], abs=1e-4)


def test_a_model_of_other_columns_needs_no_encoder(desk, recordings, tmp_path):
    assert artifact.load(desk / "logistic").card.encoder == {}
    moved = shutil.copytree(desk / "logistic", tmp_path / "logistic")
    assert ser_models.load(moved).predict(next(recordings.glob("*.wav")))


def test_a_lost_encoder_is_named(desk, recordings):
    loaded = ser_models.load(desk / "network")
    (desk / "encoder").rename(desk / "away")
    try:
        encoder._load.cache_clear()
        with pytest.raises(InputError, match=r"^no folder \S+/encoder: expected config\.json"):
            loaded.predict(next(recordings.glob("*.wav")))
    finally:
        (desk / "away").rename(desk / "encoder")
