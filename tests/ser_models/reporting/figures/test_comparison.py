"""Values on one scale, with intervals where they have one."""

import pytest

from ser_models.reporting.figures.comparison import Mark, comparison
from ser_models.reporting.figures.picture import plain


def test_marks_stand_at_their_values():
    panel = comparison([Mark("honest", 0.4, (0.35, 0.5)), Mark("the paper's claim", 0.95)], chance=0.125)
    axes = plain(panel).axes[0]
    chance, band, honest, claim = axes.lines
    assert list(chance.get_xdata()) == [0.125, 0.125]
    assert list(band.get_xdata()) == [0.35, 0.5]
    assert [list(honest.get_xdata()), list(claim.get_xdata())] == [[0.4], [0.95]]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["honest", "the paper's claim"]
    assert panel.text == "honest 40.0\xa0%, the paper's claim 95.0\xa0%; chance 12.5\xa0%"


@pytest.mark.parametrize(("value", "side"), [(0.2, "left"), (0.95, "right")])
def test_a_value_is_written_where_there_is_room(value, side):
    axes = plain(comparison([Mark("this run", value, (value - 0.05, value + 0.05))], chance=0.1)).axes[0]
    assert axes.texts[-1].get_ha() == side
    assert 0 < axes.texts[-1].get_position()[0] < 1
