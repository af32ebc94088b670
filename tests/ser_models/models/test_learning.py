"""Each network can learn 32 recordings; one that cannot is wired wrongly."""

import numpy as np
import pytest

from ser_models.data.batches import InMemory
from ser_models.models import MODELS, create, model_class
from ser_models.models.base import Labelled
from ser_models.models.networks.network import Network

NETWORKS = [name for name in MODELS if issubclass(model_class(name), Network)]
CLASSES = 4
SIZES = {
    "mlp": {"columns": (30,)},
    "fusion_cnn_bilstm": {"columns": (350,)},
    "chunked_conv3d": {"chunks": (3, 32, 32, 1)},
}
"""Shapes of one recording, but of those that read 40 frames of 16 bands."""

ALIKE = {"epochs": 60, "patience": 20, "monitor": "val_uar", "batch_size": 8, "learning_rate": 1e-3}


def recordings(name):
    """Return 32 recordings, noise over what is common to their class: a spectrum that lasts."""
    rng = np.random.default_rng(0)
    targets = np.arange(32) % CLASSES
    arrays = {}
    for array, shape in SIZES.get(name, {"frames": (40, 16)}).items():
        lasting = {"columns": shape, "frames": (1, 16), "chunks": (1, 32, 1, 1)}[array]
        spectra = rng.normal(size=(CLASSES, *lasting))
        arrays[array] = (spectra[targets] + rng.normal(size=(32, *shape))).astype(np.float32)
    if "frames" in arrays:
        arrays["mask"] = (np.arange(40) < rng.integers(20, 41, 32)[:, None]).astype(np.float32)
    return Labelled(InMemory(arrays), targets, CLASSES)


@pytest.mark.parametrize("name", NETWORKS)
def test_it_can_learn(name):
    model = create(name, ALIKE)
    data = recordings(name)
    model.fit(data, data, seed=0, on_epoch=lambda row: None)
    right = model.predict_proba(data.arrays).argmax(axis=1) == data.targets
    assert right.mean() > 0.9
