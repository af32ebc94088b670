"""The one style of all figures, and the canvas they are drawn on.

`Panel`s → `Picture` → `titled` (a PNG of its own, with its titles) or `plain` (one panel, for the report)
`Picture` and sentences → `Drawing` → `save` → *.png, *.svg or *.pdf
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from ser_features.errors import InputError
from ser_features.files import replacing, writing
from ser_features.labels import EMOTIONS
from ser_models.evaluation.result import EvaluationResult
from ser_models.reporting.text import percent

INK, MUTED, GRID = "#1f2933", "#687684", "#e4e7eb"
BLUE, ORANGE = "#1f6fb2", "#c8701a"
CORPUS_COLOURS = (BLUE, ORANGE, "#3d8b5f", "#8e5ba6", "#b5483f", "#5d6d7e")
EMOTION_COLOURS = dict(
    zip(
        EMOTIONS,
        (
            "#b5483f",
            "#7d8228",
            "#8e5ba6",
            "#c8701a",
            "#5d6d7e",
            "#22888c",
            "#1f6fb2",
            "#c2557f",
            "#8c6d46",
        ),
        strict=True,
    )
)
BLUES = LinearSegmentedColormap.from_list("ser", ["#ffffff", "#cfe3f5", "#5b9bd0", "#174a7c"])
DPI = 150
FORMATS = (".png", ".svg", ".pdf")
"""What a figure can be saved as."""
TITLE_INCHES = 0.2
LINE_INCHES = 0.25
"""Room above the axes, and what each line of the title adds to it."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes.

    Attributes:
        draw: draws on empty axes.
        width: of the whole panel with its labels, in inches.
        height: likewise.
        text: what it shows, in words, for those who cannot see it.
    """

    draw: Callable[[Axes], None]
    width: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What answers one question.

    Attributes:
        name: of its file, without the extension.
        title: a few words.
        panels: from left to right, then from top to bottom; one at least.
        across: panels beside each other; None for all of them.
    """

    name: str
    title: str
    panels: tuple[Panel, ...]
    across: int | None = None

    @property
    def grid(self) -> list[tuple[Panel, ...]]:
        """The panels row by row."""
        across = self.across or len(self.panels)
        return [self.panels[start : start + across] for start in range(0, len(self.panels), across)]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture with what is said below its title.

    Attributes:
        picture: what is drawn.
        said: sentences: what was measured, on whom.
    """

    picture: Picture
    said: Sequence[str]

    def save(self, path: Path | None = None) -> Path:
        """Write it to a file, which appears whole or not at all; the same figure gives the same bytes.

        Args:
            path: ends in one of `FORMATS`; the picture's name as a PNG in the working folder by default.

        Returns:
            The file written.

        Raises:
            InputError: if the ending is another.
            StoreError: if it cannot be written.
        """
        path = check_format(path or Path(f"{self.picture.name}.png"))
        figure = captioned(self.picture, self.said)
        plain_date = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix.lower(), {})
        with mpl.rc_context({"svg.hashsalt": "ser"}), writing("the figure", path), replacing(path) as file:
            figure.savefig(
                file, format=path.suffix[1:].lower(), dpi=DPI, facecolor="white", metadata=plain_date
            )
        return path


def check_format(path: Path) -> Path:
    """Return the path of a figure.

    Raises:
        InputError: if it does not end in one of `FORMATS`.
    """
    if path.suffix.lower() not in FORMATS:
        raise InputError(
            f"{path} is no name for a figure: expected one that ends in {', '.join(FORMATS)}: pass another "
            "--out"
        )
    return path


def titled(picture: Picture, result: EvaluationResult) -> Figure:
    """Draw a picture with its title, the protocol and the UAR."""
    return captioned(picture, subtitle(result))


def subtitle(result: EvaluationResult) -> tuple[str, str]:
    """Model, corpora and protocol on the first line, the UAR with its interval on the second."""
    synthetic = " (synthetic speech)" if result.synthetic else ""
    low, high = result.uar_ci95
    return (
        f"{result.model} on {' + '.join(result.datasets)}{synthetic}, {result.protocol}",
        f"UAR {result.uar:.3f} [{low:.3f}, {high:.3f}], chance {result.chance:.3f}",
    )


def captioned(picture: Picture, sentences: Sequence[str]) -> Figure:
    """Draw a picture with its title and sentences below it."""
    rows = picture.grid
    heights = [max(panel.height for panel in row) for row in rows]
    width, height = max(sum(panel.width for panel in row) for row in rows), sum(heights)
    lines = _wrapped(picture.title, sentences, width)
    total = height + TITLE_INCHES + LINE_INCHES * len(lines)
    figure = Figure(figsize=(width, total), layout=_layout(height / total))
    for place, (text, style) in enumerate(lines):
        top = 1 - (0.14 + LINE_INCHES * place) / total
        figure.text(0.12 / width, top, literal(text), va="top", **style)
    widths = [panel.width for panel in rows[0]]
    grid = figure.add_gridspec(len(rows), len(widths), width_ratios=widths, height_ratios=heights)
    for place, panel in enumerate(picture.panels):
        panel.draw(_prepared(figure.add_subplot(grid[divmod(place, len(widths))])))
    return figure


def plain(panel: Panel) -> Figure:
    """Draw one panel without a title, on nothing."""
    figure = Figure(figsize=(panel.width, panel.height), layout=_layout(1.0))
    figure.patch.set_visible(False)
    axes = _prepared(figure.add_subplot())
    axes.patch.set_visible(False)
    panel.draw(axes)
    return figure


def legend(axes: Axes, columns: int = 9) -> None:
    """Name what is drawn, above the axes."""
    axes.legend(
        frameon=False,
        fontsize=8,
        loc="lower left",
        ncols=columns,
        labelcolor=INK,
        bbox_to_anchor=(-0.01, 1.0),
        borderaxespad=0.2,
        handlelength=1.6,
        columnspacing=1.2,
    )


def in_percent(*axes: Axis) -> None:
    """Number axes of shares in percent."""
    for axis in axes:
        axis.set_major_formatter(lambda value, _: percent(value, 0))


def literal(text: str) -> str:
    """Keep a name from being read as a formula: matplotlib takes what stands between dollar signs for one."""
    return text.replace("$", r"\$")


def _layout(share: float) -> ConstrainedLayoutEngine:
    return ConstrainedLayoutEngine(rect=(0, 0, 1, share), w_pad=0.08, h_pad=0.08)


def _prepared(axes: Axes) -> Axes:
    axes.set_axisbelow(True)
    axes.grid(color=GRID, linewidth=0.8)
    axes.spines[:].set_visible(False)
    axes.tick_params(labelcolor=INK, length=0, labelsize=9)
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set_color(INK)
        axis.label.set_fontsize(9)
    return axes


def _wrapped(title: str, sentences: Sequence[str], width: float) -> list[tuple[str, dict[str, Any]]]:
    """Lines above a picture of `width` inches, each with its style."""
    large = {"fontsize": 13, "fontweight": "bold", "color": INK}
    small = {"fontsize": 9, "color": MUTED}
    heads = [(line, large) for line in wrap(title, int(8 * width))]
    return heads + [(line, small) for text in sentences for line in wrap(text, int(13 * width))]
