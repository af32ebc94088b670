"""A store of a million rows: time and memory of planning, reading and compacting.

    python -m benchmarks.scale.million
    python -m benchmarks.scale.million --rows 10000 100000 --figure docs/images/million.png

The benchmark makes a corpus of empty files named like TESS recordings, and a store with one row of random
features for all but the last thousand (no audio, no frames), as an interrupted extraction would leave it.
Every step then runs in its own process, and its seconds, CPU time and peak memory are printed: listing the
folder and reading size and modification time of every file, which is the floor of the next two; scanning the
corpus; scanning it and planning the resume; `ser store info`; one column by corpus in pandas; and again after
`ser store compact`.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.report import Figure, Report
from ser_features import corpora
from ser_features.audio import stamp
from ser_features.config import DEFAULT_PROFILE
from ser_features.engine.open_store import describe
from ser_features.engine.plan import cells
from ser_features.engine.task import ShardTask, Target
from ser_features.manifest import NAME_COLUMNS, Recording
from ser_features.store import layout, open_or_create, open_store
from ser_features.store.description import all_columns, row_schema
from ser_features.store.write import commit_rows

MISSING = 1_000
"""Recordings at the end of the corpus that the store does not hold yet."""

EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "ps", "sad")
SPEAKERS = ("OAF", "YAF")
STEPS = ("floor", "scan", "plan", "info", "column")
UNITS = (("s", "seconds"), ("CPU s", "cpu_seconds"), ("MB", "peak_mb"))

MILLION = 1_000_000
LIMITS = {("plan", "s"): 5, ("plan", "MB"): 500, ("info", "s"): 3, ("column", "s"): 2}
"""Limits for a million rows, by step and unit."""

Figures = dict[str, Any]


def main(words: Sequence[str] | None = None) -> None:
    """Measure each size and print a table; draw the figure on request."""
    options = _options(words)
    if options.step:
        _child(options.step, Path(options.folder))
        return
    print(f"{'rows':>9} {'':12} {'files':>6}  " + "".join(f"{step:>26}" for step in STEPS), flush=True)
    measured = []
    for rows in options.rows:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            make(Path(folder), rows)
            measured += [_measure(Path(folder), rows, "as extracted"), _compact(Path(folder), rows)]
            measured.append(_measure(Path(folder), rows, "compacted"))
    report(measured).finish(options.json)
    if options.figure:
        draw(measured, options.figure)


def make(folder: Path, rows: int) -> None:
    """Make the corpus at `folder`/data and the store at `folder`/store."""
    corpus = folder / "data" / "tess"
    corpus.mkdir(parents=True)
    for number in range(rows):
        speaker, emotion = SPEAKERS[number % 2], EMOTIONS[number // 2 % 7]
        os.close(os.open(corpus / f"{speaker}_{_word(number // 14)}_{emotion}.wav", os.O_CREAT | os.O_WRONLY))
    store = open_or_create(folder / "store", describe(DEFAULT_PROFILE, ["core"]))
    target = Target.of(store.root, store.profile, store.families)
    scan = corpora.scan("tess", folder / "data")
    left = len(scan.recordings) - MISSING
    random = np.random.default_rng(0)
    for number, recordings in enumerate(cells(scan.recordings)):
        if held := recordings[: max(0, left)]:
            table = _rows(held, scan.root, target, random)
            stamped = ShardTask(
                target=target, dataset="tess", shard="", data_root=scan.root, compute=()
            ).metadata
            path = layout.part_path(store.root, "files", "tess", f"{number:05d}")
            commit_rows(path, table, stamped | {"frames": {}})
        left -= len(recordings)


def _word(number: int) -> str:
    """A different word of five letters for one number."""
    return "".join(chr(ord("a") + number // 26**digit % 26) for digit in reversed(range(5)))


def _rows(
    recordings: Sequence[Recording], root: Path, target: Target, random: np.random.Generator
) -> pa.Table:
    """Rows of some recordings, with random features."""
    stamps = [stamp(root / one.path) or (0, 0) for one in recordings]
    columns: dict[str, Any] = {
        column.name: [getattr(one, column.name) for one in recordings] for column in NAME_COLUMNS
    }
    columns["audio_sha256"] = [hashlib.sha256(one.path.encode()).hexdigest() for one in recordings]
    columns["source_size"] = [size for size, _ in stamps]
    columns["source_mtime"] = [modified for _, modified in stamps]
    columns |= {one.name: random.random(len(recordings), np.float32) for one in target.features}
    schema = row_schema(all_columns(target.features))
    empty = [None] * len(recordings)
    return pa.table({name: columns.get(name, empty) for name in schema.names}, schema=schema)


def _measure(folder: Path, rows: int, state: str) -> Figures:
    figures: Figures = {
        "rows": rows,
        "state": state,
        "files": len(list((folder / "store").rglob("*.parquet"))),
    }
    figures |= {step: _step(step, folder) for step in STEPS}
    shown = "".join(
        "".join(f"{figures[step][key]:6.1f} {unit}" for unit, key in UNITS).rjust(26) for step in STEPS
    )
    print(f"{rows:>9} {state:12} {figures['files']:>6}  {shown}", flush=True)
    return figures


def _compact(folder: Path, rows: int) -> Figures:
    figures = _step("compact", folder)
    print(f"{rows:>9} ser store compact: {figures['seconds']:.2f} s", flush=True)
    return {"rows": rows, "state": "compact", "compact": figures}


def _step(step: str, folder: Path) -> dict[str, float]:
    """Run one step in its own process."""
    command = [sys.executable, "-m", "benchmarks.scale.million", "--folder", str(folder), "--step", step]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{step} failed:\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _child(step: str, folder: Path) -> None:
    """Run a step; print its seconds without imports, its CPU time with them, and the peak memory."""
    steps = {
        "floor": _floor,
        "scan": _scan,
        "plan": _plan,
        "info": _info,
        "column": _column,
        "compact": _join,
    }
    began = time.process_time()
    seconds = next(steps[step](folder))
    values = (seconds, time.process_time() - began, _peak())
    print(json.dumps({key: round(value, 3) for (_, key), value in zip(UNITS, values, strict=True)}))


def _peak() -> float:
    """Peak memory of this process in MB; getrusage would include that of its parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _floor(folder: Path) -> Iterator[float]:
    """List the corpus and read size and modification time of each file, as any scan and plan must."""
    began = time.perf_counter()
    for entry in os.scandir(folder / "data" / "tess"):
        entry.stat()
    yield time.perf_counter() - began


def _scan(folder: Path) -> Iterator[float]:
    began = time.perf_counter()
    corpora.scan("tess", folder / "data")
    yield time.perf_counter() - began


def _plan(folder: Path) -> Iterator[float]:
    """Scan and plan the resume, as `ser extract` does before its first recording."""
    from ser_features.engine.extract import begin_report, plan_corpora
    from ser_features.store import locks

    began = time.perf_counter()
    scan = corpora.scan("tess", folder / "data")
    store = open_store(folder / "store")
    with locks.running(store.root) as run:
        plans = plan_corpora([scan], store, run)
    report = begin_report([scan], plans, store)
    seconds = time.perf_counter() - began
    todo = sum(len(task.compute) for one in plans for task in one.tasks)
    if (todo, report.unchanged) != (MISSING, len(scan.recordings) - MISSING):
        raise SystemExit(
            f"planned {todo} recordings and {report.unchanged} unchanged: expected {MISSING} to do"
        )
    yield seconds


def _info(folder: Path) -> Iterator[float]:
    from ser_features.store import describe as describe_store

    began = time.perf_counter()
    describe_store(open_store(folder / "store"))
    yield time.perf_counter() - began


def _column(folder: Path) -> Iterator[float]:
    import pandas as pd

    began = time.perf_counter()
    rows = pd.read_parquet(folder / "store" / "files", columns=["dataset", "pitch_mean"])
    rows.groupby("dataset", observed=True)["pitch_mean"].mean()
    yield time.perf_counter() - began


def _join(folder: Path) -> Iterator[float]:
    from ser_features.store.compact import compact

    began = time.perf_counter()
    compact(open_store(folder / "store"))
    yield time.perf_counter() - began


def report(measured: Sequence[Figures]) -> Report:
    """Figures of every step of the largest store, with limits if it has a million rows."""
    rows = max(one["rows"] for one in measured)
    figures = []
    for one in measured:
        if one["rows"] != rows:
            continue
        for step in sorted({*STEPS, "compact"} & set(one)):
            for unit, key in UNITS:
                limit = LIMITS.get((step, unit)) if rows >= MILLION else None
                name = f"{step}, {one['state']}" if step != "compact" else step
                figures.append(Figure(name, unit, (one[step][key],), at_most=limit))
    return Report("scale.million", f"a store of {rows:,} rows", tuple(figures), {"measured": list(measured)})


def draw(measured: Sequence[Figures], path: Path) -> None:
    """Plot seconds by rows on logarithmic axes, with a line of slope one."""
    from matplotlib import pyplot

    names = {"plan": "planning a resume", "info": "ser store info", "column": "one column in pandas"}
    figure, axes = pyplot.subplots(figsize=(6.4, 4.2), layout="constrained")
    for color, (step, title) in zip(("#1f5fa8", "#c2571a", "#3a7d44"), names.items(), strict=True):
        for state, style in (("as extracted", "o--"), ("compacted", "o-")):
            points = [(one["rows"], one[step]["seconds"]) for one in measured if one["state"] == state]
            axes.loglog(
                *zip(*points, strict=True), style, color=color, label=f"{title}, {state}", markersize=4
            )
    sizes = sorted({one["rows"] for one in measured})
    axes.loglog(sizes, [size / 1e5 for size in sizes], ":", color="0.6", label="10 µs per row")
    axes.set(xlabel="rows of the store", ylabel="seconds")
    axes.grid(color="0.9")
    axes.legend(fontsize=8, frameon=False)
    figure.savefig(path, dpi=160)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--folder", help="folder for the stores; default: a temporary folder")
    parser.add_argument("--json", type=Path, help="write the result as JSON to this file")
    parser.add_argument("--figure", type=Path, help="draw them to this file")
    parser.add_argument("--step", choices=(*STEPS, "compact"), help=argparse.SUPPRESS)
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
