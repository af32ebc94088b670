"""Files that an extraction refused: what is printed of them, and when they are too many.

`ExtractReport` → `too_many` → a line per reason, or the commonest reasons with what helps
"""

import re
import sys
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ser_features.engine import ExtractReport
    from ser_features.engine.task import Failure

LISTED = 20
"""Number of reasons on screen; the store holds all failures."""

COMMONEST = 3
"""Number of reasons on screen where more than half is refused."""

HELP = {"no file": "--root FOLDER is where the paths of a table begin"}
"""What helps, by the beginning of a reason that does not say so itself."""


def too_many(report: "ExtractReport", limit: int | None) -> bool:
    """Whether failures exceed the limit; without a limit, whether more than half of all recordings failed."""
    if limit is not None:
        return len(report.failures) > limit
    return len(report.failures) > sum(report.counts.values())


def print_failures(report: "ExtractReport", limit: int | None) -> None:
    """Print why files were refused."""
    if limit is None and too_many(report, limit):
        _print_commonest(report)
    else:
        _print_all(report.failures)
    for path in report.damaged:
        print(f"damaged table replaced, its recordings computed again: {path}", file=sys.stderr)


def _print_all(failures: "list[Failure]") -> None:
    """Print a line for each reason, with the number of files."""
    alike: dict[tuple[str, str], list[Failure]] = {}
    for failure in failures:
        alike.setdefault((failure.error_class, failure.message), []).append(failure)
    for same in islice(alike.values(), LISTED):
        _print_reason(same)
    if len(alike) > LISTED:
        more = sum(map(len, islice(alike.values(), LISTED, None)))
        print(f"and {more} more in the store's failures table", file=sys.stderr)


def _print_commonest(report: "ExtractReport") -> None:
    """Print the commonest reasons, each with an example and with what helps."""
    refused, stored = len(report.failures), sum(report.counts.values())
    print(
        f"more than half refused, {refused} of {refused + stored}; --max-failures {refused} accepts it:",
        file=sys.stderr,
    )
    alike: dict[str, list[Failure]] = {}
    for failure in report.failures:
        alike.setdefault(reason(failure.message), []).append(failure)
    ordered = sorted(alike.items(), key=lambda item: -len(item[1]))
    for what, same in ordered[:COMMONEST]:
        helps = next((f": {text}" for beginning, text in HELP.items() if what.startswith(beginning)), "")
        _print_reason(same, helps)
    if more := sum(len(same) for _, same in ordered[COMMONEST:]):
        print(f"and {more} for other reasons, in the store's failures table", file=sys.stderr)


def _print_reason(failures: "list[Failure]", helps: str = "") -> None:
    """Print the first of several failures with the number of files."""
    first = failures[0]
    files = repr(first.path) if len(failures) == 1 else f"{len(failures)} files such as {first.path!r}"
    print(f"failed {files}: {first.error_class}: {first.message}{helps}", file=sys.stderr)


def reason(message: str) -> str:
    """A message without the row, names and numbers that differ from file to file.

    >>> reason("row 3: no file 'bye.wav' beside the table")
    'no file … beside the table'
    >>> reason("0.04 s long, expected at least 0.1 s: leave it out")
    '… s long, expected at least … s'
    """
    text = re.sub(r"^rows? [^:]*: ", "", message)
    return re.sub(r"'[^']*'|\d+(\.\d+)?", "…", text).partition(":")[0]
