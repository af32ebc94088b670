"""The ensemble in one graph: separate losses, a common prediction, augmentation in training only."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled
from ser_models.models.networks.conv_attention import ConvAttention
from ser_models.models.networks.losses import Accuracy, WeightedLoss
from tests.ser_models.tiny import tiny

SHAPES = {"frames": (32, 8), "mask": (32,)}
SMALL = {"stem": 4, "width": 6, "units": 3, "length": 32}


@pytest.fixture
def data(padded):
    return Labelled(InMemory(padded()), np.arange(12) % 3, 3)


def test_the_prediction_is_the_mean_of_the_members(data):
    model = create("conv_attention", SMALL | {"n_members": 2})
    network = model.build(SHAPES, classes=3)
    members, mean = (
        keras.ops.convert_to_numpy(graph(dict(data.arrays), training=False))
        for graph in (model.training_graph(network), network)
    )
    assert members.shape == (12, 2, 3)
    np.testing.assert_allclose(members.mean(axis=1), mean, atol=1e-6)
    assert np.abs(members[:, 0] - members[:, 1]).max() > 0.01, "members have different initial weights"


def test_level_and_equaliser_change_nothing(data):
    network = create("conv_attention", SMALL | {"n_members": 1}).build(SHAPES, classes=3)
    arrays = dict(data.arrays)
    equaliser = np.linspace(-3, 5, 8, dtype=np.float32) * arrays["mask"][..., None]
    plain, equalised = (
        network({**arrays, "frames": frames}, training=False)
        for frames in (arrays["frames"], arrays["frames"] + equaliser)
    )
    np.testing.assert_allclose(equalised, plain, atol=1e-5)


def test_every_class_of_every_corpus_has_the_same_weight(data):
    corpora = ["a/x"] * 8 + ["b/x"] * 4
    several = replace(data, file_ids=tuple(f"{name}{index}" for index, name in enumerate(corpora)))
    weights = create("conv_attention").training_weights(several)
    sums = np.bincount(3 * several.corpora + several.targets, weights)
    np.testing.assert_allclose(sums, 2.0)


def test_the_loss_is_the_mean_of_the_members_losses():
    targets = np.array([0, 2, 1])
    probabilities = np.random.default_rng(1).dirichlet(np.ones(3), (3, 2))
    loss = WeightedLoss(label_smoothing=0.1)
    losses = [float(loss(targets, probabilities[:, member])) for member in range(2)]
    assert float(loss(targets, probabilities)) == pytest.approx(np.mean(losses), rel=1e-5)


def test_the_loss_is_linear_in_soft_targets():
    probabilities = np.random.default_rng(2).dirichlet(np.ones(3), 4)
    targets = np.eye(3)[[0, 1, 2, 0]]
    loss = WeightedLoss(label_smoothing=0.2)
    hard = float(loss(np.array([0, 1, 2, 0]), probabilities))
    assert float(loss(targets, probabilities)) == pytest.approx(hard, rel=1e-5)
    expected = (float(loss(targets, probabilities)) + float(loss(targets[::-1], probabilities))) / 2
    assert float(loss((targets + targets[::-1]) / 2, probabilities)) == pytest.approx(expected, rel=1e-5)


def test_the_metric_uses_the_mean_prediction_and_the_larger_target():
    metric = Accuracy(name="uar")
    probabilities = np.array([[[0.9, 0.1], [0.2, 0.8]], [[0.4, 0.6], [0.45, 0.55]]])
    targets = np.array([[0.7, 0.3], [0.6, 0.4]])
    metric.update_state(targets, probabilities, sample_weight=np.array([1.0, 3.0]))
    assert float(metric.result()) == pytest.approx(0.25)


@pytest.mark.parametrize("members", [1, pytest.param(2, marks=pytest.mark.long)])
@pytest.mark.long
def test_only_training_batches_are_augmented(data, members, monkeypatch):
    counts, augment = [], ConvAttention.augment_batch

    def counted(self, arrays, targets, rng):
        counts.append(len(targets))
        return augment(self, arrays, targets, rng)

    monkeypatch.setattr(ConvAttention, "augment_batch", counted)
    model = tiny("conv_attention", length=32, n_members=members, batch_size=8)
    model.fit(data, data, FitContext(3))
    assert counts == [8, 4] * 2, "two epochs, without validation"
    assert model.predict(data.source).shape == (12, 3)
