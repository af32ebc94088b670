"""Images of the pages: where they are, and as few bytes as line drawings need."""

from pathlib import Path

from PIL import Image

from benchmarks.accuracy.common import DOCS

IMAGES = DOCS / "images" / "papers"
COLOURS = 128
"""Of the palette."""


def shrink(path: Path) -> None:
    """Replace a PNG by one with a palette."""
    with Image.open(path) as image:
        small = image.convert("RGB").quantize(COLOURS)
    small.save(path, optimize=True)
