"""Learning rates and early stopping, as functions of the history."""

from math import cos, nan, pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_models.models.networks.schedule import (
    Settings,
    best_index,
    epochs_without_gain,
    learning_rate,
    should_stop,
)


def settings_of(**changes):
    return Settings(**{"epochs": 20, "learning_rate": 0.1, "patience": 6, **changes})


def losses(*values):
    return [{"val_loss": value, "val_uar": 0.5} for value in values]


def uars(*values):
    return [{"val_loss": 1.0, "val_uar": value} for value in values]


def test_the_first_of_equal_epochs_is_the_best():
    assert best_index(losses(3, 1, 2, 1), "val_loss") == 1
    assert best_index(uars(0.2, 0.5, 0.5), "val_uar") == 1


def test_nan_is_never_the_best():
    assert best_index(losses(nan, 2, nan, 1), "val_loss") == 3
    assert best_index(losses(nan, nan), "val_loss") == 0
    assert best_index(uars(nan, 0.1), "val_uar") == 1


def test_epochs_without_gain():
    assert epochs_without_gain([], "val_loss") == 0
    assert epochs_without_gain(losses(3), "val_loss") == 0
    assert epochs_without_gain(losses(1, 2, 3), "val_loss") == 2


def test_training_stops_after_patience_or_all_epochs():
    settings = settings_of(epochs=5, patience=2)
    assert not should_stop(settings, [])
    assert not should_stop(settings, losses(1, 2))
    assert should_stop(settings, losses(1, 2, 3))
    assert not should_stop(settings, losses(1, 2, 0.5, 2))
    assert should_stop(settings, losses(5, 4, 3, 2, 1))
    assert should_stop(settings_of(patience=2, monitor="val_uar"), uars(0.3, 0.2, 0.3))


def test_constant():
    assert learning_rate(settings_of(), losses(1, 1, 1, 1, 1, 1, 1)) == 0.1


def test_cosine():
    settings = settings_of(schedule="cosine", epochs=4)
    rates = [learning_rate(settings, losses(*[1.0] * done)) for done in range(4)]
    assert rates == pytest.approx([0.1 * (1 + cos(pi * done / 4)) / 2 for done in range(4)])
    assert rates[0] == 0.1
    assert rates[2] == pytest.approx(0.05)
    assert 0 < rates[-1] < rates[-2]


def test_a_plateau_halves_the_rate_and_a_better_epoch_restarts_the_count():
    settings = settings_of(schedule="plateau", patience=6)  # a plateau is 2 epochs
    history = losses(1.0, 1.1, 0.9, 0.9, 1.0, 0.95, 0.92, 0.8, 0.9)
    rates = [learning_rate(settings, history[:done]) for done in range(len(history) + 1)]
    assert rates == pytest.approx([0.1] * 5 + [0.05] * 2 + [0.025] * 3)


def test_a_plateau_has_at_least_one_epoch():
    settings = settings_of(schedule="plateau", patience=2)
    assert learning_rate(settings, losses(1.0, 1.0)) == pytest.approx(0.05)
    assert learning_rate(settings, losses(nan)) == pytest.approx(0.05)


@given(st.lists(st.floats(0, 2), max_size=19), st.sampled_from(["constant", "plateau", "cosine"]))
def test_rates_never_rise_nor_leave_their_range(values, schedule):
    settings = settings_of(schedule=schedule)
    history = losses(*values)
    rates = [learning_rate(settings, history[:done]) for done in range(len(history) + 1)]
    assert all(0 < rate <= 0.1 for rate in rates)
    assert rates == sorted(rates, reverse=True)
