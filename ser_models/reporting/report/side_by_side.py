"""Models side by side as tables, and as one self-contained HTML page.

`SideBySide` → `results`, `recalls` → cells of the page and of the command line; `write_page` → HTML
"""

from pathlib import Path

from ser_features.files import replacing, writing
from ser_features.labels import in_order
from ser_features.outputs import refuse_to_replace
from ser_models.evaluation.side_by_side import SideBySide
from ser_models.reporting.figures.comparison import Mark, comparison
from ser_models.reporting.html import inline, stylesheet, template
from ser_models.reporting.report.text import Table, difference
from ser_models.reporting.text import MISSING, decimals, percent

TEMPLATE = Path(__file__).with_name("side_by_side.html.jinja")
TITLE = "Models side by side"


def results(compared: SideBySide) -> Table:
    """A row per model with its difference to the first."""
    columns = ("Model", "UAR", "95 % interval", "Difference", "Accuracy", "Macro F1", "Log loss", "Leaks")
    rows = tuple(
        (
            one.name,
            percent(one.uar),
            " to ".join(map(percent, one.uar_ci95)) if one.uar_ci95 else MISSING,
            difference(one.difference),
            percent(one.accuracy),
            percent(one.macro_f1),
            decimals(one.log_loss, 3),
            str(one.leaks),
        )
        for one in compared.models
    )
    return Table(f"{compared.recordings:,} recordings that all were tested on", columns, rows, strong=(0,))


def recalls(compared: SideBySide) -> Table:
    """Recall of each class by model."""
    labels = in_order(compared.models[0].recall)
    rows = tuple((one.name, *(percent(one.recall[label]) for label in labels)) for one in compared.models)
    return Table("Recall by class", ("Model", *labels), rows, strong=(0,))


def protocols(compared: SideBySide) -> Table:
    """What each model is, and how it was tested."""
    rows = tuple((one.name, one.model, f"{one.tested:,}", one.protocol) for one in compared.models)
    return Table("Models and their own tests", ("Model", "Kind", "Tested", "Protocol"), rows, words=(0, 1, 3))


def write_page(path: Path, compared: SideBySide, *, force: bool = False) -> None:
    """Write the page as UTF-8.

    Raises:
        InputError: if another file is at the path.
        StoreError: if it cannot be written.
    """
    refuse_to_replace(path, force=force, is_ours=_is_ours)
    marks = [Mark(one.name, one.uar, one.uar_ci95) for one in compared.models]
    page = template(TEMPLATE).render(
        title=TITLE,
        compared=compared,
        panels=[inline(comparison(marks, compared.chance), "models")],
        tables=[results(compared), recalls(compared), protocols(compared)],
        style=stylesheet(TEMPLATE.with_name("report.css")),
    )
    with writing("the page", path), replacing(path) as file:
        file.write(page.encode())


def _is_ours(path: Path) -> bool:
    """Whether a file is such a page, by the title in its head."""
    try:
        with path.open("rb") as file:
            return f"<title>{TITLE}</title>".encode() in file.read(2_000)
    except OSError:
        return False
