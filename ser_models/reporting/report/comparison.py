"""A comparison as text, as a table of numbers, and as one self-contained HTML page.

`ComparedRows` → `results` and `descriptions` → cells of the page and of the command line
              → `numbers` → compare.csv; `write_page` → compare.html
"""

from pathlib import Path
from typing import Any

import pandas as pd

from ser_models.evaluation.comparison import ComparedRow, ComparedRows
from ser_models.reporting.figures.comparison import Mark, comparison
from ser_models.reporting.html import inline, stylesheet, template
from ser_models.reporting.report.text import Table
from ser_models.reporting.text import MISSING, percent, sentence, signed

TEMPLATE = Path(__file__).with_name("comparison.html.jinja")

CLAIMED = {"accuracy": "accuracy", "uar": "UAR", "macro_auc": "AUC"}
"""Metrics of a paper's tables of comparisons, by name."""


def results(compared: ComparedRows) -> Table:
    """Each row's figures beside those of the paper."""
    columns = ("Row", "Paper", "Accuracy", "UAR", "95 % interval", "Difference to recipe", "Tested")
    rows = tuple((row.name, _claim(row), *_figures(row)) for row in compared.rows)
    return Table("Results", columns, rows, strong=(0,))


def descriptions(compared: ComparedRows) -> Table:
    """What each row is in the paper and here; the reason, if it was not run."""
    columns = ("Row", "In the paper", "Here")
    rows = tuple((row.name, _in_paper(row), _here(row)) for row in compared.rows)
    return Table("Rows", columns, rows, words=(0, 1, 2), strong=(0,))


def numbers(compared: ComparedRows) -> pd.DataFrame:
    """The rows as numbers, a column per metric; empty cells where there is none."""
    return pd.DataFrame([_numbers(row) for row in compared.rows])


def write_page(path: Path, compared: ComparedRows) -> None:
    """Write the comparison as one HTML file in UTF-8, replacing an existing one."""
    measured = [(row, row.measured) for row in compared.rows if row.measured]
    marks = [Mark(row.name, one.uar, one.uar_ci95) for row, one in measured if one.uar is not None]
    chance = 1 / compared.classes
    panels = [inline(comparison(marks, chance), "comparison")] if marks else []
    page = template(TEMPLATE).render(
        compared=compared,
        panels=panels,
        results=results(compared),
        rows=descriptions(compared),
        style=stylesheet(TEMPLATE.with_name("report.css")),
    )
    path.write_text(page, encoding="utf-8")


def _claim(row: ComparedRow) -> str:
    values = {word: getattr(row.claims, name) for name, word in CLAIMED.items()}
    texts = [f"{word} {percent(value)}" for word, value in values.items() if value is not None]
    return ", ".join(texts) or MISSING


def _figures(row: ComparedRow) -> tuple[str, ...]:
    """Accuracy, UAR, its interval, the difference and the number of tested recordings."""
    measured = row.measured
    if measured is None:
        return (MISSING,) * 5
    bounds = " to ".join(map(percent, measured.uar_ci95)) if measured.uar_ci95 else MISSING
    return (
        percent(measured.accuracy),
        percent(measured.uar),
        bounds,
        _difference(row),
        f"{measured.tested:,}",
    )


def _difference(row: ComparedRow) -> str:
    """The paired difference in percentage points, with its interval."""
    if row.difference is None:
        return MISSING
    values = (row.difference.uar, row.difference.low, row.difference.high)
    apart, low, high = (signed(f"{100 * value:.1f}") for value in values)
    return f"{apart} [{low}, {high}] points"


def _in_paper(row: ComparedRow) -> str:
    return f"{row.system} ({row.source})" if row.source else row.system


def _here(row: ComparedRow) -> str:
    """Model, changes and notes, or the reason why it was not run, as sentences."""
    if row.reason:
        return sentence(f"not run: {row.reason}")
    model = [f"model {row.measured.model}"] if row.measured else []
    return " ".join(sentence(text) for text in (*model, *row.changes, *row.notes))


def _numbers(row: ComparedRow) -> dict[str, Any]:
    claims = {f"claimed_{name}": getattr(row.claims, name) for name in CLAIMED}
    cells: dict[str, Any] = {"row": row.name, "system": row.system, "source": row.source, **claims}
    if measured := row.measured:
        low, high = measured.uar_ci95 or (None, None)
        cells |= {"model": measured.model, "accuracy": measured.accuracy, "uar": measured.uar}
        cells |= {"uar_low": low, "uar_high": high, "macro_f1": measured.macro_f1}
        cells |= {"macro_auc": measured.macro_auc, "log_loss": measured.log_loss}
        cells |= {"tested": measured.tested, "seconds": measured.seconds}
    if apart := row.difference:
        cells |= {"difference": apart.uar, "difference_low": apart.low, "difference_high": apart.high}
        cells |= {"paired": apart.recordings}
    return cells | {"changes": "; ".join(row.changes), "reason": row.reason}
