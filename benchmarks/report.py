"""The result of every benchmark of speed and scale: figures with their spread and their limits.

values of the rounds → `Figure` → `Report` → text, or a JSON file that `benchmarks.bench` collects

>>> figure = Figure("1 worker", "×", (78.0, 90.0, 84.0), at_least=80)
>>> figure.median, figure.reached, figure.shown
(84.0, True, '84.0 × (78.0–90.0)')
"""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One result of a benchmark.

    Attributes:
        name: what was measured, compared with what.
        unit: of the values, such as "×", "ms" or "MiB".
        values: one per round or repetition; at least one.
        at_least: limit that the median should reach, if there is one.
        at_most: limit that the median should not exceed, if there is one.
    """

    name: str
    unit: str
    values: tuple[float, ...]
    at_least: float | None = None
    at_most: float | None = None

    @property
    def median(self) -> float:
        """Median of the values."""
        return statistics.median(self.values)

    @property
    def reached(self) -> bool | None:
        """Whether the median is within the limits; None without a limit."""
        if self.at_least is None and self.at_most is None:
            return None
        enough = self.at_least is None or self.median >= self.at_least
        return enough and (self.at_most is None or self.median <= self.at_most)

    @property
    def shown(self) -> str:
        """Median and range, to three digits."""
        return spread(self.values, f" {self.unit}")

    @property
    def limit(self) -> str:
        """The limits; empty without one."""
        pairs = (("≥", self.at_least), ("≤", self.at_most))
        return ", ".join(f"{sign} {value:,g} {self.unit}" for sign, value in pairs if value is not None)


@dataclass(frozen=True, slots=True)
class Report:
    """Result of one benchmark.

    Attributes:
        benchmark: name of its module, such as "speed.extract".
        conditions: what was measured on: recordings, rounds, what else is needed to judge the figures.
        figures: the results.
        details: further JSON values, such as all times of all rounds.
    """

    benchmark: str
    conditions: str
    figures: tuple[Figure, ...]
    details: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Report":
        """Report of the JSON values that `asdict` gives."""
        figures = tuple(Figure(**{**one, "values": tuple(one["values"])}) for one in content["figures"])
        return cls(content["benchmark"], content["conditions"], figures, content.get("details", {}))

    def text(self) -> str:
        """The figures as a table."""
        return f"{self.benchmark}: {self.conditions}\n\n{table(HEADER, rows(self))}"

    def finish(self, path: Path | None) -> None:
        """Print the figures, and write the report to a JSON file, if one is given."""
        print(self.text(), flush=True)
        if path:
            path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


HEADER = ("figure", "median (range)", "limit", "reached")


def rows(report: Report) -> list[tuple[str, ...]]:
    """One row of text per figure, as in `HEADER`."""
    words = {True: "yes", False: "no", None: ""}
    return [(one.name, one.shown, one.limit, words[one.reached]) for one in report.figures]


def table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A Markdown table with columns of equal width; all columns after the first are aligned to the right."""
    cells = [tuple(header), *map(tuple, lines)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    first, *others = [
        "| " + " | ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) + " |"
        for row in cells
    ]
    ruler = "|".join(["-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])])
    return "\n".join([first, f"|{ruler}|", *others])


def spread(values: Sequence[float], unit: str = "") -> str:
    """Median and range, the unit after the median.

    >>> spread([1.0, 3.0, 2.0], " s"), spread([2.5])
    ('2.00 s (1.00–3.00)', '2.50')
    """
    ends = f" ({digits(min(values))}–{digits(max(values))})" if len(values) > 1 else ""
    return f"{digits(statistics.median(values))}{unit}{ends}"


def digits(value: float) -> str:
    """A value with three digits, or all digits before the point.

    >>> [digits(value) for value in (1234.5, 84.03, 1.256, 0.0421)]
    ['1,234', '84.0', '1.26', '0.0421']
    """
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:#.3g}" if value else "0"
