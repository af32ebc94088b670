"""A parser of report pages that refuses unclosed tags."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest

VOID = {"meta", "br", "hr", "img", "link", "input"}
DRAWN = {"path", "use", "image", "rect", "circle"}
"""Elements of a figure that may close themselves."""


class Page(HTMLParser):
    """Elements of a page in order, with their attributes and their text.

    Raises:
        ValueError: at a tag that closes another than the one that is open.
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.open: list[tuple[str, list[str]]] = []
        self.feed(text)
        self.close()
        if self.open:
            raise ValueError(f"never closed: {self.open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        words: list[str] = []
        self.elements.append((tag, dict(attrs), words))
        if tag not in VOID:
            self.open.append((tag, words))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID | DRAWN | {"g", "clippath", "text", "tspan", "defs"}:
            raise ValueError(f"<{tag}/> closes itself, which HTML does not know")
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self.open.pop()
        if opened != tag:
            raise ValueError(f"</{tag}> closes <{opened}>")

    def handle_data(self, data: str) -> None:
        for tag, words in self.open:
            if tag != "style":
                words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of a kind."""
        return [attributes for name, attributes, _ in self.elements if name == tag]

    def texts(self, tag: str) -> list[str]:
        """Return the text of every element of a kind, with normalised white space."""
        return [" ".join("".join(words).split()) for name, _, words in self.elements if name == tag]


@pytest.fixture(scope="session")
def read_page() -> Callable[[str], Page]:
    return Page
