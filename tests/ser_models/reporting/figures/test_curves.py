"""Curves show what was stored, and the shipped model stands out."""

import pytest

from ser_models.reporting.figures import reliability, roc, training_curves
from ser_models.reporting.figures.picture import plain
from tests.results import make_history, make_result


def axes_of(panel):
    return plain(panel).axes[0]


def test_there_is_a_curve_for_each_emotion_with_its_area():
    result = make_result()
    [panel] = roc(result).panels
    chance, *curves = axes_of(panel).lines
    assert [line.get_label() for line in curves] == [
        f"{label} {row.auc:.2f}" for label, row in result.per_class.items()
    ]
    assert list(curves[0].get_xdata()) == list(result.roc["angry"].fpr)
    assert chance.get_linestyle() == "--"


def test_reliability_shows_the_bins():
    result = make_result()
    bins = result.calibration.reliability
    [panel] = reliability(result).panels
    axes = axes_of(panel)
    assert list(axes.lines[1].get_xdata()) == [each.confidence for each in bins]
    assert list(axes.lines[1].get_ydata()) == [each.accuracy for each in bins]
    assert sum(bar.get_height() for bar in axes.patches) == pytest.approx(1)
    assert panel.text.startswith(f"ECE {100 * result.calibration.ece:.1f}\xa0%.")


def test_the_shipped_model_is_thick_and_its_kept_epoch_marked():
    loss, uar = training_curves(make_history((0, 1, -1), 3)).panels
    lines = [line for line in axes_of(loss).lines if len(line.get_xdata()) > 1]
    assert sorted(line.get_linewidth() for line in lines) == [0.8] * 4 + [2.0] * 2
    assert "best epoch" in axes_of(uar).get_legend_handles_labels()[1]
    assert loss.text == "loss by epoch; best epoch 1 of 3: 1.00 in training, 1.10 in validation"


def test_without_a_model_of_everybody_the_last_fold_is_the_shipped_one():
    history = make_history((0, 1), 3)
    history.loc[history["fold"] == 1, "loss"] = 7.0
    loss, _ = training_curves(history).panels
    [thick] = [line for line in axes_of(loss).lines if line.get_label() == "training"]
    assert set(thick.get_ydata()) == {7.0}


def test_a_learning_rate_is_drawn_if_it_changes():
    panels = training_curves(make_history(rates=True)).panels
    axes = axes_of(panels[2])
    assert axes.get_yscale() == "log"
    assert axes.get_legend_handles_labels()[1] == ["learning rate", "best epoch"]
    constant = make_history().assign(learning_rate=0.001)
    assert len(training_curves(constant).panels) == 2


def test_nothing_trained_is_nothing_drawn():
    assert training_curves(None) is None
    assert training_curves(make_history(epochs=1)) is None
    assert training_curves(make_history().head(0)) is None
