"""Diagram of a network: a box per layer with weights, arrows between them.

`Summary` → layers without weights joined to the box before them → `Box`es by depth → `Drawing`
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from ser_models.models.networks.summary import Layer, Summary
from ser_models.reporting.figures.picture import BLUE, GRID, INK, MUTED, Drawing, Panel, Picture, literal

PASSED = ("Multiply", "Reshape")
"""Layers of one input that only zero padding or change the shape: they have no box, and arrows pass them."""
SHORT = {
    "Activation": "",
    "BatchNormalization": "batch norm",
    "Dropout": "dropout",
    "Flatten": "",
    "LayerNormalization": "layer norm",
    "MaxPooling1D": "max",
    "MaxPooling2D": "max",
    "MaxPooling3D": "max",
    "GlobalAveragePooling1D": "mean over steps",
    "GlobalAveragePooling3D": "mean over chunks",
    "ReLU": "relu",
    "Softmax": "softmax over steps",
}
"""Layers that join the box before them, in words."""

WIDTH, HEIGHT, GAP, LANE_GAP = 3.4, 0.54, 0.2, 0.5
"""Of a box, and between boxes above and beside each other, in inches."""
MARGIN = 0.5
"""Left and right of the boxes, where arrows pass by a box, in inches."""


@dataclass(frozen=True)
class Box:
    """A layer with those that join it.

    Attributes:
        layers: the first gives the title.
        depth: number of boxes on the longest way from an input.
        inputs: names of the first layers of the boxes before it.
    """

    layers: tuple[Layer, ...]
    depth: int
    inputs: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the first layer."""
        return self.layers[0].name

    def lines(self) -> tuple[str, str, str]:
        """Kind and settings; what joins it; output shape and parameters."""
        first, *others = self.layers
        joined = filter(None, (f"{SHORT[one.kind]} {one.settings}".strip() for one in others))
        parameters = sum(layer.parameters for layer in self.layers)
        shape = " × ".join("?" if size is None else f"{size}" for size in self.layers[-1].shape)
        count = f"; {parameters:,} parameters" if parameters else ""
        title = first.name if first.kind == "InputLayer" else f"{first.kind} {first.settings}".strip()
        return title, ", ".join(joined), f"output {shape}{count}"


def drawing(summary: Summary) -> Drawing:
    """Draw the layers of a network from the input to the softmax."""
    boxes = boxes_of(summary.computing)
    lanes = max(Counter(box.depth for box in boxes).values())
    width = 2 * MARGIN + lanes * WIDTH + (lanes - 1) * LANE_GAP
    height = (max(box.depth for box in boxes) + 1) * (HEIGHT + GAP)
    text = f"Diagram of {len(boxes)} boxes: " + "; ".join(box.lines()[0] for box in boxes)
    panel = Panel(lambda axes: _draw(axes, boxes, width, height), width + 0.2, height + 0.2, text)
    caption = [
        f"{summary.parameters:,} parameters, of which {summary.trainable:,} are trainable; "
        f"{summary.classes} classes. Shapes are those of one recording.",
    ]
    if summary.masking:
        caption.append("Not drawn: the mask of padded frames, which has no parameters.")
    return Drawing(Picture(f"model_{summary.model}", f"Layers of {summary.model}", (panel,)), caption)


def boxes_of(layers: Sequence[Layer]) -> list[Box]:
    """Join each layer without a box of its own to the box that it alone follows."""
    sources: dict[str, str] = {}
    for layer in layers:
        passed = layer.kind in PASSED and len(layer.inputs) == 1
        sources[layer.name] = sources[layer.inputs[0]] if passed else layer.name
    shown = [layer for layer in layers if sources[layer.name] == layer.name]
    inputs = {layer.name: tuple(dict.fromkeys(sources[name] for name in layer.inputs)) for layer in shown}
    followers = Counter(name for names in inputs.values() for name in names)
    groups: dict[str, list[Layer]] = {}
    first_of: dict[str, str] = {}
    for layer in shown:
        before = inputs[layer.name]
        joins = layer.kind in SHORT and len(before) == 1 and followers[before[0]] == 1
        first_of[layer.name] = first_of[before[0]] if joins else layer.name
        groups.setdefault(first_of[layer.name], []).append(layer)
    boxes: dict[str, Box] = {}
    for name, group in groups.items():
        before = tuple(dict.fromkeys(first_of[one] for one in inputs[name]))
        depth = 1 + max((boxes[one].depth for one in before), default=-1)
        boxes[name] = Box(tuple(group), depth, before)
    return list(boxes.values())


def _centres(boxes: Sequence[Box], middle: float) -> dict[str, float]:
    """Horizontal centre of each box: below those before it, beside others that have the same place."""
    centres: dict[str, float] = {}
    for depth in sorted({box.depth for box in boxes}):
        row = [box for box in boxes if box.depth == depth]
        preferred = {
            box.name: float(np.mean([centres[name] for name in box.inputs])) if box.inputs else middle
            for box in row
        }
        for centre in set(preferred.values()):
            beside = [name for name in preferred if preferred[name] == centre]
            for number, name in enumerate(beside):
                centres[name] = centre + (number - (len(beside) - 1) / 2) * (WIDTH + LANE_GAP)
    return centres


def _draw(axes: Axes, boxes: Sequence[Box], width: float, height: float) -> None:
    axes.set_axis_off()
    axes.set(xlim=(0, width), ylim=(height, 0))
    centres = _centres(boxes, width / 2)
    corners = {box.name: (centres[box.name], box.depth * (HEIGHT + GAP) + GAP / 2) for box in boxes}
    depths = {box.name: box.depth for box in boxes}
    for box in boxes:
        _box(axes, box, *corners[box.name])
        for before in box.inputs:
            skips = box.depth - depths[before] > 1 and centres[before] == centres[box.name]
            _arrow(axes, corners[before], corners[box.name], skips=skips)


def _box(axes: Axes, box: Box, centre: float, top: float) -> None:
    has_weights = any(layer.parameters for layer in box.layers)
    shape = FancyBboxPatch(
        (centre - WIDTH / 2, top),
        WIDTH,
        HEIGHT,
        boxstyle="round,pad=0,rounding_size=0.06",
        facecolor="none",
        edgecolor=BLUE if has_weights else GRID,
        linewidth=1.4,
    )
    axes.add_patch(shape)
    rows = [line for line in map(literal, box.lines()) if line]
    for number, line in enumerate(rows):
        text = axes.text(
            centre - WIDTH / 2 + 0.1,
            top + HEIGHT * (number + 1) / (len(rows) + 1),
            line,
            va="center",
            fontsize=8,
            color=MUTED,
        )
        if not number:
            text.set(fontsize=9, fontweight="bold", color=INK)


def _arrow(axes: Axes, before: tuple[float, float], after: tuple[float, float], *, skips: bool) -> None:
    """Draw an arrow down; one that skips boxes of its lane passes them on the right."""
    start, end = (before[0], before[1] + HEIGHT), after
    style = "arc3"
    if skips:
        start, end = (
            (before[0] + WIDTH / 2, before[1] + HEIGHT / 2),
            (after[0] + WIDTH / 2, after[1] + HEIGHT / 2),
        )
        style = f"arc3,rad={-min(0.5, 0.9 / (end[1] - start[1])):.2f}"
    arrow = FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        mutation_scale=8,
        color=MUTED,
        linewidth=1.1,
        connectionstyle=style,
        shrinkA=0,
        shrinkB=0,
    )
    axes.add_patch(arrow)
