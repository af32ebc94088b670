"""UAR of several runs below each other, with intervals and chance.

`Mark`s → `comparison` → `Panel`
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from ser_models.reporting.figures.picture import BLUE, INK, MUTED, ORANGE, Panel, in_percent, literal
from ser_models.reporting.text import percent


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of a comparison.

    Attributes:
        name: label of the run.
        value: 0 to 1.
        interval: its 95 % confidence interval; None for a claim.
    """

    name: str
    value: float
    interval: tuple[float, float] | None = None


def comparison(marks: Sequence[Mark], chance: float) -> Panel:
    """Values and intervals below each other, from 0 to 100 %, with chance; at least one mark."""
    listed = ", ".join(f"{mark.name} {percent(mark.value)}" for mark in marks)
    text = f"{listed}; chance {percent(chance)}"
    return Panel(lambda axes: _draw(axes, marks, chance), 4.8, 0.34 * len(marks) + 0.75, text)


def _draw(axes: Axes, marks: Sequence[Mark], chance: float) -> None:
    axes.axvline(chance, color=MUTED, linestyle="--", linewidth=1)
    axes.text(chance, -0.62, " chance", fontsize=8, color=MUTED, va="bottom")
    for row, mark in enumerate(marks):
        low, high = mark.interval or (mark.value, mark.value)
        colour, marker = (BLUE, "o") if mark.interval else (ORANGE, "D")
        if mark.interval:
            axes.plot([low, high], [row, row], color=colour, linewidth=6, alpha=0.35, solid_capstyle="butt")
        axes.plot(mark.value, row, marker, color=colour, markersize=7)
        x, side = (high + 0.02, "left") if mark.value < 0.8 else (low - 0.03, "right")
        axes.text(x, row, percent(mark.value), fontsize=9, color=INK, va="center", ha=side)
    axes.set_yticks(range(len(marks)), [literal(mark.name) for mark in marks])
    axes.set(xlim=(0, 1), ylim=(len(marks) - 0.4, -0.65))
    in_percent(axes.xaxis)
    axes.grid(axis="y", visible=False)
