"""Time of a prediction, beside that of what it cannot do without: an import, the features, an extraction.

    python -m benchmarks.speed.predict
    python -m benchmarks.speed.predict --models mlp cnn_lstm
    python -m benchmarks.speed.predict --artifact artifacts/best artifacts/cnn_lstm

- cold: `ser predict MODEL FILE` by a new process, over `python -c "import sklearn.linear_model"`, and which
  of the packages `FORBIDDEN` it imported.
- warm: a file of three seconds by a loaded model, with its features; and the share of the features in that.
- folder: `ser predict MODEL FOLDER` over `ser extract` of the same files and feature families, with as many
  workers, both by a new process.
- timeline: a recording of ten minutes with its windows of three seconds and a hop of one, by a loaded model,
  over the features of the recording.
- agreement: largest difference of a probability between Keras and ONNX Runtime, of networks.

Without --artifact the models are trained on some RAVDESS recordings, networks for one epoch. What is compared
alternates over several rounds. The exit code is 1 if a promise is broken that no machine changes: agreement
within 1e-5, and none of the packages imported.
"""

import os

from benchmarks.clock import ONE_THREAD, measured

os.environ.update(ONE_THREAD)

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from benchmarks import options as shared
from benchmarks.interleaved import Contender, Rounds, interleave
from benchmarks.report import Figure, Report
from ser_features import corpora
from ser_features.config import profile
from ser_features.engine import extract_corpora
from ser_features.pipeline import extract
from ser_models import inference
from ser_models.artifact.native_backend import NativeBackend
from ser_models.experiments.train import run_experiment
from ser_models.models import create
from ser_models.models.networks.network import Network
from ser_models.training.config import TrainConfig

SECONDS, LONG_SECONDS = 3.0, 600.0
TOLERANCE = 1e-5
FORBIDDEN = ("tensorflow", "keras", "sklearn", "xgboost", "pandas", "matplotlib", "loky", "joblib")
IMPORT = "import sklearn.linear_model"

SER = "from ser_cli.main import main; import sys; main(sys.argv[1:])"

IMPORTED = f"""
import json, sys
from ser_cli.main import main
try:
    main(sys.argv[1:])
finally:
    print(json.dumps(sorted(set({FORBIDDEN!r}) & set(sys.modules))), file=sys.stderr)
"""


def run(code: str, *words: object) -> str:
    """Run Python code in a new process; return what it wrote to stderr."""
    done = subprocess.run([sys.executable, "-c", code, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, words))} failed: {done.stderr[-2000:]}")
    return done.stderr


def ratio(name: str, rounds: Rounds, over: str, under: str, **limit: float) -> list[Figure]:
    """Figures of a ratio, in CPU time, with its limit, and in wall time."""
    cpu, wall = (tuple(rounds.ratio(over, under, clock)) for clock in ("cpu", "wall"))
    return [Figure(f"{name}, CPU time", "×", cpu, **limit), Figure(f"{name}, wall time", "×", wall)]


def cold(artifact: Path, file: Path, rounds: int) -> list[Figure]:
    """Time of `ser predict` of one file over that of importing a part of scikit-learn."""
    run(SER, "predict", artifact, file)  # fills the caches of the system and of Python
    run(IMPORT)
    contenders = [
        Contender("predict", lambda _: measured(lambda: run(SER, "predict", artifact, file), 1)),
        Contender("import", lambda _: measured(lambda: run(IMPORT), 1)),
    ]
    result = interleave(contenders, rounds)
    name = f"{artifact.name}: cold prediction over {IMPORT!r}"
    seconds = Figure(
        f"{artifact.name}: cold prediction, CPU time", "s", tuple(result.per_item("predict", "cpu"))
    )
    return [*ratio(name, result, "predict", "import", at_most=0.8), seconds]


def imported(artifact: Path, file: Path) -> list[str]:
    """Which of `FORBIDDEN` a prediction of one file imports."""
    packages: list[str] = json.loads(run(IMPORTED, "predict", artifact, file).splitlines()[-1])
    return packages


def warm(artifact: Path, files: Sequence[Path], rounds: int) -> list[Figure]:
    """CPU time of a file by a loaded model, and what it is over that of the features."""
    predictor = inference.load(artifact)
    features, families = predictor.profile, predictor.families
    contenders = [
        Contender(
            "predict", lambda _: measured(lambda: [predictor.predict([one]) for one in files], len(files))
        ),
        Contender(
            "features",
            lambda _: measured(lambda: [extract(one, features, families) for one in files], len(files)),
        ),
    ]
    predictor.predict(list(files[:3]))
    result = interleave(contenders, rounds)
    name, cpu = f"{artifact.name}: warm prediction of {SECONDS:g} s", result.per_item("predict", "cpu")
    return [
        Figure(f"{name}, CPU time", "ms", tuple(1e3 * one for one in cpu), at_most=8),
        Figure(f"{name} over its features, CPU time", "×", tuple(result.ratio("predict", "features", "cpu"))),
    ]


def folder(artifact: Path, files: Sequence[Path], workers: int, rounds: int) -> list[Figure]:
    """Files per second of a prediction over those of an extraction with the same features."""
    predictor, recordings = inference.load(artifact), files[0].parent
    table = recordings.with_suffix(".csv")
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([["path", "emotion"], *([one, "neutral"] for one in files)])
    families = dict.fromkeys(("core", *predictor.families))
    extraction = [
        "extract",
        "--datasets",
        table,
        "--profile",
        predictor.profile.name,
        "--features",
        *families,
    ]

    def predicts(number: int) -> None:
        run(SER, "predict", artifact, recordings, "--workers", workers, "--format", "csv")

    def extracts(number: int) -> None:
        with tempfile.TemporaryDirectory() as store:
            run(SER, *extraction, "--workers", workers, "--store", Path(store) / "store")

    contenders = [
        Contender("predict", lambda number: measured(lambda: predicts(number), len(files))),
        Contender("extract", lambda number: measured(lambda: extracts(number), len(files))),
    ]
    result = interleave(contenders, rounds)
    name = f"{artifact.name}: extraction over prediction of {len(files)} files, {workers} workers"
    return ratio(name, result, "extract", "predict", at_least=0.9)


def timeline(artifact: Path, file: Path, rounds: int) -> list[Figure]:
    """Time of all windows of a long recording over that of its features."""
    predictor = inference.load(artifact)
    features, families = predictor.profile, predictor.families
    contenders = [
        Contender("windows", lambda _: measured(lambda: predictor.predict(file, windows=True), 1)),
        Contender("features", lambda _: measured(lambda: extract(file, features, families), 1)),
    ]
    result = interleave(contenders, rounds)
    name = f"{artifact.name}: timeline of {LONG_SECONDS / 60:g} minutes over its features"
    return ratio(name, result, "windows", "features", at_most=1.5)


def agreement(artifact: Path, paths: Sequence[Path]) -> list[Figure]:
    """Largest difference of a probability between Keras and ONNX Runtime; nothing if it is no network."""
    loaded = inference.load(artifact).artifact
    metadata, inputs = loaded.metadata, loaded.model.inputs
    if not isinstance(loaded.model, Network):
        return []
    raw = inputs.from_features([extract(path, profile(metadata.profile), inputs.families) for path in paths])
    fitted = NativeBackend.load(
        artifact, create(metadata.model, metadata.parameters), classes=len(metadata.labels)
    )
    apart = float(np.abs(fitted.probabilities(raw) - loaded.backend.probabilities(raw)).max())
    return [Figure(f"{artifact.name}: Keras and ONNX Runtime differ by", "", (apart,), at_most=TOLERANCE)]


def joined(paths: Sequence[Path], seconds: float, file: Path) -> Path:
    """Write a file of this duration, made of the recordings in turn, or of their beginning."""
    signals = [soundfile.read(path, dtype="float32", always_2d=True) for path in paths]
    signal, rate = np.concatenate([one[:, :1] for one, _ in signals]), signals[0][1]
    soundfile.write(file, np.resize(signal, (round(seconds * rate), 1)), rate)
    return file


def trained(models: Sequence[str], data: Path, root: Path, recordings: int) -> list[Path]:
    """Train models on some recordings, networks for an epoch; return the artifacts."""
    kinds = {name: create(name) for name in models}
    families = sorted({family for model in kinds.values() for family in model.inputs.families} | {"mel"})
    extract_corpora(["ravdess"], data=data, store=root / "store", features=families, limit=recordings)
    for name, model in kinds.items():
        parameters = {"epochs": 1} if isinstance(model, Network) else {}
        run_experiment(root / "store", root / name, TrainConfig(name, parameters))
    return [root / name for name in models]


def main(words: Sequence[str] | None = None) -> None:
    """Measure, print the figures, and exit with 1 if agreement or imports are not as promised."""
    options = _options(words)
    scan = corpora.scan("ravdess", options.data)
    step = max(1, len(scan.recordings) // 100)
    paths = [scan.root / recording.path for recording in scan.recordings[::step]]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "files").mkdir()
        files = [
            joined([paths[index % len(paths)]], SECONDS, root / "files" / f"{index:05d}.wav")
            for index in range(options.files)
        ]
        long = joined(paths * 3, LONG_SECONDS, root / "long.wav")
        artifacts = options.artifact or trained(options.models, options.data, root, options.train)
        figures: list[Figure] = []
        broken: list[str] = []
        for artifact in artifacts:
            apart = agreement(artifact, paths)
            figures += apart
            figures += cold(artifact, files[0], options.rounds)
            figures += warm(artifact, files[:50], options.rounds)
            figures += folder(artifact, files, options.workers, options.rounds)
            figures += timeline(artifact, long, options.rounds)
            unwanted = imported(artifact, files[0])
            broken += [f"{artifact.name} imports {package}" for package in unwanted]
            broken += [f"{one.name} {one.shown}" for one in apart if not one.reached]
    conditions = f"RAVDESS, models trained on {options.train} recordings, {options.rounds} rounds"
    Report("speed.predict", conditions, tuple(figures)).finish(options.json)
    sys.exit("\n".join(broken) or 0)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = shared.parser(__doc__, files=200, report=True)
    parser.add_argument("--artifact", type=Path, nargs="+", help="trained models; default: train --models")
    parser.add_argument("--models", nargs="+", default=["best", "logistic"], help="models to train")
    parser.add_argument("--train", type=int, default=120, help="recordings to train on, without --artifact")
    parser.add_argument("--workers", type=int, default=2, help="processes for the folder")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
