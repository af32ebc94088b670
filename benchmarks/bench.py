"""All benchmarks of speed and scale, one after the other: one table, one run more in the history.

    python -m benchmarks.bench --write
    python -m benchmarks.bench --only extract --write -- --files 1200 --rounds 5 --peer-python PATH

Each runs in a process of its own and writes a `Report`; what stands after `--` is passed to it. With --write
the run is appended to docs/results/speed.json, and the tables and the figure of docs/speed.md are made again.
The exit code is 1 if a benchmark failed; a limit that is not reached is no failure.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import history, options, speed_figure
from benchmarks.report import HEADER, Report, rows, table

ON_RECORDINGS = {
    "extract": "benchmarks.speed.extract",
    "stages": "benchmarks.speed.stages",
    "start": "benchmarks.speed.start",
    "voice": "benchmarks.speed.voice",
    "functionals": "benchmarks.speed.functionals",
    "predict": "benchmarks.speed.predict",
    "loader": "benchmarks.speed.loader",
    "train": "benchmarks.speed.train",
    "workers": "benchmarks.scale.workers",
    "cost": "benchmarks.scale.cost",
}
"""Module by name, of the benchmarks that need recordings."""

BENCHMARKS = {**ON_RECORDINGS, "million": "benchmarks.scale.million"}


def main(words: Sequence[str] | None = None) -> None:
    """Run, print, and write."""
    chosen = _options(words)
    with tempfile.TemporaryDirectory() as folder:
        reports = [_report(name, chosen, Path(folder) / name) for name in chosen.only]
    done = [one for one in reports if one]
    lines = [(f"{one.benchmark}: {name}", *row) for one in done for name, *row in rows(one)]
    print(f"\n{table(HEADER, lines)}")
    if chosen.write and done:
        runs = history.add(done)
        history.write_page(runs)
        speed_figure.draw(runs)
    sys.exit(int(len(done) < len(reports)))


def _report(name: str, chosen: argparse.Namespace, path: Path) -> Report | None:
    """Run one benchmark, whose output is passed on; None if it wrote no report."""
    data = ["--data", chosen.data] if name in ON_RECORDINGS else []
    command = [sys.executable, "-m", BENCHMARKS[name], *data, "--json", path, *chosen.words]
    code = subprocess.run([*map(str, command)]).returncode
    if not path.exists():
        print(f"{name} failed with code {code}: left out", file=sys.stderr, flush=True)
        return None
    return Report.of(json.loads(path.read_text(encoding="utf-8")))


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = options.parser(__doc__)
    parser.add_argument("--only", nargs="+", choices=list(BENCHMARKS), default=list(BENCHMARKS))
    parser.add_argument("--write", action="store_true", help="add the run to docs/results/speed.json")
    parser.add_argument("words", nargs="*", metavar="-- WORD", help="options for the benchmarks")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
