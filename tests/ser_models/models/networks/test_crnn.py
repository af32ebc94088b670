"""Several small networks in one graph: each learns by itself, all answer together."""

import numpy as np
import pytest

from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled

keras = pytest.importorskip("keras")

SMALL = {"length": 16, "filters": [4, 6], "units": 3, "n_members": 2, "epochs": 2, "batch_size": 8}
SHAPES = {"frames": (16, 5), "mask": (16,)}


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    mask = (np.arange(16) < rng.integers(6, 17, 24)[:, None]).astype(np.float32)
    frames = rng.normal(size=(24, 16, 5)).astype(np.float32) * mask[..., None]
    return Labelled(InMemory({"frames": frames, "mask": mask}), np.arange(24) % 3, 3)


def test_the_answer_is_the_mean_of_the_members(data):
    model = create("crnn", SMALL)
    network = model.build(SHAPES, classes=3)
    arrays = dict(data.arrays)
    each = np.asarray(keras.ops.convert_to_numpy(model.training_graph(network)(arrays, training=False)))
    whole = np.asarray(keras.ops.convert_to_numpy(network(arrays, training=False)))
    assert each.shape == (24, 2, 3)
    np.testing.assert_allclose(each.mean(axis=1), whole, atol=1e-6)
    assert np.abs(each[:, 0] - each[:, 1]).max() > 0.01, "members begin with different weights"


def test_a_member_learns_from_its_own_answer_alone():
    from ser_models.models.networks.losses import WeightedLoss

    targets = np.array([0, 2, 1])
    told = np.random.default_rng(1).dirichlet(np.ones(3), (3, 2))
    loss = WeightedLoss(label_smoothing=0.1)
    apart = [float(loss(targets, told[:, member])) for member in range(2)]
    assert float(loss(targets, told)) == pytest.approx(np.mean(apart), rel=1e-5)


def test_shares_of_a_mixture_are_targets():
    from ser_models.models.networks.losses import WeightedLoss

    told = np.random.default_rng(2).dirichlet(np.ones(3), 4)
    shares = np.eye(3)[[0, 1, 2, 0]]
    loss = WeightedLoss(label_smoothing=0.2)
    assert float(loss(shares, told)) == pytest.approx(float(loss(np.array([0, 1, 2, 0]), told)), rel=1e-5)
    half = (shares + shares[::-1]) / 2
    expected = (float(loss(shares, told)) + float(loss(shares[::-1], told))) / 2
    assert float(loss(half, told)) == pytest.approx(expected, rel=1e-5)


def test_the_measure_counts_the_mean_answer_and_the_larger_share():
    from ser_models.models.networks.losses import Uar

    measure = Uar(name="uar")
    told = np.array([[[0.9, 0.1], [0.2, 0.8]], [[0.4, 0.6], [0.45, 0.55]]])
    measure.update_state(np.array([[0.7, 0.3], [0.6, 0.4]]), told, sample_weight=np.array([1.0, 3.0]))
    assert float(measure.result()) == pytest.approx(0.25)


def test_two_trainings_are_equal_and_validation_is_never_varied(data, monkeypatch):
    seen = []
    varied = type(create("crnn")).augment_batch

    def watched(self, arrays, shares, rng):
        seen.append(len(shares))
        return varied(self, arrays, shares, rng)

    monkeypatch.setattr(type(create("crnn")), "augment_batch", watched)
    told = []
    for _ in range(2):
        model = create("crnn", SMALL)
        model.fit(data, data, FitContext(3))
        told.append(model.predict(data.source))
    np.testing.assert_array_equal(*told)
    assert sum(seen) == 2 * 2 * 24, "training alone, twice two epochs"


def test_a_single_member_is_a_network_like_any_other(data):
    model = create("crnn", {**SMALL, "n_members": 1})
    model.fit(data, data, FitContext(0))
    assert model.predict(data.source).shape == (24, 3)
