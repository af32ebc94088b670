"""What objects show in a notebook: an HTML table each, and a progress bar while they are computed.

rows of cells → `table` → HTML that the notebook styles; `Bar` → an HTML progress element in the cell

>>> print(table("Two", ["corpus", "rows"], [["a<b", 2]]))
<table><caption>Two</caption><tr><th>corpus</th><th>rows</th></tr><tr><th>a&lt;b</th><td>2</td></tr></table>
"""

import sys
import time
from collections.abc import Iterable, Sequence
from html import escape

SECONDS = 0.2
"""Least interval between two drawings of a bar."""


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[object]], note: str = "") -> str:
    """Return an HTML table; the first cell of a row is its header.

    Args:
        caption: above the table.
        header: names of the columns.
        rows: cells, one per column.
        note: a sentence below; none if empty.
    """
    lines = [_line(header, "th", "th"), *(_line(row, "th", "td") for row in rows)]
    below = f"<p>{escape(note)}</p>" if note else ""
    return f"<table><caption>{escape(caption)}</caption>{''.join(lines)}</table>{below}"


def _line(cells: Sequence[object], first: str, other: str) -> str:
    tags = [first, *[other] * (len(cells) - 1)]
    written = (f"<{tag}>{escape(str(cell))}</{tag}>" for tag, cell in zip(tags, cells, strict=True))
    return f"<tr>{''.join(written)}</tr>"


def is_running() -> bool:
    """Whether this process is the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None


class Bar:
    """Progress in the output of a cell; it needs no widgets.

    Args:
        doing: what is done, such as "extracting".
    """

    def __init__(self, doing: str) -> None:
        from IPython.display import HTML, display

        self._html, self._doing, self._total, self._drawn = HTML, doing, 0, 0.0
        self._handle = display(HTML(escape(doing)), display_id=True)

    def begin(self, total: int) -> None:
        """Set the number of steps; 0 if it is unknown."""
        self._total = total
        self.reach(0)

    def reach(self, done: int, words: str = "") -> None:
        """Draw the number of finished steps, and some words; not more often than every `SECONDS`.

        Args:
            done: finished steps; the last one is always drawn.
            words: beside the bar.
        """
        now = time.monotonic()
        if now - self._drawn < SECONDS and not 0 < self._total <= done:
            return
        self._drawn = now
        bar = f"<progress value={done} max={self._total}></progress> {done} / {self._total} " * bool(
            self._total
        )
        self._handle.update(self._html(f"{escape(self._doing)} {bar}{escape(words)}"))
