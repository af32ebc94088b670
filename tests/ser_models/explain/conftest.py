"""Small models of every kind on the recordings of tones: trees, a linear model, networks on frames."""

import pytest

from ser_models.experiments.train import run_experiment
from ser_models.training.config import TrainConfig

SMALL = {
    "xgboost": {"n_estimators": 30},
    "logistic": {},
    "cnn_lstm": {"epochs": 1, "length": 24},
}


@pytest.fixture(scope="session")
def artifacts(store_root, tmp_path_factory):
    """Return a maker of artifacts, each trained once."""
    root = tmp_path_factory.mktemp("explained")

    def make(name):
        if not (root / name).exists():
            run_experiment(store_root, root / name, TrainConfig(name, SMALL[name]))
        return root / name

    return make
