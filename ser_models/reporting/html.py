"""HTML of pages: templates, and figures as inline SVG in the colours of the page.

Jinja2 file → `template`: autoescaped, and an undefined variable is an error
`Panel` → matplotlib's SVG → `inline` → <svg> without a size, whose colours are CSS variables of the page
colours of the figures → `variable`, `declarations`: a value of each variable for light and dark mode

A figure follows the page into dark mode and print, its text can be selected, and it scales with its column.
"""

import io
import re
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import jinja2
import matplotlib as mpl
from markupsafe import Markup

from ser_models.reporting.figures import picture
from ser_models.reporting.figures.picture import Panel, plain
from ser_models.reporting.text import counted, noun, nouns, percent, sentence, untested


@lru_cache
def template(path: Path) -> jinja2.Template:
    """Load a template; functions of `reporting.text` are available in it as filters.

    Args:
        path: the .html.jinja file.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(path.parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        function.__name__: function for function in (percent, counted, noun, nouns, sentence, untested)
    }
    return environment.get_template(path.name)


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
    picture.NAVY: "#8f9de8",
    picture.WINE: "#d97aa4",
    picture.MOSS: "#9dbf78",
    picture.GOLD: "#d8b84a",
    picture.PETROL: "#5fb9d6",
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


def stylesheet(path: Path) -> Markup:
    """Read a CSS file for use inside of a <style> element, with the colours of light and dark mode."""
    light, dark = (f":root {{ {declarations(dark=mode)} }}" for mode in (False, True))
    dark = f"@media screen and (prefers-color-scheme: dark) {{ {dark} }}"
    return Markup(f"{light}\n{dark}\n{path.read_text(encoding='utf-8')}")


SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
HREF = f"{{{XLINK}}}href"
COLOUR = re.compile("|".join(DARK))
SIZE = re.compile(r"[\d.]+px")
LONG = re.compile(r"(\d\.\d\d)\d+")
"""A number with more decimals than pixels need."""
REFERENCE = re.compile(r"url\(#([^)]+)\)")
PIXELS_PER_INCH = 96
PLACES = {"d", "x", "y", "points"}
"""Attributes that hold coordinates."""


def inline(panel: Panel, name: str) -> Markup:
    """Draw a panel as inline SVG.

    Args:
        panel: what to draw.
        name: of letters, digits and hyphens, unique in the page; prefix of all ids.

    Returns:
        An <svg> element with a description for screen readers; all text in it is escaped.
    """
    root = ElementTree.fromstring(_drawn(panel))
    _prune(root)
    for element in root.iter():
        _shorten(element)
        _restyle(element)
        _rename(element, name)
    for key in ("width", "height", "version"):
        root.attrib.pop(key)
    root.set("role", "img")
    root.set("aria-label", panel.text)
    root.set("style", f"--width: {PIXELS_PER_INCH * panel.width:.0f}px")
    return Markup(_serialised(root))


def _drawn(panel: Panel) -> str:
    """Draw with matplotlib; text stays text, and the same panel gives the same bytes."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "ser", "svg.image_inline": True}):
        plain(panel).savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def _prune(root: Element) -> None:
    """Remove metadata, global styles, unused ids and empty groups."""
    used = {match for element in root.iter() for match in _references(element)}
    for element in root.iter():
        if element.get("id") not in used:
            element.attrib.pop("id", None)
    for _ in range(3):  # a group may hold nothing but empty groups
        for parent in list(root.iter()):
            for child in list(parent):
                if _tag(child) in ("metadata", "style") or _is_empty(child):
                    parent.remove(child)


def _is_empty(element: Element) -> bool:
    return _tag(element) in ("g", "defs") and len(element) == 0


def _references(element: Element) -> list[str]:
    values = " ".join(element.attrib.values())
    return [*REFERENCE.findall(values), *([element.get(HREF, "")[1:]] if HREF in element.attrib else [])]


def _shorten(element: Element) -> None:
    """Round coordinates to a hundredth of a pixel."""
    for key in PLACES & element.attrib.keys():
        element.set(key, LONG.sub(r"\1", element.attrib[key]))


def _restyle(element: Element) -> None:
    """Replace colours by variables of the page, and remove fonts."""
    style = dict(part.strip().split(":", 1) for part in element.get("style", "").split(";") if ":" in part)
    if font := style.pop("font", None):  # size and family in older versions of matplotlib
        style["font-size"] = SIZE.findall(font)[0]
    style.pop("font-family", None)
    if _tag(element) == "text" and "fill" not in style:
        style["fill"] = "#000000"
    if style:
        text = "; ".join(f"{key}: {value.strip()}" for key, value in style.items())
        element.set("style", COLOUR.sub(lambda match: f"var({variable(match[0])})", text))


def _rename(element: Element, name: str) -> None:
    """Prefix ids and the references to them."""
    for key, value in element.attrib.items():
        if key == "id":
            element.set(key, f"{name}-{value}")
        elif key == HREF and value.startswith("#"):
            element.set(key, f"#{name}-{value[1:]}")
        else:
            element.set(key, REFERENCE.sub(rf"url(#{name}-\1)", value))


def _serialised(root: Element) -> str:
    """Serialise without namespaces, as HTML requires."""
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    text = ElementTree.tostring(root, encoding="unicode")
    text = re.sub(r' xmlns(:xlink)?="[^"]*"', "", text, count=2)
    return re.sub(r">\s+<", "><", text)


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]
