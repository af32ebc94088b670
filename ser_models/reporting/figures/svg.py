"""Panels as inline SVG that takes colours and fonts from the page.

`Panel` → matplotlib's SVG → `inline` → <svg> without a size, whose colours are CSS variables of the page

A figure follows the page into dark mode and print, its text can be selected, and it scales with its column.
"""

import io
import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import matplotlib as mpl
from markupsafe import Markup

from ser_models.reporting.figures.picture import Panel, plain
from ser_models.reporting.figures.theme import DARK, variable

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
