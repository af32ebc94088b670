"""Command-line options that the benchmarks share.

docstring of a benchmark → `parser` → its own options added → `argparse.Namespace`
"""

import argparse
import os
from pathlib import Path

DATA = Path(os.environ.get("SER_DATA", "data/raw"))
"""Data root: `SER_DATA`, or data/raw."""


def parser(
    description: str | None, *, files: int | None = None, report: bool = False
) -> argparse.ArgumentParser:
    """Parser with the options of all benchmarks on recordings.

    Args:
        description: docstring of the benchmark, shown by --help as it is.
        files: default of --files, the number of recordings; None for no such option.
        report: whether the benchmark has --json, the path for `benchmarks.report.Report.finish`.
    """
    result = argparse.ArgumentParser(description=description, formatter_class=argparse.RawTextHelpFormatter)
    result.add_argument("--data", type=Path, default=DATA, help=f"data root (default: {DATA})")
    if report:
        result.add_argument("--json", type=Path, help="write the result as JSON to this file")
    if files is not None:
        result.add_argument("--files", type=int, default=files, help=f"number of files (default: {files})")
    return result
