"""Files that an extraction refused: what is printed of them, and when they are too many.

`ExtractReport` → `too_many` → a line per reason, or the commonest reasons with what helps
"""

import re
import sys
from collections import Counter
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
    alike: dict[tuple[str, str], list[str]] = {}
    for failure in failures:
        alike.setdefault((failure.error_class, failure.message), []).append(failure.path)
    for (error_class, message), paths in islice(alike.items(), LISTED):
        files = repr(paths[0]) if len(paths) == 1 else f"{len(paths)} files such as {paths[0]!r}"
        print(f"failed {files}: {error_class}: {message}", file=sys.stderr)
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
    counts = Counter(reason(failure.message) for failure in report.failures)
    for what, count in counts.most_common(COMMONEST):
        example = next(failure for failure in report.failures if reason(failure.message) == what)
        helps = next((f": {text}" for beginning, text in HELP.items() if what.startswith(beginning)), "")
        print(f"failed {count}, such as {example.path!r}: {example.message}{helps}", file=sys.stderr)
    if len(counts) > COMMONEST:
        more = refused - sum(count for _, count in counts.most_common(COMMONEST))
        print(f"and {more} for other reasons, in the store's failures table", file=sys.stderr)


def reason(message: str) -> str:
    """A message without the row, names and numbers that differ from file to file.

    >>> reason("row 3: no file 'bye.wav' beside the table")
    'no file … beside the table'
    >>> reason("0.04 s long, expected at least 0.1 s: leave it out")
    '… s long, expected at least … s'
    """
    text = re.sub(r"^rows? [^:]*: ", "", message)
    return re.sub(r"'[^']*'|\d+(\.\d+)?", "…", text).partition(":")[0]
