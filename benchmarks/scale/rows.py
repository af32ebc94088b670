"""Training on a million rows whose columns stay on disk: memory and rows per second.

    python -m benchmarks.scale.rows
    python -m benchmarks.scale.rows --rows 20000 100000 --models logistic

The benchmark makes a store of random core columns, shifted by emotion (seed 0; no audio, no frames). Each
training then runs in its own process:

- fit: scaler, model and predictions of rows without names. What it allocates should not grow with the rows,
  except by what their classes, weights and predictions take.
- train: all of `ser train`, with names, split, predictions, audits, report and artifact, which take memory
  per row.

Logistic regression has `--passes` iterations, XGBoost as many rounds; ridge regression has neither. All of
them read the core columns. "Allocated" is the largest amount of
memory that is not of files, whose pages the system drops if it needs memory. Only Linux tells it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.clock import cpu_seconds
from benchmarks.report import Figure, Report
from ser_features.config import DEFAULT_PROFILE
from ser_features.engine.open_store import describe
from ser_features.manifest import Column
from ser_features.store import Store, layout, open_or_create, open_store
from ser_features.store.description import all_columns, row_schema
from ser_features.store.write import commit_rows

EMOTIONS = ("angry", "happy", "neutral", "sad")
SPEAKERS = 40
SPEAKER_NAMES = tuple(f"s{number:02d}" for number in range(SPEAKERS))
ROWS_PER_TABLE = 10_000
MODELS = ("logistic", "xgboost", "ridge")
STEPS = ("fit", "train")
POLL_SECONDS = 0.1


def make(root: Path, rows: int) -> Store:
    """Make a store of random core columns.

    Args:
        root: its folder.
        rows: their number.
    """
    description = describe(DEFAULT_PROFILE, ["core"])
    store = open_or_create(root, description)
    random = np.random.default_rng(0)
    metadata = {"digest": description.digest, "profile": DEFAULT_PROFILE.name, "families": ["core"]}
    for first in range(0, rows, ROWS_PER_TABLE):
        numbers = np.arange(first, min(first + ROWS_PER_TABLE, rows))
        part = layout.part_path(root, "files", "random", f"{first // ROWS_PER_TABLE:05d}")
        commit_rows(part, _table(numbers, description.features, random), metadata | {"frames": {}})
    return store


def _table(numbers: np.ndarray, features: Sequence[Column], random: np.random.Generator) -> pa.Table:
    emotions = numbers % len(EMOTIONS)
    columns: dict[str, Any] = {
        "file_id": [f"random/{number:07d}" for number in numbers],
        "path": [f"random/{number:07d}.wav" for number in numbers],
        "speaker": [SPEAKER_NAMES[number // len(EMOTIONS) % SPEAKERS] for number in numbers],
        "emotion": [EMOTIONS[emotion] for emotion in emotions],
        "emotion_code": [EMOTIONS[emotion] for emotion in emotions],
        "audio_sha256": [f"{number:064d}" for number in numbers],
    }
    for position, one in enumerate(features):
        shift = 0.1 * ((emotions + position) % len(EMOTIONS))
        columns[one.name] = (random.standard_normal(len(numbers)) + shift).astype(np.float32)
    schema = row_schema(all_columns(features))
    empty = [None] * len(numbers)
    return pa.table({name: columns.get(name, empty) for name in schema.names}, schema=schema)


def main(words: Sequence[str] | None = None) -> None:
    """Measure each size and model, and print a table."""
    options = _options(words)
    if options.step:
        print(json.dumps(_measured(options.step, Path(options.folder), options.models[0], options.passes)))
        return
    titles = ("model", "step", "allocated", "with files", "seconds", "CPU s", "rows/s")
    print(f"{'rows':>9}  " + "".join(f"{title:>11}" for title in titles), flush=True)
    measured = []
    for rows in options.rows:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            make(Path(folder), rows)
            for model in options.models:
                for step in STEPS:
                    measured.append(
                        {"rows": rows, "model": model, "step": step, **_step(folder, model, step, options)}
                    )
                    _print(measured[-1])
    _report(measured, options).finish(options.json)


def _step(folder: str, model: str, step: str, options: argparse.Namespace) -> dict[str, float]:
    """Run one training in its own process."""
    command = [sys.executable, "-m", "benchmarks.scale.rows", "--folder", folder, "--step", step]
    command += ["--models", model, "--passes", str(options.passes)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{step} of {model} failed:\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def hyperparameters(model: str, passes: int) -> dict[str, Any]:
    """Settings with which a model reads the core columns, and is fitted in `passes` iterations or rounds."""
    from ser_models.models.feature_sets import CORE_INPUTS

    settings: dict[str, dict[str, Any]] = {
        "logistic": {"max_iter": passes},
        "xgboost": {"n_estimators": passes},
        "ridge": {"columns": CORE_INPUTS},
    }
    return settings[model]


def _measured(step: str, folder: Path, model: str, passes: int) -> dict[str, float]:
    """Run a training; its memory in MB, its seconds, and rows per second of wall time."""
    from ser_models.training.config import TrainConfig

    config = TrainConfig(model, hyperparameters(model, passes))
    store = open_store(folder)
    with _peaks() as peaks:
        began, cpu = time.perf_counter(), cpu_seconds()
        rows = {"fit": _fit, "train": _train}[step](store, config)
        seconds, cpu = time.perf_counter() - began, cpu_seconds() - cpu
    return {**peaks, "seconds": seconds, "cpu_seconds": cpu, "rows_per_second": rows / seconds}


def _fit(store: Store, config: Any) -> int:
    """Fit scaler and model to four fifths of the rows, by position, and predict all of them."""
    import pandas as pd

    from ser_features.store.scan import scan
    from ser_models.data.batches import Scaler, fit_statistics
    from ser_models.data.column_file import PLACE, ColumnFile
    from ser_models.models import create
    from ser_models.models.base import FitContext, Labelled
    from ser_models.models.feature_sets import CORE_INPUTS

    model = create(config.model, config.hyperparameters)
    columns = ColumnFile.of(scan(store, "files"), CORE_INPUTS)
    places = pd.DataFrame({PLACE: np.arange(len(columns.values), dtype=np.int32)})
    cut = len(places) * 4 // 5
    raw = [columns.read(side, columns.names) for side in (places[:cut], places[cut:])]
    scaler = Scaler(model.inputs, fit_statistics(model.inputs, raw[0]))
    train, validation = (
        Labelled(
            scaler.source(side),
            (side.places % len(EMOTIONS)).astype(np.int64),
            len(EMOTIONS),
            speakers=tuple(SPEAKER_NAMES[number // len(EMOTIONS) % SPEAKERS] for number in side.places),
        )
        for side in raw
    )
    model.fit(train, validation, FitContext(0))
    return len(places)


def _train(store: Store, config: Any) -> int:
    """Train, measure and save as `ser train` does, with one split by speaker."""
    from ser_models.experiments import train as experiments

    experiments.MAX_COLUMNS_IN_MEMORY = 0
    with tempfile.TemporaryDirectory() as folder:
        experiments.run_experiment(store.root, Path(folder) / "artifact", config)
    return store.count()


@contextmanager
def _peaks() -> Iterator[dict[str, float]]:
    """Largest memory of this process during a block in MB: without pages of files, and with them."""
    peaks = {"allocated_mb": 0.0, "resident_mb": 0.0}
    ended = Event()

    def watch() -> None:
        while not ended.wait(POLL_SECONDS):
            lines = Path("/proc/self/status").read_text().splitlines()
            status = dict(line.split(":", 1) for line in lines)
            for name, field in (("allocated_mb", "RssAnon"), ("resident_mb", "VmHWM")):
                peaks[name] = max(peaks[name], int(status[field].split()[0]) / 1024)

    thread = Thread(target=watch)
    thread.start()
    yield peaks
    ended.set()
    thread.join()


def _print(one: dict[str, Any]) -> None:
    cells = [one["model"], one["step"], f"{one['allocated_mb']:.0f} MB", f"{one['resident_mb']:.0f} MB"]
    cells += [f"{one['seconds']:.1f}", f"{one['cpu_seconds']:.1f}", f"{one['rows_per_second']:,.0f}"]
    print(f"{one['rows']:>9}  " + "".join(f"{cell:>11}" for cell in cells), flush=True)


def _report(measured: Sequence[dict[str, Any]], options: argparse.Namespace) -> Report:
    figures = [
        Figure(f"{one['model']}, {one['step']}, {one['rows']:,} rows, {key}", unit, (one[name],))
        for one in measured
        for key, unit, name in (("allocated", "MB", "allocated_mb"), ("CPU time", "s", "cpu_seconds"))
    ]
    conditions = f"random core columns, seed 0, {options.passes} iterations or rounds"
    return Report("scale.rows", conditions, tuple(figures), {"measured": list(measured)})


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--passes", type=int, default=10, help="iterations or boosting rounds")
    parser.add_argument("--folder", help="folder for the stores; default: a temporary folder")
    parser.add_argument("--json", type=Path, help="write the result as JSON to this file")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
