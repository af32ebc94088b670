"""Reports, and a reader of their pages that knows no mercy for unclosed tags."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from ser_models.reporting.report import CorpusPart, Data, OtherResult, Report

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
        found, _ = self.open.pop()
        if found != tag:
            raise ValueError(f"</{tag}> closes <{found}>")

    def handle_data(self, data: str) -> None:
        for tag, words in self.open:
            if tag not in ("style",):
                words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of a kind."""
        return [attributes for name, attributes, _ in self.elements if name == tag]

    def texts(self, tag: str) -> list[str]:
        """Return the text of every element of a kind, white space evened out."""
        return [" ".join("".join(words).split()) for name, _, words in self.elements if name == tag]

    @property
    def text(self) -> str:
        """The text of the page."""
        return self.texts("body")[0]


@pytest.fixture
def read_page() -> Callable[[str], Page]:
    return Page


@pytest.fixture
def data() -> Data:
    part = CorpusPart(
        "demo", "Demo corpus", 60, 72, 0, 5, {"angry": 20, "neutral": 20, "sad": 20}, "CC0", "Us (2025)."
    )
    return Data((part,), "0123456789ab", "speech16k", "ba9876543210")


@pytest.fixture
def other() -> OtherResult:
    protocol = "random, speakers shared by training and test, one split"
    return OtherResult("paper protocol", protocol, 0.95, (0.9, 0.97), 0.96, 400, leaks=3)


@pytest.fixture
def make_report(make_metrics: Callable[..., dict[str, Any]], data: Data) -> Callable[..., Report]:
    """Return a maker of reports; `values` replace those of metrics.json, words those of the report."""

    def make(values: dict[str, Any] | None = None, **words: Any) -> Report:
        content: dict[str, Any] = {
            "title": "A system",
            "metrics": make_metrics(values),
            "data": data,
            "command": "ser train --model mlp",
            "date": "2025-11-20",
            "versions": {"ser": "0.1.0", "numpy": "2.1.0"},
        }
        return Report(**{**content, **words})

    return make
