"""Colours of pages: a CSS variable for each colour of the figures, with a value for light and dark mode.

figures' colours → `variable`, `declarations`
"""

from ser_models.reporting.figures import picture

DARK_PAPER = "#12171d"

DARK = {
    picture.PAPER: DARK_PAPER,
    picture.INK: "#e3e8ee",
    picture.MUTED: "#98a6b4",
    picture.GRID: "#2b343e",
    picture.BLUE: "#6aaee6",
    picture.ORANGE: "#e39a4a",
    picture.GREEN: "#66b98a",
    picture.VIOLET: "#bd8fd3",
    picture.RED: "#e07f76",
    picture.SLATE: "#9aa9b8",
    picture.OLIVE: "#b5ba55",
    picture.TEAL: "#4fb8bc",
    picture.PINK: "#e58aae",
    picture.BROWN: "#c3a071",
}
"""The colour of dark mode for each colour of the figures."""

CELL, DARK_CELL = (23, 74, 124), (100, 155, 200)
"""Red, green and blue of a full cell of the confusion matrix; its opacity is the cell's share."""
DEEP = 0.75
"""Cells with a larger share are written in the colour of the background."""


def variable(colour: str) -> str:
    """Name of the CSS variable of a colour.

    >>> variable("#1f2933")
    '--c-1f2933'
    """
    return f"--c-{colour[1:]}"


def declarations(*, dark: bool) -> str:
    """CSS declarations of all variables."""
    values = {variable(colour): night if dark else colour for colour, night in DARK.items()}
    values["--cell"] = " ".join(map(str, DARK_CELL if dark else CELL))
    return " ".join(f"{name}: {value};" for name, value in values.items())
