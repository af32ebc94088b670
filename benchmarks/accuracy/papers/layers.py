"""Layers of a recipe's network, as stored in docs/results: counting them needs Keras.

recipe → `architecture` → `Summary` → docs/results/layers_<recipe>.json → `stored` → `table`
"""

from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.accuracy.common import RESULTS, markdown
from ser_models.experiments.architecture import Request, architecture
from ser_models.models.networks.summary import Summary
from ser_models.recipes.read import load


def path_of(recipe: str) -> Path:
    """The file of a summary."""
    return RESULTS / f"layers_{recipe}.json"


def measure(recipe: str) -> Path:
    """Build the network of a recipe and store its layers."""
    summary = architecture(Request(load(recipe).model["name"], recipe))
    path = path_of(recipe)
    path.write_bytes(TypeAdapter(Summary).dump_json(summary, indent=1) + b"\n")
    return path


def stored(recipe: str) -> Summary | None:
    """The stored layers, if there are any."""
    path = path_of(recipe)
    return TypeAdapter(Summary).validate_json(path.read_bytes()) if path.is_file() else None


def table(summary: Summary) -> str:
    """Layers that compute more than the mask of padded frames, with their totals, as Markdown."""
    rows = [
        [layer.kind, layer.settings, " × ".join(map(str, layer.shape)), f"{layer.parameters:,}"]
        for layer in summary.computing
    ]
    total = f"{summary.parameters:,}, of which {summary.trainable:,} trainable"
    return markdown(["layer", "settings", "output", "parameters"], [*rows, ["total", "", "", total]])
