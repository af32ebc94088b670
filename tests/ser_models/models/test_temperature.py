"""Temperature: what it does to probabilities, and that it is found again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_models import inference
from ser_models.data.examples import load_examples
from ser_models.data.split import make_split
from ser_models.experiments.train import run_experiment
from ser_models.models.base import HIGHEST, LOWEST, apply_temperature, fit_temperature
from ser_models.training.config import RunContext, TrainConfig
from ser_models.training.train import train


def drawn(temperature, n=4000, classes=5, seed=3):
    """Probabilities that are too sure by a temperature, and classes as they truly fall."""
    rng = np.random.default_rng(seed)
    true = rng.dirichlet(np.full(classes, 0.7), n)
    targets = (rng.random(n)[:, None] > true.cumsum(axis=1)).sum(axis=1)
    return apply_temperature(true, 1 / temperature), np.minimum(targets, classes - 1)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_it_is_found_again(temperature):
    probabilities, targets = drawn(temperature)
    assert fit_temperature(probabilities, targets, speakers=1000) == pytest.approx(temperature, rel=0.1)


def test_few_speakers_are_believed_less():
    probabilities, targets = drawn(4.0)
    found = [fit_temperature(probabilities, targets, speakers=count) for count in (1, 4, 1000)]
    assert 1 < found[0] < found[1] < found[2]


def test_it_stays_in_its_bounds():
    right, wrong = np.array([[0.6, 0.4]] * 5), np.array([[1.0, 0.0]] * 5)
    assert fit_temperature(right, np.zeros(5, int), speakers=10**6) >= LOWEST
    assert fit_temperature(wrong, np.ones(5, int), speakers=10**6) <= HIGHEST


@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=6).filter(lambda row: sum(row) > 0.01), st.floats(0.2, 20)
)
def test_it_keeps_the_order_and_the_sum(row, temperature):
    probabilities = np.array([row]) / sum(row)
    found = apply_temperature(probabilities, temperature)
    assert found.sum() == pytest.approx(1)
    assert found.argmax() == probabilities.argmax() or found.max() == pytest.approx(
        found[0, probabilities.argmax()]
    )


def test_the_artifact_answers_as_its_test_did(store_root, recordings, tmp_path):
    import pandas as pd

    run_experiment(store_root, tmp_path / "mlp", TrainConfig("mlp", {"epochs": 3}))
    predictor = inference.load(tmp_path / "mlp")
    assert predictor.artifact.metadata.temperature != 1
    tested = pd.read_parquet(tmp_path / "mlp" / "predictions.parquet").query("split == 'test'")
    found = predictor.predict_proba([recordings / path for path in tested["path"]])
    columns = [f"p_{label}" for label in predictor.labels]
    np.testing.assert_allclose(found, tested[columns], atol=1e-4)


def test_what_is_calibrated_inside_is_left_alone_and_the_state_keeps_it(store, tmp_path):
    examples = load_examples(store)
    split = make_split(examples, seed=0)
    first, again = (
        train(examples, split, TrainConfig("logistic"), RunContext(tmp_path / "state")) for _ in range(2)
    )
    assert first.temperature == again.temperature != 1
