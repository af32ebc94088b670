"""Hyperparameters of the training loop, and what follows from them and the history alone.

`Settings`, rows of the epochs so far → `learning_rate` of the next epoch, `should_stop`, `best_index`

No other state is involved, so resuming a training is trivial.

>>> rows = [{"val_loss": loss} for loss in (0.9, 0.8, 0.8, 0.85)]
>>> best_index(rows, "val_loss"), epochs_without_gain(rows, "val_loss")
(1, 2)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, inf, isnan, pi
from typing import Literal

import numpy as np

from ser_models.data.batches import Arrays
from ser_models.models.base import Labelled, Row
from ser_models.models.hyperparameters import Count, NotNegative, Portion, Positive, Share

PLATEAU_SHARE = 3
"""A plateau is a third of the patience, so that smaller steps are tried before training stops."""

Monitor = Literal["val_loss", "val_uar", "val_accuracy"]
Schedule = Literal["constant", "plateau", "cosine", "step", "restarts"]


@dataclass
class Settings:
    """Hyperparameters of the training loop, shared by all networks.

    Attributes:
        epochs: maximum number of epochs.
        batch_size: recordings per step.
        learning_rate: initial learning rate of the optimizer.
        patience: epochs without a better `monitor` before training stops; the best epoch is kept.
        monitor: validation metric that decides about early stopping and the best epoch.
        loss: what is minimised; see `ser_models.models.networks.losses`.
        gamma: focusing parameter of the focal loss; 0 is the cross-entropy.
        label_smoothing: share of each target that is spread evenly over all classes.
        class_weights: whether the training loss is class-balanced; the validation loss always is.
        alpha: recordings that the class weights, the α of the focal loss, balance: as "drawn", of which
            oversampling leaves equally many per class, or as "recorded", before oversampling.
        optimizer: "sgd" has momentum 0.9.
        schedule: how the learning rate decays; see `learning_rate`.
        decay: factor by which each plateau or step multiplies the learning rate.
        period: epochs of a step, or of the first cycle of the warm restarts.
        clip_norm: maximum norm of each weight's gradient; None for no clipping.
        recompute_batch_norm: whether BatchNorm statistics are recomputed without dropout after every epoch;
            see `ser_models.models.networks.batch_norm`.
    """

    epochs: Count = 50
    batch_size: Count = 32
    learning_rate: Positive = 1e-3
    patience: Count = 15
    monitor: Monitor = "val_loss"
    loss: Literal["cross_entropy", "focal"] = "cross_entropy"
    gamma: NotNegative = 2.0
    label_smoothing: Share = 0.0
    class_weights: bool = True
    alpha: Literal["drawn", "recorded"] = "drawn"
    optimizer: Literal["adam", "rmsprop", "sgd"] = "adam"
    schedule: Schedule = "constant"
    decay: Portion = 0.5
    period: Count = 10
    clip_norm: Positive | None = None
    recompute_batch_norm: bool = False

    def augment_batch(
        self, arrays: Arrays, targets: np.ndarray, rng: np.random.Generator
    ) -> tuple[Arrays, np.ndarray] | None:
        """Augment a training batch; None, as here, for no augmentation.

        Args:
            arrays: scaled.
            targets: one-hot, (recordings, classes).
            rng: seeded by seed, fold and epoch.

        Returns:
            Arrays and soft targets, both of the same shapes.
        """
        return None

    def training_weights(self, train: Labelled) -> np.ndarray:
        """Weight of each training recording in the loss, (recordings,), from `class_weights` and `alpha`."""
        if not self.class_weights:
            return np.ones(len(train.targets))
        return train.recorded_weights if self.alpha == "recorded" else train.weights


def best_index(history: Sequence[Row], monitor: str) -> int:
    """Index of the first epoch with the best `monitor`: lowest loss, or highest UAR or accuracy."""
    losses = [_as_loss(row, monitor) for row in history]
    return losses.index(min(losses))


def epochs_without_gain(history: Sequence[Row], monitor: str) -> int:
    """Number of epochs since the best one; 0 if it was the last, or there is none."""
    return len(history) - 1 - best_index(history, monitor) if history else 0


def should_stop(settings: Settings, history: Sequence[Row]) -> bool:
    """Whether all epochs are done, or the last `patience` of them brought no improvement."""
    if len(history) >= settings.epochs:
        return True
    return epochs_without_gain(history, settings.monitor) >= settings.patience


def learning_rate(settings: Settings, history: Sequence[Row]) -> float:
    """Learning rate of the epoch after `history`.

    constant: the initial rate. cosine: half a cosine from the initial rate to 0 after the last of `epochs`.
    plateau: times `decay` whenever a third of `patience` epochs (at least one) brought no better `monitor`.
    step: times `decay` every `period` epochs. restarts: half cosines whose first takes `period` epochs and
    every other twice as many as the one before (Loshchilov and Hutter, "SGDR", 2017).
    """
    if settings.schedule == "cosine":
        return settings.learning_rate * (1 + cos(pi * len(history) / settings.epochs)) / 2
    if settings.schedule == "plateau":
        return settings.learning_rate * settings.decay ** _plateaus(settings, history)
    if settings.schedule == "step":
        return settings.learning_rate * settings.decay ** (len(history) // settings.period)
    if settings.schedule == "restarts":
        return settings.learning_rate * (1 + cos(pi * _cycle_position(settings, len(history)))) / 2
    return settings.learning_rate


def _plateaus(settings: Settings, history: Sequence[Row]) -> int:
    """Count the plateaus; each starts after a better epoch or a halving."""
    length = max(1, settings.patience // PLATEAU_SHARE)
    best, waited, plateaus = inf, 0, 0
    for row in history:
        value = _as_loss(row, settings.monitor)
        waited = 0 if value < best else waited + 1
        best = min(best, value)
        if waited == length:
            waited, plateaus = 0, plateaus + 1
    return plateaus


def _cycle_position(settings: Settings, epoch: int) -> float:
    """Position of an epoch in its cycle of warm restarts, 0 to below 1."""
    length = settings.period
    while epoch >= length:
        epoch, length = epoch - length, 2 * length
    return epoch / length


def _as_loss(row: Row, monitor: str) -> float:
    """The monitored metric, lower being better; NaN is the worst."""
    value = row[monitor] if monitor == "val_loss" else -row[monitor]
    return inf if isnan(value) else value
