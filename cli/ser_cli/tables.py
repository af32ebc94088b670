"""Output on stdout: plain, aligned tables for people, one JSON value for programs.

>>> print_table(["corpus", "all"], [["tess", "2800"]])
corpus   all
tess    2800
>>> print_json({"corpus": "tess", "uar": float("nan")})
{
  "corpus": "tess",
  "uar": null
}
"""

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ser_cli.streams import shown

if TYPE_CHECKING:
    from ser_models.evaluation.result import ConfusionScores


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, left: Sequence[int] = (0,)) -> None:
    """Print rows under a header.

    Args:
        header: names of the columns.
        rows: cells, as many per row as there are columns.
        left: indices of the columns that are left-aligned; the others are right-aligned.
    """
    lines = [[shown(cell) for cell in line] for line in (header, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        cells = (
            text.ljust(width) if column in left else text.rjust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join(cells).rstrip())


def print_left(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows of text: every column is left-aligned."""
    print_table(header, rows, left=range(len(header)))


def print_classes(scores: "ConfusionScores", noun: str, number: str) -> None:
    """Print recall, precision and F1 of each class.

    Args:
        scores: the metrics.
        noun: header of the classes, such as "emotion".
        number: header of their numbers of recordings.
    """
    rows = [
        [label, *(f"{value:.3f}" for value in (row.recall, row.precision, row.f1)), str(row.support)]
        for label, row in scores.per_class.items()
    ]
    print_table([noun, "recall", "precision", "F1", number], rows)


def print_json(content: Any) -> None:
    """Print a JSON value; paths become text, NaN and infinity become null."""
    print(json.dumps(_plain(content), indent=2, ensure_ascii=False, default=str))


def _plain(value: Any) -> Any:
    """Replace NaN and infinity, which JSON does not have."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
