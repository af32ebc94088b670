"""Figures: one file each, with titles that say what was measured."""

import numpy as np
import pandas as pd
import pytest

from ser_models.evaluation import figures


def metrics_of(speakers=5, corpora=("demo",), synthetic=True):
    names = [f"{corpora[index % len(corpora)]}/s{index}" for index in range(speakers)]
    return {
        "model": "mlp",
        "datasets": list(corpora),
        "synthetic": synthetic,
        "protocol": "speaker-disjoint, 5 folds",
        "uar": 0.5123,
        "interval": [0.45, 0.58],
        "chance": 1 / 3,
        "labels": ["angry", "neutral", "sad"],
        "confusion_matrix": [[6, 1, 0], [2, 8, 1], [0, 0, 0]],
        "per_speaker": {name: index / speakers for index, name in enumerate(names)},
        "per_corpus": dict.fromkeys(corpora, 0.5),
    }


def history_of(folds, epochs):
    rows = [
        {
            "fold": fold,
            "epoch": epoch,
            "loss": 1 / epoch,
            "uar": 0.5,
            "val_loss": 1.0 + 0.1 * epoch,
            "val_uar": 0.4,
            "kept": epoch == 1,
        }
        for fold in folds
        for epoch in range(1, epochs + 1)
    ]
    return pd.DataFrame(rows)


def texts(figure):
    return [text.get_text() for text in figure.texts]


def test_every_figure_is_a_png(tmp_path):
    written = figures.save_all(tmp_path / "figures", metrics_of(), history_of([0, 1, -1], 4))
    assert [path.name for path in written] == [
        "confusion_matrix.png",
        "per_speaker.png",
        "training_curves.png",
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)


def test_a_model_without_epochs_has_no_curves(tmp_path):
    written = figures.save_all(tmp_path, metrics_of(), history_of([0, 1], 1))
    assert [path.name for path in written] == ["confusion_matrix.png", "per_speaker.png"]


@pytest.mark.parametrize(("synthetic", "corpus"), [(True, "demo (synthetic speech)"), (False, "demo")])
def test_titles_say_what_was_measured(synthetic, corpus):
    figure = figures.per_speaker(metrics_of(synthetic=synthetic))
    assert texts(figure) == [
        "Recall by speaker",
        f"mlp on {corpus}, speaker-disjoint, 5 folds",
        "UAR 0.512 [0.450, 0.580], chance 0.333",
    ]


def test_cells_have_share_and_count():
    [axes] = figures.confusion_matrix(metrics_of()).axes
    cells = [text.get_text() for text in axes.texts]
    assert cells[:6] == ["86%", "6", "14%", "1", "0%", "0"]


def test_speakers_are_sorted_and_coloured_by_corpus():
    [axes] = figures.per_speaker(metrics_of(speakers=6, corpora=("a", "b"))).axes
    heights = [bar.get_height() for bar in sorted(axes.patches, key=lambda bar: bar.get_x())]
    assert axes.get_legend_handles_labels()[1][-2:] == ["a", "b"]
    assert np.all(np.diff(heights[1:]) >= 0)


def test_many_speakers_are_not_named():
    [axes] = figures.per_speaker(metrics_of(speakers=80)).axes
    assert len(axes.get_xticks()) == 0


def test_the_shipped_model_is_thick_and_its_kept_epoch_marked():
    loss, uar = figures.training_curves(metrics_of(), history_of([0, 1, -1], 3)).axes
    assert (
        sorted(line.get_linewidth() for line in loss.lines if len(line.get_xdata()) > 1)
        == [0.8] * 4 + [2.0] * 2
    )
    assert "kept epoch" in uar.get_legend_handles_labels()[1]
