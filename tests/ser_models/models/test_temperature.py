"""Temperature scaling: its effect on probabilities, and its estimation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_models import inference
from ser_models.data.examples import load_examples
from ser_models.data.split import make_split
from ser_models.models.base import HIGHEST, LOWEST, apply_temperature, fit_temperature
from ser_models.training.config import RunContext, TrainConfig
from ser_models.training.train import train


def overconfident(temperature, n=4000, classes=5, seed=3):
    """Probabilities that are overconfident by a temperature, and classes drawn from the true ones."""
    rng = np.random.default_rng(seed)
    true = rng.dirichlet(np.full(classes, 0.7), n)
    targets = (rng.random(n)[:, None] > true.cumsum(axis=1)).sum(axis=1)
    return apply_temperature(true, 1 / temperature), np.minimum(targets, classes - 1)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_is_estimated(temperature):
    probabilities, targets = overconfident(temperature)
    assert fit_temperature(probabilities, targets, speakers=1000) == pytest.approx(temperature, rel=0.1)


def test_few_speakers_are_regularised_towards_1():
    probabilities, targets = overconfident(4.0)
    one, few, many = (fit_temperature(probabilities, targets, speakers=count) for count in (1, 4, 1000))
    assert 1 < one < few < many


def test_the_temperature_has_bounds():
    right, wrong = np.array([[0.6, 0.4]] * 5), np.array([[1.0, 0.0]] * 5)
    assert fit_temperature(right, np.zeros(5, int), speakers=10**6) >= LOWEST
    assert fit_temperature(wrong, np.ones(5, int), speakers=10**6) <= HIGHEST


@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=6).filter(lambda row: sum(row) > 0.01), st.floats(0.2, 20)
)
def test_order_and_sum_are_kept(row, temperature):
    probabilities = np.array([row]) / sum(row)
    scaled = apply_temperature(probabilities, temperature)
    assert scaled.sum() == pytest.approx(1)
    assert scaled.max() == pytest.approx(scaled[0, probabilities.argmax()])


def test_an_artifact_applies_the_temperature_of_its_test(artifact_of, recordings):
    predictor = inference.load(artifact_of("logistic"))
    assert predictor.artifact.metadata.temperature != 1
    tested = pd.read_parquet(artifact_of("logistic") / "predictions.parquet").query("split == 'test'").head(6)
    probabilities = predictor.predict_proba([recordings / path for path in tested["path"]])
    columns = [f"p_{label}" for label in predictor.labels]
    np.testing.assert_allclose(probabilities, tested[columns], atol=1e-4)


def test_the_state_of_a_training_keeps_the_temperature(store, tmp_path):
    examples = load_examples(store)
    split = make_split(examples, seed=0)
    first, again = (
        train(examples, split, TrainConfig("logistic"), RunContext(tmp_path / "state")) for _ in range(2)
    )
    assert first.temperature == again.temperature != 1
