"""An audit as one self-contained HTML page, to be attached to a review or a paper.

`AuditResult` → tables, statements, findings → `write_page` (Jinja2, autoescaped) → audit.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import NamedTuple

from ser_features.files import replacing
from ser_models.auditing.result import KINDS, AuditResult, Estimate, FoldAudit
from ser_models.auditing.statements import PLURALS, Statement, statements
from ser_models.auditing.text import LEGEND, estimated, finding_lines, overview
from ser_models.reporting.html import stylesheet, template
from ser_models.reporting.report.text import Table
from ser_models.reporting.text import percent

TEMPLATE = Path(__file__).with_name("audit.html.jinja")

MARK = ": audit of a split</title>"
"""End of the title of every page."""

ADVICE = {
    True: "A paper may state that no test speaker is in training: the figures estimate the performance on "
    "new speakers of these recordings.",
    False: "A paper may not present figures of this split as those of new speakers. It may report them with "
    "the counts below, as those of speakers and recordings that the model has partly been trained on.",
    None: "A paper may neither state that the speakers of the test are new nor that they are not: nothing "
    "that is known of these rows shows it.",
}
"""What follows for a paper from the answer to "speaker-independent"."""


@dataclass(frozen=True, slots=True)
class Origin:
    """How an audit was made.

    Attributes:
        command: that was typed.
        date: as YYYY-MM-DD.
        version: of ser.
    """

    command: str
    date: str
    version: str


class Cell(NamedTuple):
    """Rows of a side with one value.

    Attributes:
        rows: their number.
        share: of the rows of the side whose value is known, 0 to 1.
        speakers: number of their speakers; None if it is not counted.
    """

    rows: int
    share: float
    speakers: int | None


@dataclass(frozen=True, slots=True)
class Balance:
    """Classes, or values of another property, by side.

    Attributes:
        name: of the property.
        sides: in their order.
        rows: a value each, and its cell of each side.
    """

    name: str
    sides: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def write_page(path: Path, result: AuditResult, origin: Origin) -> None:
    """Write an audit as one HTML file in UTF-8, replacing an existing one."""
    with replacing(path) as file:
        file.write(render(result, origin).encode())


def is_page(path: Path) -> bool:
    """Whether a file is the page of an audit."""
    try:
        with path.open(encoding="utf-8") as file:
            return MARK in file.read(1000)
    except (OSError, ValueError):
        return False


def render(result: AuditResult, origin: Origin) -> str:
    """Return an audit as HTML."""
    answers = statements(result)
    return template(TEMPLATE).render(
        result=result,
        origin=origin,
        title=", ".join(PurePath(name).name for name in result.files) or "Split",
        verdict=answers[0],
        advice=ADVICE[answers[0].holds],
        answers=_answers(answers),
        shared=_shared(result),
        findings=finding_lines(result),
        folds=[(fold, _counts(fold), list(_balances(fold))) for fold in result.folds],
        estimate=_estimate(result.estimate) if result.estimate else None,
        style=stylesheet(TEMPLATE.with_name("report.css")),
    )


def _answers(answers: Sequence[Statement]) -> Table:
    rows = tuple((one.claim, one.answer, one.reason) for one in answers)
    return Table(
        "What the test of this split may be called", ("Claim", "Answer", "Reason"), rows, words=(0, 1, 2)
    )


def _shared(result: AuditResult) -> Table:
    header, rows = overview(result)
    columns = tuple(name[:1].upper() + name[1:] for name in header)
    return Table(f"By fold: {LEGEND}", columns, tuple(rows))


def _counts(fold: FoldAudit) -> Table:
    """What the test of a fold shares with its training."""
    tested = fold.sides.get("test") or fold.sides.get("dev") or 0
    rows = tuple(
        (
            PLURALS[kind],
            f"{shared.test:,}",
            f"{shared.shared:,}",
            f"{shared.rows:,}",
            percent(shared.rows / tested if tested else None),
        )
        for kind in KINDS
        if (shared := fold.shared.get(kind)) and shared.test
    )
    columns = ("What", "In the test", "In training too", "Test rows with these", "Share of the test rows")
    return Table("What the test shares with the training", columns, rows)


def _balances(fold: FoldAudit) -> Iterator[Balance]:
    """Classes, and the properties of which there is more than one value."""
    if fold.classes:
        yield _balance("Class", fold.classes, fold.speakers)
    for name, by_side in fold.groups.items():
        if any(len(values) > 1 for values in by_side.values()):
            yield _balance("Corpus" if name == "dataset" else name.capitalize(), by_side, {})


def _balance(
    name: str, by_side: Mapping[str, Mapping[str, int]], speakers: Mapping[str, Mapping[str, int]]
) -> Balance:
    sides = tuple(by_side)
    totals = {side: sum(counts.values()) for side, counts in by_side.items()}

    def cell(side: str, value: str) -> Cell:
        rows = by_side[side][value]
        return Cell(rows, rows / totals[side], speakers.get(side, {}).get(value))

    values = by_side[sides[0]]
    return Balance(
        name, sides, tuple((value, tuple(cell(side, value) for side in sides)) for value in values)
    )


def _estimate(estimate: Estimate) -> Table:
    header, rows = estimated(estimate)
    return Table("The same model on the same test recordings, by what it is trained on", header, tuple(rows))
