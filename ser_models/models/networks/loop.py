"""Training loop of the networks: shuffled batches, validation, early stopping, a checkpoint per epoch.

`Settings`, graph, `Labelled` → `fit` → history; the graph ends with the weights of the best epoch

An epoch depends on the state before it, the history, the seed and the fold, and on nothing else, so that an
interrupted training resumes to the same result.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np

from ser_models.data.batches import Arrays
from ser_models.models.base import FitContext, Labelled, Row
from ser_models.models.networks.batch_norm import RECORDINGS, recompute_batch_norm
from ser_models.models.networks.checkpoint import Checkpoint
from ser_models.models.networks.losses import Accuracy, WeightedLoss
from ser_models.models.networks.schedule import Settings, best_index, learning_rate, should_stop

MOMENTUM = 0.9
"""Momentum of stochastic gradient descent."""

Step = Callable[..., dict[str, float]]
"""Keras's `train_on_batch` or `test_on_batch`."""


@dataclass(frozen=True, slots=True)
class Order:
    """Seeded random numbers of the epochs.

    Attributes:
        seed: of the training.
        fold: of the split, from -1.

    >>> order = Order(seed=0, fold=-1)
    >>> order.of(epoch=3, count=4).tolist() == order.of(epoch=3, count=4).tolist()
    True
    """

    seed: int
    fold: int

    def of(self, epoch: int, count: int) -> np.ndarray:
        """Order of the recordings in one epoch, a permutation of 0 to count - 1."""
        return np.random.default_rng(self._entropy(epoch)).permutation(count)

    def seed_of(self, epoch: int) -> int:
        """32-bit seed for all other random numbers of one epoch."""
        return int(np.random.SeedSequence(self._entropy(epoch)).generate_state(1)[0])

    def _entropy(self, epoch: int) -> list[int]:
        return [self.seed, self.fold + 1, epoch]


def fit(
    settings: Settings,
    network: keras.Model,
    train: Labelled,
    validation: Labelled,
    context: FitContext,
) -> list[Row]:
    """Train until `should_stop`, then restore the weights of the best epoch.

    Args:
        settings: hyperparameters of the loop.
        network: graph with its initial weights.
        train: training recordings.
        validation: recordings for early stopping; always class-balanced.
        context: seed, fold, progress and checkpoint.
    """
    _compile(settings, network)
    order = Order(context.seed, context.fold)
    checkpoint = Checkpoint(context.checkpoint, network) if context.checkpoint else None
    history, best = (checkpoint.load() if checkpoint else None) or ([], network.get_weights())
    for row in history:
        context.on_epoch(row)
    while not should_stop(settings, history):
        history.append(_epoch(settings, network, train, validation, order, history))
        if best_index(history, settings.monitor) == len(history) - 1:
            best = network.get_weights()
        if checkpoint:
            checkpoint.save(history, best)
        context.on_epoch(history[-1])
    network.set_weights(best)
    return history


def seed_everything(seed: int) -> None:
    """Seed all random numbers of Keras; on TensorFlow also fix the order of summation."""
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()


def _seed_torch(seed: int) -> None:
    """Seed PyTorch's global generator: dropout draws from it, and no network state contains it."""
    if keras.backend.backend() == "torch":
        import torch

        torch.manual_seed(seed)


def _compile(settings: Settings, network: keras.Model) -> None:
    gamma = settings.gamma if settings.loss == "focal" else 0.0
    network.compile(
        optimizer=_optimizer(settings),
        loss=WeightedLoss(gamma=gamma, label_smoothing=settings.label_smoothing),
        # With balanced weights the accuracy is the UAR.
        metrics=[Accuracy(name="accuracy")],
        weighted_metrics=[Accuracy(name="uar")],
    )
    network.optimizer.build(network.trainable_variables)


def _optimizer(settings: Settings) -> keras.optimizers.Optimizer:
    rate, clip = settings.learning_rate, settings.clip_norm
    if settings.optimizer == "adam":
        return keras.optimizers.Adam(rate, clipnorm=clip)
    if settings.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(rate, clipnorm=clip)
    return keras.optimizers.SGD(rate, momentum=MOMENTUM, clipnorm=clip)


def _epoch(
    settings: Settings,
    network: keras.Model,
    train: Labelled,
    validation: Labelled,
    order: Order,
    history: list[Row],
) -> Row:
    """Train on every recording once, evaluate on validation, and return the row of the epoch."""
    network.optimizer.learning_rate = learning_rate(settings, history)
    shuffled = order.of(len(history), len(train.targets))
    seed = order.seed_of(len(history))
    _seed_torch(seed)
    weights = settings.training_weights(train)
    step = _augmented(settings, network.train_on_batch, train.classes, np.random.default_rng([seed, 1]))
    row: Row = {"epoch": len(history) + 1}
    row |= _run(network, step, train, weights, shuffled, settings.batch_size)
    if settings.recompute_batch_norm:
        recompute_batch_norm(network, _batches(train, shuffled[:RECORDINGS], settings.batch_size))
    in_order = np.arange(len(validation.targets))
    logs = _run(network, network.test_on_batch, validation, validation.weights, in_order, settings.batch_size)
    return row | {f"val_{name}": value for name, value in logs.items()}


def _batches(data: Labelled, order: np.ndarray, batch_size: int) -> Iterator[Arrays]:
    for start in range(0, len(order), batch_size):
        yield data.source.batch(order[start : start + batch_size])


def _augmented(settings: Settings, step: Step, classes: int, rng: np.random.Generator) -> Step:
    """The step on augmented batches."""

    def augmented_step(arrays: Arrays, targets: np.ndarray, weights: np.ndarray, **options: bool) -> Row:
        batch = settings.augment_batch(arrays, np.eye(classes, dtype=np.float32)[targets], rng)
        return step(*(batch or (arrays, targets)), weights, **options)

    return augmented_step


def _run(
    network: keras.Model, step: Step, data: Labelled, weights: np.ndarray, order: np.ndarray, batch_size: int
) -> Row:
    """Run one step per batch.

    Returns:
        loss and uar over all recordings of `order`, weighted, and their accuracy.
    """
    loss = correct = balanced = 0.0
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        network.reset_metrics()  # not every version of Keras does this itself
        arrays = dict(data.source.batch(batch))
        logs = step(arrays, data.targets[batch], weights[batch], return_dict=True)
        loss += float(logs["loss"]) * len(batch)
        correct += float(logs["accuracy"]) * len(batch)
        balanced += float(logs["uar"]) * weights[batch].sum()
    count = len(order)
    uar = float(balanced / weights[order].sum())
    return {"loss": loss / count, "uar": uar, "accuracy": correct / count}
