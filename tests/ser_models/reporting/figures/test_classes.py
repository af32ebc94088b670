"""Cells, bars and marks stand where the figures say."""

import numpy as np
import pytest

from ser_models.evaluation.result import GroupResult
from ser_models.reporting.figures import confusion_matrix, per_class, per_speaker
from ser_models.reporting.figures.picture import plain
from tests.results import make_result


def axes_of(picture):
    [panel] = picture.panels
    return plain(panel).axes[0]


def test_cells_have_share_and_count():
    result = make_result({"confusion_matrix": ((6, 1, 0), (2, 8, 1), (0, 0, 0))})
    cells = [text.get_text() for text in axes_of(confusion_matrix(result)).texts]
    assert cells[:6] == ["86\xa0%", "6", "14\xa0%", "1", "0\xa0%", "0"]
    assert cells[-6:] == ["0\xa0%", "0"] * 3


def test_speakers_are_sorted_and_coloured_by_corpus():
    axes = axes_of(per_speaker(make_result(speakers=6, corpora=("a", "b"))))
    bars = sorted(axes.patches[1:], key=lambda bar: bar.get_x())
    assert np.all(np.diff([bar.get_height() for bar in bars]) >= 0)
    assert len({bar.get_facecolor() for bar in bars}) == 2
    assert axes.get_legend_handles_labels()[1][-2:] == ["a", "b"]


def test_many_speakers_are_not_named():
    axes = axes_of(per_speaker(make_result(speakers=80)))
    assert len(axes.get_xticks()) == 0
    assert axes.get_xlabel() == "80 speakers"


def test_the_words_of_the_speakers_name_the_extremes():
    result = make_result(
        {"per_speaker": {"d/a": GroupResult(0.25, 1), "d/b": GroupResult(0.75, 1)}, "chance": 0.5}
    )
    [panel] = per_speaker(result).panels
    assert panel.text == "UAR of 2 speakers, from 25\xa0% (d/a) to 75\xa0% (d/b), chance 50\xa0%"


def test_f1_without_a_claim():
    result = make_result()
    axes = axes_of(per_class(result))
    expected = [row.f1 for row in result.per_class.values()]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx(expected)
    assert axes.get_legend() is None


def test_claims_stand_beside_their_emotion():
    claims = {"f1": {"sad": 0.9, "angry": 0.8, "boredom": 0.1}}
    picture = per_class(make_result(), claims)
    [marks] = axes_of(picture).collections
    assert sorted(marks.get_offsets().tolist()) == [[0.8, 0], [0.9, 2]]
    assert "The paper claims sad 90\xa0%, angry 80\xa0%" in picture.panels[0].text
