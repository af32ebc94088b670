"""The colours of a report: on paper, and on a dark screen.

figures' colours → CSS variables (`variable`, `declarations`) with one value by day and one in the dark
"""

from ser_models.reporting.figures.picture import BLUE, GRID, INK, MUTED, ORANGE

WHITE = "#ffffff"
"""Paper, and what is written on a bar."""
DARK_PAPER = "#12171d"

DARK = {
    WHITE: DARK_PAPER,
    INK: "#e3e8ee",
    MUTED: "#98a6b4",
    GRID: "#2b343e",
    BLUE: "#6aaee6",
    ORANGE: "#e39a4a",
    "#3d8b5f": "#66b98a",
    "#8e5ba6": "#bd8fd3",
    "#b5483f": "#e07f76",
    "#5d6d7e": "#9aa9b8",
    "#7d8228": "#b5ba55",
    "#22888c": "#4fb8bc",
    "#c2557f": "#e58aae",
    "#8c6d46": "#c3a071",
}
"""What each colour of the figures becomes in the dark."""

CELL, DARK_CELL = (23, 74, 124), (100, 155, 200)
"""Red, green and blue of a full cell of the confusion table; a cell is as opaque as its share."""
DEEP = 0.75
"""Cells with a larger share are written in the colour of the paper."""


def variable(colour: str) -> str:
    """Name the CSS variable of a colour of the figures.

    >>> variable("#1f2933")
    '--c-1f2933'
    """
    return f"--c-{colour[1:]}"


def declarations(*, dark: bool) -> str:
    """Give every variable its value, as CSS declarations."""
    values = {variable(colour): night if dark else colour for colour, night in DARK.items()}
    values["--cell"] = " ".join(map(str, DARK_CELL if dark else CELL))
    return " ".join(f"{name}: {value};" for name, value in values.items())
