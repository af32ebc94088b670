"""How fast to learn and when to stop, worked out of nothing but the history, so that resuming is trivial.

`Network` (its hyperparameters), rows of the epochs so far → `learning_rate` of the next, `should_stop`

>>> rows = [{"val_loss": loss} for loss in (0.9, 0.8, 0.8, 0.85)]
>>> best_index(rows, "val_loss"), epochs_without_gain(rows, "val_loss")
(1, 2)
"""

from collections.abc import Sequence
from math import cos, inf, isnan, pi
from typing import Protocol

from ser_models.models.base import Row

PLATEAU_FACTOR = 0.5
"""What the learning rate is multiplied by on every plateau."""

PLATEAU_SHARE = 3
"""A plateau is a third of the patience, so that the smaller steps have their chance before training stops."""


class Settings(Protocol):
    """The hyperparameters that decide; see `ser_models.models.networks.network.Network`."""

    @property
    def epochs(self) -> int:
        """Most epochs to train."""

    @property
    def learning_rate(self) -> float:
        """The rate of the first epoch."""

    @property
    def patience(self) -> int:
        """Epochs without a better validation before it stops."""

    @property
    def monitor(self) -> str:
        """val_loss or val_uar."""

    @property
    def schedule(self) -> str:
        """constant, plateau or cosine."""


def best_index(history: Sequence[Row], monitor: str) -> int:
    """Return the index of the first epoch with the best `monitor`: lowest val_loss, or highest val_uar."""
    losses = [_as_loss(row, monitor) for row in history]
    return losses.index(min(losses))


def epochs_without_gain(history: Sequence[Row], monitor: str) -> int:
    """Return how many epochs ago the best one was; 0 if it was the last, or there is none."""
    return len(history) - 1 - best_index(history, monitor) if history else 0


def should_stop(settings: Settings, history: Sequence[Row]) -> bool:
    """Whether all epochs are done, or `patience` of them brought nothing."""
    if len(history) >= settings.epochs:
        return True
    return epochs_without_gain(history, settings.monitor) >= settings.patience


def learning_rate(settings: Settings, history: Sequence[Row]) -> float:
    """Return the learning rate of the epoch that follows `history`.

    constant: as set. cosine: half a cosine from the set rate towards 0, which it would reach after the last
    of `epochs`. plateau: halved whenever a third of `patience` epochs (one at least) brought no better
    `monitor`.
    """
    if settings.schedule == "cosine":
        return settings.learning_rate * (1 + cos(pi * len(history) / settings.epochs)) / 2
    if settings.schedule == "plateau":
        return settings.learning_rate * PLATEAU_FACTOR ** _plateaus(settings, history)
    return settings.learning_rate


def _plateaus(settings: Settings, history: Sequence[Row]) -> int:
    """Count the plateaus; each begins anew after a better epoch or a halving."""
    wait = max(1, settings.patience // PLATEAU_SHARE)
    best, waited, plateaus = inf, 0, 0
    for row in history:
        value = _as_loss(row, settings.monitor)
        waited = 0 if value < best else waited + 1
        best = min(best, value)
        if waited == wait:
            waited, plateaus = 0, plateaus + 1
    return plateaus


def _as_loss(row: Row, monitor: str) -> float:
    """The watched measure, less being better; one that is not a number is the worst."""
    value = -row[monitor] if monitor == "val_uar" else row[monitor]
    return inf if isnan(value) else value
