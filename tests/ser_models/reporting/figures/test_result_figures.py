"""Figures of a result: every one is written, and cells, bars, curves and marks have the right values."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ser_models.evaluation.claims import Claims, ClassClaims
from ser_models.evaluation.entries import GroupResult
from ser_models.reporting import figures
from ser_models.reporting.figures.comparison import Mark, comparison
from ser_models.reporting.figures.picture import plain
from tests.results import attention_example, make_history, make_result

EXAMPLE = attention_example()
PNGS = ["confusion_matrix", "per_class", "per_speaker", "roc", "reliability", "coverage", "training_curves"]


def axes_of(drawn):
    """The axes of a panel, or of the only panel of a picture."""
    return plain(drawn.panels[0] if isinstance(drawn, figures.Picture) else drawn).axes[0]


@pytest.mark.parametrize(
    ("result", "history", "examples", "names"),
    [
        ({}, make_history(), [EXAMPLE, EXAMPLE], [*PNGS, "attention_1", "attention_2"]),
        (
            {"tested": ("sad",)},
            make_history(epochs=1),
            [],
            [name for name in PNGS[:-1] if name not in ("roc", "per_speaker")],
        ),
    ],
    ids=["everything", "one emotion, no epochs"],
)
def test_every_figure_with_content_is_a_png(tmp_path, result, history, examples, names):
    run = figures.Run(make_result(**result), history)
    written = figures.save_all(tmp_path / "figures", run, examples)
    assert [path.name for path in written] == [f"{name}.png" for name in names]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)


def test_cells_have_share_and_count():
    result = make_result({"confusion_matrix": ((6, 1, 0), (2, 8, 1), (0, 0, 0))})
    cells = [text.get_text() for text in axes_of(figures.confusion_matrix(result)).texts]
    assert cells[:6] == ["86\xa0%", "6", "14\xa0%", "1", "0\xa0%", "0"]
    assert cells[-6:] == ["0\xa0%", "0"] * 3


def test_speakers_are_sorted_and_coloured_by_corpus():
    axes = axes_of(figures.per_speaker(make_result(speakers=6, corpora=("a", "b"))))
    bars = sorted(axes.patches[1:], key=lambda bar: bar.get_x())
    assert np.all(np.diff([bar.get_height() for bar in bars]) >= 0)
    assert len({bar.get_facecolor() for bar in bars}) == 2
    assert axes.get_legend_handles_labels()[1][-2:] == ["a", "b"]


def test_many_speakers_are_not_named():
    groups = {f"demo/s{number}": GroupResult(0.5, 1) for number in range(80)}
    axes = axes_of(figures.per_speaker(make_result({"per_speaker": groups})))
    assert len(axes.get_xticks()) == 0
    assert axes.get_xlabel() == "80 speakers"


def test_the_description_names_the_extreme_speakers():
    groups = {"d/a": GroupResult(0.25, 1), "d/b": GroupResult(0.75, 1)}
    [panel] = figures.per_speaker(make_result({"per_speaker": groups, "chance": 0.5})).panels
    assert panel.text == "UAR of 2 speakers, from 25\xa0% (d/a) to 75\xa0% (d/b), chance 50\xa0%"


def test_metrics_by_emotion_without_and_with_claims():
    result = make_result()
    panels = figures.per_class(result).panels
    for panel, name in zip(panels, ("f1", "iou", "mse", "log_loss"), strict=True):
        axes = axes_of(panel)
        values = [getattr(row, name) for row in result.per_class.values()]
        assert [bar.get_width() for bar in axes.patches] == values
        assert axes.get_xlim()[1] >= max(values)
        assert axes.get_legend() is None
    f1 = {label: ClassClaims(f1=value) for label, value in {"sad": 0.9, "angry": 0.8, "boredom": 0.1}.items()}
    picture = figures.per_class(result, Claims(per_class=f1))
    [marks] = axes_of(picture).collections
    assert sorted(marks.get_offsets().tolist()) == [[0.8, 0], [0.9, 2]]
    assert "The paper claims sad 90\xa0%, angry 80\xa0%" in picture.panels[0].text


def test_losses_after_a_second_softmax_are_not_beside_ours():
    sad = ClassClaims(log_loss=0.2, mse=0.05, iou=0.9)
    for twice in (False, True):
        picture = figures.per_class(make_result(), Claims(per_class={"sad": sad}, second_softmax=twice))
        claimed = ["The paper claims" in panel.text for panel in picture.panels]
        assert claimed == [False, True, not twice, not twice]


def test_roc_curves_have_their_area():
    result = make_result()
    chance, *curves = axes_of(figures.roc(result)).lines
    assert [line.get_label() for line in curves] == [
        f"{label} {row.auc:.2f}" for label, row in result.per_class.items()
    ]
    assert list(curves[0].get_xdata()) == list(result.roc["angry"].fpr)
    assert chance.get_linestyle() == "--"


def test_the_reliability_diagram_has_the_bins():
    result = make_result()
    bins = result.calibration.reliability
    [panel] = figures.reliability(result).panels
    axes = axes_of(panel)
    assert list(axes.lines[1].get_xdata()) == [entry.confidence for entry in bins]
    assert list(axes.lines[1].get_ydata()) == [entry.accuracy for entry in bins]
    assert sum(bar.get_height() for bar in axes.patches) == pytest.approx(1)
    assert panel.text.startswith(f"ECE {100 * result.calibration.ece:.1f}\xa0%.")


def test_the_final_model_is_thick_and_its_best_epoch_marked():
    loss, uar, accuracy = figures.training_curves(make_history((0, 1, -1), 3)).panels
    lines = [line for line in axes_of(loss).lines if len(line.get_xdata()) > 1]
    assert sorted(line.get_linewidth() for line in lines) == [0.8] * 4 + [2.0] * 2
    assert "best epoch" in axes_of(uar).get_legend_handles_labels()[1]
    assert loss.text == "loss by epoch; best epoch 1 of 3: 1.00 in training, 1.10 in validation"
    assert accuracy.text == "accuracy by epoch; best epoch 1 of 3: 0.60 in training, 0.45 in validation"


def test_without_a_model_of_all_speakers_the_last_fold_is_the_final_one():
    history = make_history((0, 1), 3)
    history.loc[history["fold"] == 1, "loss"] = 7.0
    loss = figures.training_curves(history).panels[0]
    [thick] = [line for line in axes_of(loss).lines if line.get_label() == "training"]
    assert set(thick.get_ydata()) == {7.0}


def test_a_learning_rate_is_drawn_if_it_changes():
    panels = figures.training_curves(make_history(rates=True)).panels
    axes = axes_of(panels[-1])
    assert axes.get_yscale() == "log"
    assert axes.get_legend_handles_labels()[1] == ["learning rate", "best epoch"]
    constant = make_history().assign(learning_rate=0.001)
    assert len(figures.training_curves(constant).panels) == 3
    without_accuracy = constant.drop(columns=["accuracy", "val_accuracy"])
    assert len(figures.training_curves(without_accuracy).panels) == 2


def test_members_of_an_ensemble_are_named():
    run = figures.Run(make_result(), make_history((0, 1), 3), parameters={"members": ["ridge", "svm"]})
    loss, uar, accuracy = figures.FIGURES["training"](run).panels
    axes = axes_of(uar)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["ridge", "svm", "all members"]
    assert axes.get_legend_handles_labels()[1] == ["training", "validation"]
    assert {line.get_linestyle() for line in axes.lines} == {"None"}, "members have no order to join them by"
    assert accuracy.text == "accuracy in validation: ridge 0.45, svm 0.45, all members 0.45"
    assert loss.text.startswith("loss in validation: ridge ")


@pytest.mark.parametrize("history", [None, make_history(epochs=1), make_history().head(0)])
def test_without_epochs_there_are_no_training_curves(history):
    assert figures.FIGURES["training"](figures.Run(make_result(), history)) is None


def test_marks_of_a_comparison():
    panel = comparison([Mark("honest", 0.4, (0.35, 0.5)), Mark("the paper's claim", 0.95)], chance=0.125)
    axes = axes_of(panel)
    chance, band, honest, claim = axes.lines
    assert list(chance.get_xdata()) == [0.125, 0.125]
    assert list(band.get_xdata()) == [0.35, 0.5]
    assert [list(honest.get_xdata()), list(claim.get_xdata())] == [[0.4], [0.95]]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["honest", "the paper's claim"]
    assert panel.text == "honest 40.0\xa0%, the paper's claim 95.0\xa0%; chance 12.5\xa0%"


@pytest.mark.parametrize(("value", "side"), [(0.2, "left"), (0.95, "right")])
def test_the_label_of_a_mark_is_inside_of_the_axes(value, side):
    label = axes_of(comparison([Mark("this run", value, (value - 0.05, value + 0.05))], chance=0.1)).texts[-1]
    assert label.get_ha() == side
    assert 0 < label.get_position()[0] < 1


def test_attention_and_spectrogram_share_the_time_axis():
    axes = axes_of(figures.attention(EXAMPLE, 1))
    assert axes.images[0].get_extent() == [0.0, 1.0, 0, 40]
    assert axes.images[0].get_array().shape == (40, 100)
    curve = axes.lines[0]
    assert curve.get_xdata()[np.argmax(curve.get_ydata())] == pytest.approx(0.255)
    assert axes.get_xlim() == (0.0, 1.0)
    assert min(curve.get_ydata()) >= 40  # above the spectrogram
    assert [text.get_text() for text in axes.texts] == ["100.0 × uniform"]
    uniform = axes_of(figures.attention(replace(EXAMPLE, weights=np.full(100, 0.01)), 1))
    assert [text.get_text() for text in uniform.texts] == ["1.0 × uniform"]


def test_a_cropped_recording_keeps_its_time():
    picture = figures.attention(replace(EXAMPLE, start_sec=2.0), 1)
    assert axes_of(picture).get_xlim() == (2.0, 3.0)
    assert picture.panels[0].text.endswith("maximum 2.25 s")


@pytest.mark.parametrize(
    ("weights", "problem"),
    [
        (np.ones(99), "99 attention weights for 100 frames: expected one per frame"),
        (np.zeros(100), "every attention weight is 0: expected some above 0"),
    ],
)
def test_invalid_attention_is_refused(weights, problem):
    with pytest.raises(ValueError, match=f"demo/s0_sad_0: {problem}"):
        replace(EXAMPLE, weights=weights)


def test_a_search_has_a_panel_per_hyperparameter():
    columns = {"trial": [1, 0, 2], "val_uar": [0.5, 0.4, 0.3]}
    columns |= {"rate": [1e-3, 1e-4, 1e-2], "head": ["pool", "lstm", "pool"]}
    figure = figures.tuning(pd.DataFrame(columns), title="Conv3D", logarithmic=["rate"])
    course, rate, head = figure.axes
    assert [axes.get_xlabel() for axes in figure.axes] == ["trial", "rate", "head"]
    assert course.lines[1].get_ydata().tolist() == [0.4, 0.5, 0.5]
    assert rate.get_xscale() == "log"
    assert [label.get_text() for label in head.get_xticklabels()] == ["lstm", "pool"]
    assert any("best validation UAR 0.500" in text.get_text() for text in figure.texts)
