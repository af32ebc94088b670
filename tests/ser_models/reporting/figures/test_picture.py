"""Titles name model, protocol and result at any length; names are never formulas; files are atomic."""

from itertools import pairwise
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from ser_features.errors import InputError, StoreError
from ser_models.reporting.figures import Panel, Picture, per_speaker
from ser_models.reporting.figures.picture import Drawing, captioned, plain, titled
from tests.results import make_result


def texts(figure):
    return [text.get_text() for text in figure.texts]


@pytest.mark.parametrize(("synthetic", "corpus"), [(True, "demo (synthetic speech)"), (False, "demo")])
def test_titles_name_model_protocol_and_result(synthetic, corpus):
    values = {"synthetic": synthetic, "uar": 0.5123, "uar_ci95": (0.45, 0.58), "chance": 1 / 3}
    result = make_result(values)
    assert texts(titled(per_speaker(result), result)) == [
        "UAR by speaker",
        f"mlp on {corpus}, speaker-disjoint, 2 folds",
        "UAR 0.512, 95 % interval 0.450 to 0.580 over 5 speakers, chance 0.333",
    ]


def test_long_titles_are_wrapped_inside_of_the_picture():
    result = make_result({"protocol": "random, " * 20})
    panel = Panel(lambda axes: None, 4.0, 3.0, "nothing")
    figure = titled(Picture("x", "many words " * 8, (panel,)), result)
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [text.get_window_extent(renderer) for text in figure.texts]
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.width for box in boxes)
    assert all(above.y0 >= below.y1 - 1 for above, below in pairwise(boxes))


def test_dollar_signs_are_escaped():
    result = make_result(name="$\\undefined{$")
    figure = titled(per_speaker(result), result)
    FigureCanvasAgg(figure).draw()  # a formula that cannot be read would raise
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert labels[0].startswith(r"\$\undefined{\$")


def test_panels_share_a_row_by_their_widths():
    panels = tuple(Panel(lambda axes: None, width, 2.0, "nothing") for width in (3.0, 6.0))
    figure = titled(Picture("x", "two", panels), make_result())
    assert figure.get_figwidth() == 9.0
    left, right = figure.axes
    assert right.get_position().x0 > left.get_position().x1


def test_a_plain_panel_is_transparent():
    figure = plain(Panel(lambda axes: axes.plot([0, 1]), 3.0, 2.0, "a line"))
    assert not figure.patch.get_visible()
    assert not figure.axes[0].patch.get_visible()
    assert figure.texts == []


def test_panels_are_placed_in_rows():
    panels = tuple(Panel(lambda axes: axes.set_title("x"), 2.0, 1.0 + number, "x") for number in range(5))
    picture = Picture("x", "five", panels, across=2)
    assert [len(row) for row in picture.grid] == [2, 2, 1]
    figure = captioned(picture, ["a sentence"])
    figure.draw_without_rendering()
    tops = [round(axes.get_position().y1, 2) for axes in figure.axes]
    assert tops[0] == tops[1] > tops[2] == tops[3] > tops[4]
    assert figure.get_figwidth() == 4.0
    assert len(Picture("x", "five", panels).grid) == 1


def test_a_drawing_is_saved_under_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    drawing = Drawing(Picture("x", "a title", (Panel(lambda axes: None, 4.0, 3.0, "nothing"),)), ["said"])
    assert drawing.save() == Path("x.png")
    assert drawing.save(tmp_path / "in" / "y.SVG").read_text().count("<svg") == 1
    with pytest.raises(
        InputError, match=r"y\.gif is no name for a figure: expected one that ends in \.png, "
    ):
        drawing.save(tmp_path / "y.gif")
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="the figure cannot be written to"):
        drawing.save(tmp_path / "file" / "y.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "in", "x.png"]
