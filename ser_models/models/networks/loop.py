"""One network trained: batches in an order of our own, validation, stopping, state after each epoch.

`Network` (hyperparameters), graph, `Labelled` → `fit` → history; the graph has the weights of the best epoch

What an epoch does follows from the state before it, the history, the seed and the fold, and from nothing
else: so a training that was killed goes on to the same end.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from ser_models.data.batches import Arrays
from ser_models.models.base import Labelled, OnEpoch, Row
from ser_models.models.networks.batch_norm import RECORDINGS, recompute_batch_norm
from ser_models.models.networks.checkpoint import Checkpoint
from ser_models.models.networks.losses import Uar, WeightedLoss
from ser_models.models.networks.network import Network
from ser_models.models.networks.schedule import best_index, learning_rate, should_stop

MOMENTUM = 0.9
"""Of stochastic gradient descent."""

Step = Callable[..., dict[str, float]]
"""Keras's `train_on_batch` or `test_on_batch`."""


@dataclass(frozen=True, slots=True)
class Order:
    """In which order the recordings are learned from.

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
        """Return the order of one epoch, a permutation of 0 to count - 1."""
        return np.random.default_rng(self._entropy(epoch)).permutation(count)

    def seed_of(self, epoch: int) -> int:
        """Return 32 bits for whatever else is random in one epoch."""
        return int(np.random.SeedSequence(self._entropy(epoch)).generate_state(1)[0])

    def _entropy(self, epoch: int) -> list[int]:
        return [self.seed, self.fold + 1, epoch]


def fit(
    settings: Network,
    network: keras.Model,
    train: Labelled,
    validation: Labelled,
    order: Order,
    on_epoch: OnEpoch,
    path: Path | None,
) -> list[Row]:
    """Train until `should_stop`, then put the weights of the best epoch back.

    Args:
        settings: the hyperparameters.
        network: the graph with its first weights.
        train: recordings to learn from.
        validation: recordings that decide when to stop; balanced, whatever training is.
        order: of the recordings in each epoch.
        on_epoch: told every row of the history as it comes.
        path: of the checkpoint; None to keep none.
    """
    _compile(settings, network)
    checkpoint = Checkpoint(path, network) if path else None
    history, best = (checkpoint.load() if checkpoint else None) or ([], network.get_weights())
    for row in history:
        on_epoch(row)
    while not should_stop(settings, history):
        history.append(_epoch(settings, network, train, validation, order, history))
        if best_index(history, settings.monitor) == len(history) - 1:
            best = network.get_weights()
        if checkpoint:
            checkpoint.save(history, best)
        on_epoch(history[-1])
    network.set_weights(best)
    return history


def seed_everything(seed: int) -> None:
    """Fix every random number of Keras, and the order of TensorFlow's sums where it is the backend."""
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()


def _seed_torch(seed: int) -> None:
    """Begin PyTorch's own random numbers anew: dropout draws from them, and no network's state holds them."""
    if keras.backend.backend() == "torch":
        import torch

        torch.manual_seed(seed)


def _compile(settings: Network, network: keras.Model) -> None:
    gamma = settings.gamma if settings.loss == "focal" else 0.0
    network.compile(
        optimizer=_optimizer(settings),
        loss=WeightedLoss(gamma=gamma, label_smoothing=settings.label_smoothing),
        # Weighted by balanced weights, accuracy is the UAR.
        weighted_metrics=[Uar(name="uar")],
    )
    network.optimizer.build(network.trainable_variables)


def _optimizer(settings: Network) -> keras.optimizers.Optimizer:
    rate, clip = settings.learning_rate, settings.clip_norm
    if settings.optimizer == "adam":
        return keras.optimizers.Adam(rate, clipnorm=clip)
    if settings.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(rate, clipnorm=clip)
    return keras.optimizers.SGD(rate, momentum=MOMENTUM, clipnorm=clip)


def _epoch(
    settings: Network,
    network: keras.Model,
    train: Labelled,
    validation: Labelled,
    order: Order,
    history: list[Row],
) -> Row:
    """Learn from every recording once, look at validation, and return the row of the epoch."""
    network.optimizer.learning_rate = learning_rate(settings, history)
    shuffled = order.of(len(history), len(train.targets))
    _seed_torch(order.seed_of(len(history)))
    weights = train.weights if settings.class_weights else np.ones(len(train.targets))
    rng = np.random.default_rng([order.seed_of(len(history)), 1])
    step = _varying(settings, network.train_on_batch, train.classes, rng)
    learned = _take(network, step, train, weights, shuffled, settings.batch_size)
    if settings.recompute_batch_norm:
        recompute_batch_norm(network, _batches(train, shuffled[:RECORDINGS], settings.batch_size))
    in_order = np.arange(len(validation.targets))
    watched = validation.weights
    checked = _take(network, network.test_on_batch, validation, watched, in_order, settings.batch_size)
    return {
        "epoch": len(history) + 1,
        **learned,
        **{f"val_{name}": value for name, value in checked.items()},
    }


def _batches(data: Labelled, order: np.ndarray, batch_size: int) -> Iterator[Arrays]:
    for start in range(0, len(order), batch_size):
        yield data.source.batch(order[start : start + batch_size])


def _varying(settings: Network, step: Step, classes: int, rng: np.random.Generator) -> Step:
    """The step, on batches as the network varies them."""

    def take(arrays: Arrays, targets: np.ndarray, weights: np.ndarray, **how: bool) -> dict[str, float]:
        varied = settings.augment_batch(arrays, np.eye(classes, dtype=np.float32)[targets], rng)
        return step(*(varied or (arrays, targets)), weights, **how)

    return take


def _take(
    network: keras.Model, step: Step, data: Labelled, weights: np.ndarray, order: np.ndarray, batch_size: int
) -> dict[str, float]:
    """Take one step per batch.

    Returns:
        loss and uar over all recordings of `order`, each counted by its weight.
    """
    loss = right = 0.0
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        network.reset_metrics()  # not every version of Keras does it on its own
        arrays = dict(data.source.batch(batch))
        logs = step(arrays, data.targets[batch], weights[batch], return_dict=True)
        loss += float(logs["loss"]) * len(batch)
        right += float(logs["uar"]) * weights[batch].sum()
    return {"loss": loss / len(order), "uar": float(right / weights[order].sum())}
