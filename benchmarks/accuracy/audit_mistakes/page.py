"""The table of docs/audit.md on the audit's own mistakes.

docs/results/audit_mistakes.json → `text` → `write` → docs/audit.md
"""

from collections.abc import Callable

from benchmarks.accuracy.audit_mistakes.draws import Draw
from benchmarks.accuracy.audit_mistakes.leaks import KINDS, Planted
from benchmarks.accuracy.audit_mistakes.measure import Counted, stored
from benchmarks.accuracy.common import DOCS, END, markdown
from benchmarks.pages import write_between

PAGE = DOCS / "audit.md"
BEGIN = "<!-- begin: benchmarks/accuracy/audit_mistakes -->"


def write() -> None:
    """Write the table between its markers."""
    write_between(PAGE, BEGIN, END, text())


def text() -> str:
    """The table as Markdown."""
    mistakes = stored()
    corpora = [f"{corpus} ({count:,} names)" for corpus, count in mistakes.recordings.items()]
    rows = [[_described(plant), *map(_cell, mistakes.counted[plant.__name__].values())] for plant in KINDS]
    return f"{markdown(['split', *corpora], rows)}\n\nSeed {mistakes.seed}, {mistakes.date}."


def _described(plant: Callable[[Draw], Planted]) -> str:
    return (plant.__doc__ or "").removesuffix(".")


def _cell(counted: Counted) -> str:
    others = counted.splits - counted.right - counted.missed
    notes = [f"{counted.missed} missed"] * bool(counted.missed) + [f"{others} with others"] * bool(others)
    return "; ".join([f"{counted.right} of {counted.splits}", *notes])
