"""The structure of the code, read from its imports: packages on floors, each importing only from below.

sources → `grimp` (imports, those in functions and under TYPE_CHECKING too) → `rooms` → `floors`
→ docs/images/floors.svg

    python docs/scripts/floors.py        # prints the floors and draws them
"""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from html import escape
from itertools import pairwise
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "images" / "floors.svg"
PACKAGES = ("ser_features", "ser_models", "ser_cli")

WIDTH, BOX_HEIGHT, FLOOR_HEIGHT, GAP = 960, 34, 74, 90
"""Of the picture, in pixels."""

Imports = Mapping[str, frozenset[str]]
"""Name → names that it imports."""


def file_imports() -> Imports:
    """Modules of all packages → modules of them that they import, wherever the import stands."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    return {name: frozenset(graph.find_modules_directly_imported_by(name)) for name in graph.modules}


def room(module: str) -> str:
    """Package or root module that a module belongs to: `ser_models.training.train` → `ser_models.training`.

    `ser_features` and `ser_models` are divided into their direct children; the command line is one room.
    """
    parts = module.split(".")
    return parts[0] if parts[0] == "ser_cli" else ".".join(parts[:2])


def rooms(modules: Imports, packages: Iterable[str] = PACKAGES) -> Imports:
    """Imports between rooms, of the modules of some packages."""
    result: dict[str, set[str]] = {}
    for module, imported in modules.items():
        if module.split(".")[0] in packages:
            inside = {room(name) for name in imported if name.split(".")[0] in packages}
            result.setdefault(room(module), set()).update(inside - {room(module)})
    return {name: frozenset(imported) for name, imported in result.items()}


def circle(imports: Imports) -> list[str]:
    """Return one circle of imports, first name repeated at the end; empty if there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))  # which lists the imported before the importing name
    return []


def floors(imports: Imports) -> list[list[str]]:
    """Rooms by floor, the lowest first: each stands one above the highest room that it imports.

    Raises:
        ValueError: if there is a circle.
    """
    if cycle := circle(imports):
        raise ValueError(f"circle of imports: {' → '.join(cycle)}")
    sorter = TopologicalSorter(imports)
    sorter.prepare()
    levels = []
    while sorter.is_active():
        levels.append(sorted(sorter.get_ready()))
        sorter.done(*levels[-1])
    return levels


def reduced(imports: Imports) -> list[tuple[str, str]]:
    """Imports that do not follow from others: the arrows worth drawing."""

    def reachable(name: str, seen: set[str]) -> set[str]:
        for other in imports[name]:
            if other not in seen:
                seen.add(other)
                reachable(other, seen)
        return seen

    below = {name: reachable(name, set()) for name in imports}
    return [
        (name, other)
        for name in sorted(imports)
        for other in sorted(imports[name])
        if not any(other in below[between] for between in imports[name] - {other})
    ]


def picture(imports: Imports, title: str) -> str:
    """Draw rooms as boxes on their floors, with arrows to what they import, as SVG."""
    levels = floors(imports)
    height = FLOOR_HEIGHT * len(levels) + 40
    centre: dict[str, tuple[float, float]] = {}
    boxes = []
    for level, names in enumerate(levels):
        top = height - 20 - FLOOR_HEIGHT * level - BOX_HEIGHT
        width = min(150.0, (WIDTH - 40) / len(names) - GAP)
        left = (WIDTH - len(names) * (width + GAP) + GAP) / 2
        for index, name in enumerate(names):
            x = left + index * (width + GAP)
            centre[name] = (x + width / 2, top)
            boxes.append(
                f'<rect x="{x:.0f}" y="{top}" width="{width:.0f}" height="{BOX_HEIGHT}" rx="6"/>'
                f'<text x="{x + width / 2:.0f}" y="{top + 22}">{escape(name.split(".")[-1])}</text>'
            )
    arrows = [
        f'<line x1="{centre[upper][0]:.0f}" y1="{centre[upper][1] + BOX_HEIGHT}" '
        f'x2="{centre[lower][0]:.0f}" y2="{centre[lower][1]}"/>'
        for upper, lower in reduced(imports)
    ]
    style = (
        "rect{fill:#eef3fb;stroke:#3b6cb7}text{font:13px sans-serif;text-anchor:middle;fill:#1c2733}"
        "line{stroke:#9db2cf;stroke-width:1.2}.title{font-weight:bold}"
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
    return (
        f'{head} aria-label="{escape(title)}">\n<style>{style}</style>\n'
        f'<rect width="{WIDTH}" height="{height}" style="fill:#fff;stroke:none"/>\n'
        + "\n".join([*arrows, *boxes])
        + f'\n<text class="title" x="{WIDTH / 2:.0f}" y="20">{escape(title)}</text>\n</svg>\n'
    )


def drawing() -> str:
    """The picture of `ser_models`, whose rooms are many; see `picture`."""
    imports = rooms(file_imports(), ["ser_models"])
    inside = {name: imported for name, imported in imports.items() if name != "ser_models"}
    return picture(inside, "ser_models: each package imports from lower floors only")


def report(imports: Imports) -> str:
    """Floors in words, the highest first."""
    levels = list(enumerate(floors(imports)))
    return "\n".join(f"floor {level}: {', '.join(names)}" for level, names in reversed(levels))


def path_of(modules: Imports, names: list[str]) -> str:
    """Say which files tie a circle of rooms."""
    ties = []
    for upper, lower in pairwise(names):
        ties += [
            f"{module} → {other}"
            for module in sorted(modules)
            if room(module) == upper
            for other in sorted(modules[module])
            if room(other) == lower
        ][:2]
    return "; ".join(ties)


if __name__ == "__main__":
    everything = file_imports()
    print(report(rooms(everything)))
    PICTURE.write_text(drawing(), encoding="utf-8")
    print(f"wrote {PICTURE.relative_to(ROOT)}")
