"""Small models of every kind on the recordings of tones: trees, a linear model, networks on frames."""

import pytest

from ser_models.experiments.train import Plan, run

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
            run(store_root, root / name, Plan(name, SMALL[name]))
        return root / name

    return make
