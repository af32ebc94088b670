"""HTML pages as elements and as text."""

from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link", "input", "wbr"}
DRAWN = {"path", "use", "image", "rect", "circle", "g", "clippath", "text", "tspan", "defs"}
"""Elements of a figure, which may close themselves."""
STARTS = {"li": "- ", "dd": "  ", "h1": "# ", "h2": "## ", "h3": "### "}
STARTS |= dict.fromkeys(("p", "tr", "caption", "figcaption", "summary", "dt", "title"), "")
"""Elements that begin a line of text, and its beginning."""


class Page(HTMLParser):
    """Elements of a page in order with attributes and text, and the lines of its visible text.

    Raises:
        ValueError: at a tag that closes another than the one that is open.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.open: list[tuple[str, list[str]]] = []
        self.lines: list[str] = [""]
        self.feed(html)
        self.close()
        if self.open:
            raise ValueError(f"never closed: {self.open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parts: list[str] = []
        self.elements.append((tag, dict(attrs), parts))
        if tag == "svg":
            self.lines += [f"figure: {dict(attrs)['aria-label']}", ""]
        elif tag in STARTS:
            self.lines.append(STARTS[tag])
        elif tag in ("td", "th"):
            self.lines[-1] += "| "
        if tag not in VOID:
            self.open.append((tag, parts))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID | DRAWN:
            raise ValueError(f"<{tag}/> closes itself, which HTML does not know")
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self.open.pop()
        if opened != tag:
            raise ValueError(f"</{tag}> closes <{opened}>")

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _ in self.open}
        if "style" not in tags:
            for _, parts in self.open:
                parts.append(data)
        if not tags & {"style", "svg"}:
            self.lines[-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of a kind."""
        return [attributes for name, attributes, _ in self.elements if name == tag]

    def texts(self, tag: str) -> list[str]:
        """Return the text of every element of a kind, with normalised white space."""
        return [" ".join("".join(parts).split()) for name, _, parts in self.elements if name == tag]


def text_of(html: str) -> str:
    """The visible text of a page: a line per heading, paragraph, list item, table row and figure."""
    lines = (" ".join(line.split()) for line in Page(html).lines)
    return "\n".join(line for line in lines if line) + "\n"
