"""The figure of a search: a panel for its course, and one for every hyperparameter, words among them."""

import pandas as pd

from ser_models.reporting.figures import tuning

TRIALS = pd.DataFrame(
    {
        "trial": [1, 0, 2],
        "val_uar": [0.5, 0.4, 0.3],
        "rate": [1e-3, 1e-4, 1e-2],
        "head": ["pool", "lstm", "pool"],
    }
)


def test_every_hyperparameter_has_its_panel():
    figure = tuning(TRIALS, title="Conv3D", logarithmic=["rate"])
    course, rate, head = figure.axes
    assert [axes.get_xlabel() for axes in figure.axes] == ["trial", "rate", "head"]
    assert course.lines[1].get_ydata().tolist() == [0.4, 0.5, 0.5]
    assert rate.get_xscale() == "log"
    assert [label.get_text() for label in head.get_xticklabels()] == ["lstm", "pool"]
    assert any("best validation UAR 0.500" in text.get_text() for text in figure.texts)
