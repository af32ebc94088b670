"""Every colour has enough contrast with its background, in light and dark mode."""

from pathlib import Path

import pytest

from ser_models.reporting import html
from ser_models.reporting.figures.picture import (
    BLUE,
    CORPUS_COLOURS,
    EMOTION_COLOURS,
    FURTHER_COLOURS,
    GRID,
    INK,
    MUTED,
    ORANGE,
    PAPER,
)


def luminance(rgb):
    """Relative luminance of WCAG 2, 0 to 1, of red, green and blue from 0 to 255."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (value / 255 for value in rgb)
    ]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rgb(colour):
    return tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))


MODES = {
    "light": ({colour: colour for colour in html.DARK}, PAPER, html.CELL),
    "dark": (html.DARK, html.DARK_PAPER, html.DARK_CELL),
}


@pytest.fixture(params=MODES)
def mode(request):
    return MODES[request.param]


def test_text_is_readable(mode):
    colours, paper, _ = mode
    assert contrast(rgb(colours[INK]), rgb(paper)) >= 7
    assert contrast(rgb(colours[MUTED]), rgb(paper)) >= 4.5
    assert contrast(rgb(colours[PAPER]), rgb(colours[BLUE])) >= 4.5  # on a bar


@pytest.mark.parametrize(
    "colour", sorted({BLUE, ORANGE, *CORPUS_COLOURS, *FURTHER_COLOURS, *EMOTION_COLOURS.values()})
)
def test_lines_and_bars_stand_out(mode, colour):
    colours, paper, _ = mode
    assert contrast(rgb(colours[colour]), rgb(paper)) >= 3


def test_cells_are_readable_at_every_share(mode):
    _, paper, cell = mode
    shallow, deep = ((0, 0, 0), (255, 255, 255)) if paper == PAPER else ((255, 255, 255), (0, 0, 0))
    for share in (percent / 100 for percent in range(101)):
        ground = [share * full + (1 - share) * empty for full, empty in zip(cell, rgb(paper), strict=True)]
        assert contrast(deep if share > html.DEEP else shallow, ground) >= 4.4, share


def test_every_colour_has_a_variable_in_both_modes():
    for dark in (False, True):
        text = html.declarations(dark=dark)
        assert all(f"{html.variable(colour)}: " in text for colour in (*html.DARK, GRID))
        assert "--cell: " in text


def test_the_page_uses_no_variable_that_is_not_declared():
    import re

    import ser_models.reporting.report as package

    css = (Path(package.__file__).parent / "report.css").read_text(encoding="utf-8")
    declared = set(re.findall(r"(--[\w-]+):", css + html.declarations(dark=False)))
    used = set(re.findall(r"var\((--[\w-]+)\)", css))
    assert used - declared == {"--share", "--width"}  # set where they are used: each cell, each figure
