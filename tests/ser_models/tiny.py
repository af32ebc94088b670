"""Tiny hyperparameters and training data for every model of the registry."""

import numpy as np
import pytest

from ser_models.data.batches import InMemory
from ser_models.data.frame_inputs import ChunkInputs
from ser_models.data.inputs import ColumnInputs, JointInputs, joined
from ser_models.models import MODELS, create, model_class
from ser_models.models.base import Labelled
from ser_models.models.networks.network import Network

CLASSES = 3
BANDS = 4
BANDS_OF = {("mfcc", "intonation"): 42}
"""Bands of families that a model reads by their positions."""

NETWORKS = [name for name in MODELS if issubclass(model_class(name, described_only=True), Network)]
REPRESENTATIVES = ("mlp", "cnn_lstm")
"""Networks of columns and of frames that stand for the others in `make test`, where one fit is not enough."""

TINY = {
    "epochs": 2,
    "n_estimators": 10,
    "n_components": 4,
    "length": 12,
    "frames": 4,
    "depth": 2,
    "filters": (2, 2),
    "kernels": (3, 3),
    "units": 2,
    "stem": 2,
    "lstm": 2,
    "dense": (4, 2),
    "dropouts": (0.0, 0.3),
    "n_members": 2,
    "width": 4,
    "heads": 2,
    "layers": 1,
}
OF_MODEL = {"ensemble": {"members": ("logistic", "ridge")}, "ridge_ssl": {"size": 16}}


def long(names):
    """Parameters of tests that run in `make test-long` only."""
    return [pytest.param(name, marks=pytest.mark.long) for name in sorted(names)]


def parameters(name, **changes):
    """Hyperparameters with which a model is fitted in a moment."""
    names = create(name, described_only=True).hyperparameters()
    return {key: TINY[key] for key in names if key in TINY} | OF_MODEL.get(name, {}) | changes


def tiny(name, **changes):
    """Return an unfitted model with these hyperparameters."""
    return create(name, parameters(name, **changes))


def labelled(inputs, count, seed, classes=CLASSES):
    """Separable noise of the shape of some inputs, with one class after the other."""
    targets = np.arange(count) % classes
    if isinstance(inputs, JointInputs):
        parts = [labelled(part, count, seed, classes).arrays for part in inputs.parts]
        return Labelled(InMemory(joined(parts)), targets, classes)
    rng, shift = np.random.default_rng(seed), 1.5 * targets
    if isinstance(inputs, ColumnInputs):
        arrays = {"columns": rng.normal(size=(count, len(inputs.columns))) + shift[:, None]}
    elif isinstance(inputs, ChunkInputs):
        shape = (count, inputs.chunks, BANDS, inputs.frames, 1)
        arrays = {"chunks": rng.normal(size=shape) + shift[:, None, None, None, None]}
    else:
        length = inputs.length
        mask = np.arange(length) < rng.integers(length // 2, length + 1, count)[:, None]
        bands = BANDS_OF.get(inputs.families, BANDS)
        frames = rng.normal(size=(count, length, bands)) + shift[:, None, None]
        arrays = {"frames": frames * mask[:, :, None], "mask": mask}
    return Labelled(
        InMemory({key: array.astype(np.float32) for key, array in arrays.items()}), targets, classes
    )
