"""Runs of the benchmarks over time → docs/results/speed.json, the tables of docs/speed.md, their figure.

reports → `Run` with date, commit, machine → `add` → the file, `page` → text between the markers, `picture`
"""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.pages import write_between
from benchmarks.report import HEADER, Report, rows, table

ROOT = Path(__file__).parents[1]
FILE, PAGE = ROOT / "docs" / "results" / "speed.json", ROOT / "docs" / "speed.md"
BEGIN, END = "<!-- begin: {} -->", "<!-- end -->"
PACKAGES = ("librosa", "numba", "numpy", "praat-parselmouth", "scipy", "soundfile", "soxr")


@dataclass(frozen=True, slots=True)
class Run:
    """Reports of one run, and what they depend on.

    Attributes:
        date: in UTC, to the minute.
        commit: short hash of the source, with "+" if it was changed since; empty if unknown.
        machine: processor, number of cores, load average of the last 15 minutes, system and versions.
        reports: in the order in which they were made.
    """

    date: str
    commit: str
    machine: dict[str, Any]
    reports: tuple[Report, ...]

    @classmethod
    def of(cls, content: dict[str, Any]) -> "Run":
        """Run of the JSON values that `asdict` gives."""
        return cls(**{**content, "reports": tuple(map(Report.of, content["reports"]))})


def machine() -> dict[str, Any]:
    """Processor, number of cores, load average, system and versions of what the speed depends on."""
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load": os.getloadavg()[2],
        "system": platform.system(),
        "versions": versions,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def commit() -> str:
    """Short hash of the source, with "+" if the source was changed since; empty outside a repository."""
    try:
        names = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
        short = subprocess.run(names, capture_output=True, text=True, check=True).stdout.strip()
        names = ["git", "-C", str(ROOT), "status", "--porcelain", "--untracked-files=no", "--", "*.py"]
        changed = subprocess.run(names, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{short}+" if changed else short


def read(path: Path = FILE) -> list[Run]:
    """All runs, the oldest first."""
    return [Run.of(one) for one in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def add(reports: Sequence[Report], path: Path = FILE) -> list[Run]:
    """Append a run to the file, and return all runs."""
    now = datetime.now(UTC).isoformat(timespec="minutes").removesuffix("+00:00")
    runs = [*read(path), Run(now, commit(), machine(), tuple(reports))]
    path.write_text(json.dumps([asdict(one) for one in runs], indent=1) + "\n", encoding="utf-8")
    return runs


def write_page(runs: Sequence[Run], page: Path = PAGE) -> None:
    """Write the tables of the last runs into the page, one section per benchmark.

    Args:
        runs: the oldest first.
        page: with the markers `BEGIN` of "extraction", "stages" and "figures".
    """
    last = latest(runs)
    extraction, stages = last.get("speed.extract"), last.get("speed.stages")
    if extraction:
        text = f"{_origin(*extraction)}\n\n{extraction[1].details['table']}"
        write_between(page, BEGIN.format("extraction"), END, text)
    if stages:
        times = [(one.name, one.shown) for one in stages[1].figures]
        text = f"{_origin(*stages)}\n\n{table(('stage', 'CPU time per file'), times)}"
        write_between(page, BEGIN.format("stages"), END, text)
    lines = [
        (f"{report.benchmark}: {name}", run.date[:10], *row)
        for run, report in last.values()
        for figure, (name, *row) in zip(report.figures, rows(report), strict=True)
        if figure.limit
    ]
    write_between(page, BEGIN.format("figures"), END, table((HEADER[0], "date", *HEADER[1:]), lines))


def latest(runs: Sequence[Run]) -> dict[str, tuple[Run, Report]]:
    """The last report of each benchmark, with its run."""
    return {report.benchmark: (run, report) for run in runs for report in run.reports}


def _origin(run: Run, report: Report) -> str:
    """The sentence above a table."""
    where = (
        f"{run.machine['cores']} cores of {run.machine['processor']}, load average {run.machine['load']:.1f}"
    )
    return f"{report.conditions}; {run.date[:10]}, commit {run.commit or 'unknown'}, {where}."
