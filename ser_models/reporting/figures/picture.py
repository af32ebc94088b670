"""The style of all figures, and how panels become files.

`Panel`s → `Picture` → `titled` (a figure with titles) or `plain` (one panel, for SVG in a page)
`Picture` and caption → `Drawing` → `save` → *.png, *.svg or *.pdf
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from textwrap import wrap
from typing import Any, BinaryIO

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import LogLocator, NullLocator

from ser_features.errors import InputError
from ser_features.files import replacing, writing
from ser_features.labels import EMOTIONS
from ser_features.outputs import refuse_to_replace
from ser_models.evaluation.result import EvaluationResult
from ser_models.reporting.text import percent, uar_line

INK, MUTED, GRID, PAPER = "#1f2933", "#687684", "#e4e7eb", "#ffffff"
BLUE, ORANGE, RED, OLIVE, VIOLET = "#1f6fb2", "#c8701a", "#b5483f", "#7d8228", "#8e5ba6"
SLATE, TEAL, PINK, BROWN, GREEN = "#5d6d7e", "#22888c", "#c2557f", "#8c6d46", "#3d8b5f"
NAVY, WINE, MOSS, GOLD, PETROL = "#3b4a9c", "#8f2d56", "#4d6b2f", "#9a7b00", "#0f6f8c"
CORPUS_COLOURS = (BLUE, ORANGE, GREEN, VIOLET, RED, SLATE)
EMOTION_COLOURS = dict(
    zip(EMOTIONS, (RED, OLIVE, VIOLET, ORANGE, SLATE, TEAL, BLUE, PINK, BROWN), strict=True)
)
FURTHER_COLOURS = (GREEN, NAVY, WINE, GOLD, PETROL, MOSS)
"""Of other labels, in their order."""

BLUES = LinearSegmentedColormap.from_list("ser", [PAPER, "#cfe3f5", "#5b9bd0", "#174a7c"])
DIVERGING = LinearSegmentedColormap.from_list("diverging", [BLUE, PAPER, ORANGE])
"""From negative values over 0 to positive ones."""
DPI = 150
FORMATS = (".png", ".svg", ".pdf")
"""Suffixes of the formats of a figure."""
MARK = "ser (speech emotion recognition)"
"""Author of every figure that a user names the path of, by which it is recognised."""

MAX_BYTES = 2**26
"""Larger files are no figures."""
TITLE_INCHES = 0.2
LINE_INCHES = 0.25
"""Height of the margin above the axes, and of each line of the title."""
MOST_LABELLED = 60
"""Maximal number of speakers whose names are written on an axis."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes.

    Attributes:
        draw: draws on empty axes.
        width: of the whole panel with its labels, in inches.
        height: likewise.
        text: description for screen readers.
    """

    draw: Callable[[Axes], None]
    width: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Panels with a common title.

    Attributes:
        name: of its file, without the suffix.
        title: a few words.
        panels: from left to right, then from top to bottom; at least one.
        across: number of columns; None for a single row.
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
    """A picture with the sentences below its title: what is drawn, and of which recordings."""

    picture: Picture
    caption: Sequence[str]

    def save(self, path: Path | None = None, *, force: bool = False) -> Path:
        """Write the figure to a file atomically; the same figure gives the same bytes.

        Args:
            path: ends in one of `FORMATS`; by default a PNG of the picture's name in the working folder.
            force: whether a file is replaced that is no figure of ser's.

        Returns:
            The file written.

        Raises:
            InputError: if the suffix is not one of `FORMATS`, or another file is at the path.
            StoreError: if it cannot be written.
        """
        path = check_format(path or Path(f"{self.picture.name}.png"))
        refuse_to_replace(path, force=force, is_ours=is_figure)
        figure = captioned(self.picture, self.caption)
        with mpl.rc_context({"svg.hashsalt": "ser"}), writing("the figure", path), replacing(path) as file:
            write_figure(figure, file, path.suffix.lower())
        return path


def label_colours(labels: Sequence[str]) -> dict[str, str]:
    """Colour of each label: that of its emotion, or another one; repeated if there are many labels.

    >>> label_colours(["angry", "female"]) == {"angry": RED, "female": GREEN}
    True
    """
    free = [colour for label, colour in EMOTION_COLOURS.items() if label not in labels]
    others = cycle((*FURTHER_COLOURS, *free))
    return {label: EMOTION_COLOURS.get(label) or next(others) for label in labels}


def write_figure(figure: Figure, file: BinaryIO, suffix: str = ".png") -> None:
    """Write a figure with `MARK` as its author and without the time of day.

    Args:
        figure: to write.
        file: open for writing.
        suffix: one of `FORMATS`.
    """
    author = {".png": {"Software": MARK}, ".svg": {"Creator": MARK, "Date": None}}
    metadata = author.get(suffix, {"Creator": MARK, "CreationDate": None})
    figure.savefig(file, format=suffix[1:], dpi=DPI, facecolor="white", metadata=metadata)


def is_figure(path: Path) -> bool:
    """Whether a file is a figure that `write_figure` wrote."""
    return path.is_file() and path.stat().st_size <= MAX_BYTES and MARK.encode() in path.read_bytes()


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
    """Model, corpora and protocol on the first line, the UAR with all that qualifies it on the second."""
    synthetic = " (synthetic speech)" if result.synthetic else ""
    return (
        f"{result.model} on {' + '.join(result.datasets)}{synthetic}, {result.protocol}",
        uar_line(result, transductive=result.transductive),
    )


def captioned(picture: Picture, sentences: Sequence[str]) -> Figure:
    """Draw a picture with its title and sentences below it."""
    rows = picture.grid
    heights = [max(panel.height for panel in row) for row in rows]
    width, height = max(sum(panel.width for panel in row) for row in rows), sum(heights)
    lines = _wrapped(picture.title, sentences, width)
    total = height + TITLE_INCHES + LINE_INCHES * len(lines)
    figure = Figure(figsize=(width, total), layout=_layout(height / total))
    for number, (text, style) in enumerate(lines):
        top = 1 - (0.14 + LINE_INCHES * number) / total
        figure.text(0.12 / width, top, literal(text), va="top", **style)
    widths = [panel.width for panel in rows[0]]
    grid = figure.add_gridspec(len(rows), len(widths), width_ratios=widths, height_ratios=heights)
    for number, panel in enumerate(picture.panels):
        panel.draw(_prepared(figure.add_subplot(grid[divmod(number, len(widths))])))
    return figure


def plain(panel: Panel) -> Figure:
    """Draw one panel without a title on a transparent background."""
    figure = Figure(figsize=(panel.width, panel.height), layout=_layout(1.0))
    figure.patch.set_visible(False)
    axes = _prepared(figure.add_subplot())
    axes.patch.set_visible(False)
    panel.draw(axes)
    return figure


def legend(axes: Axes, columns: int = 9) -> None:
    """Add a legend above the axes."""
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
    """Format the ticks of axes of shares in percent."""
    for axis in axes:
        axis.set_major_formatter(lambda value, _: percent(value, 0))


def unit_square(axes: Axes) -> None:
    """Draw both axes from 0 to 100 %."""
    axes.set(xlim=(0, 1.01), ylim=(0, 1.01))
    in_percent(axes.xaxis, axes.yaxis)


def log_ticks(axis: Axis) -> None:
    """Place ticks at 1, 2 and 5 times the powers of ten of a logarithmic axis."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(lambda value, _: f"{value:g}")


def label_speakers(axes: Axes, names: Sequence[str]) -> None:
    """Label the x axis with the names of speakers, if there are at most `MOST_LABELLED`, and their number."""
    if len(names) > MOST_LABELLED:
        axes.set_xticks([])
    else:
        rotation = 90 if len(names) > 12 else 0
        axes.set_xticks(range(len(names)), list(map(literal, names)), rotation=rotation, fontsize=8)
    axes.set_xlabel(f"{len(names):,} speakers")
    axes.grid(axis="x", visible=False)


def literal(text: str) -> str:
    """Escape dollar signs, between which matplotlib would read a formula."""
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
