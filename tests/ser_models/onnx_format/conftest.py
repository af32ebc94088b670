"""Networks of every kind with weights of their own, scalers of noise, and recordings of all lengths."""

import keras
import numpy as np
import pytest

from ser_models.data.batches import Scaler, fit_statistics
from ser_models.data.inputs import ColumnInputs
from ser_models.models import create

BANDS = 20
CLASSES = 5
LENGTH = 40
LENGTHS = (8, 13, 39, 40, 41, 90, 9, 24, 200, 33)
"""Frames of the recordings: shorter than `LENGTH`, as long, and longer; more than are run at once."""


def recordings(inputs, seed):
    """Raw values as the store and the pipeline give them."""
    rng = np.random.default_rng(seed)
    if isinstance(inputs, ColumnInputs):
        values = rng.normal(50, 200, size=(len(LENGTHS), len(inputs.columns)))
        values[rng.random(values.shape) < 0.2] = np.nan
        values[:, 3] = np.nan
        return values.astype(np.float32)
    return [rng.normal(-40, 15, size=(length, BANDS)).astype(np.float32) for length in LENGTHS]


@pytest.fixture(scope="session")
def network():
    """Return a maker of (untrained model, its scaler, recordings)."""

    def make(name, **parameters):
        names = create(name).hyperparameters()
        filters = (4, 4, 6, 8)[: len(getattr(create(name), "filters", ()))]
        sizes = {"length": LENGTH, "filters": filters, "frames": 16, "lstm": 6}
        model = create(name, {key: sizes[key] for key in names if key in sizes} | parameters)
        scaler = Scaler(model.inputs, fit_statistics(model.inputs, recordings(model.inputs, seed=1)))
        arrays = scaler.transform(recordings(model.inputs, seed=2)[:1])
        keras.utils.set_random_seed(0)
        model.network = model.build({key: array.shape[1:] for key, array in arrays.items()}, CLASSES)
        model.network.set_weights([_moved(weight) for weight in model.network.get_weights()])
        return model, scaler, recordings(model.inputs, seed=2)

    return make


def _moved(weight):
    """Return averages, scales and biases other than 0 and 1; variances stay above 0."""
    if weight.ndim > 1:
        return weight
    return weight + np.random.default_rng(0).uniform(0, 0.3, weight.shape)
