"""Time of a prediction: by a new process, by a loaded model, and by several processes for a folder.

    python -m benchmarks.speed.predict
    python -m benchmarks.speed.predict --artifact artifacts/cnn_lstm

- agreement: largest difference of a probability between Keras and ONNX Runtime, for every network of the
  registry (or the artifact), over real recordings shorter and longer than three seconds.
- warm: median time of a prediction for a file of three seconds by a loaded model, including features; and its
  CPU time, which varies less on a shared machine.
- cold: whole processes, `ser predict ARTIFACT FILE`, with the files in the operating system's cache, and the
  packages that they imported.
- folder: `ser predict ARTIFACT FOLDER` over `--files` files of three seconds, with one worker and with two,
  including the start.

Without --artifact, some RAVDESS recordings are extracted and every network is trained for one epoch. The exit
code is 1 if a limit that does not depend on the machine is missed: agreement within 1e-5, and neither
TensorFlow nor Keras nor scikit-learn imported.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np
import soundfile

from benchmarks import options as shared
from ser_features import corpora
from ser_features.config import profile
from ser_features.engine import extract_corpora
from ser_features.pipeline import extract
from ser_models import inference
from ser_models.artifact.native_backend import NativeBackend
from ser_models.experiments.train import run_experiment
from ser_models.models import MODELS, create, model_class
from ser_models.models.networks.network import Network
from ser_models.training.config import TrainConfig

SECONDS = 3.0
TOLERANCE = 1e-5
FORBIDDEN = ("tensorflow", "keras", "sklearn")
PROFILES = {"mlp": "speech16k", "cnn_lstm": "speech16k"}
"""Of the networks that the default profile suffices for; the others need wide frames."""

WARM = """
import json, sys, time
from pathlib import Path
from ser_models import inference

predictor = inference.load(Path(sys.argv[1]))
files = [Path(word) for word in sys.argv[2:]]
predictor.predict(files[:3])
seconds = []
for file in files:
    start = time.perf_counter(), time.process_time()
    [answer] = predictor.predict([file])
    seconds.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    assert answer.emotion, answer.error
print(json.dumps(seconds))
"""

COLD = """
import json, sys
from ser_cli.main import main
try:
    main(["predict", *sys.argv[2:]])
finally:
    print(json.dumps(sorted(set(sys.argv[1].split(",")) & set(sys.modules))), file=sys.stderr)
"""


def cut(paths: Sequence[Path], count: int, folder: Path) -> list[Path]:
    """Write `count` files of three seconds, made of the recordings in turn; short ones are repeated."""
    folder.mkdir()
    files = [folder / f"{index:05d}.wav" for index in range(count)]
    for index, file in enumerate(files):
        signal, rate = soundfile.read(paths[index % len(paths)], dtype="float32", always_2d=True)
        soundfile.write(file, np.resize(signal, (round(SECONDS * rate), signal.shape[1])), rate)
    return files


def trained(data: Path, folder: Path, recordings: int) -> list[Path]:
    """Train every network for an epoch; return the artifacts."""
    networks = [name for name in MODELS if issubclass(model_class(name), Network)]
    for name in networks:
        used = PROFILES.get(name, "wide16k")
        store = folder / f"store-{used}"
        if not store.exists():
            same = [other for other in networks if PROFILES.get(other, "wide16k") == used]
            families = sorted({family for other in same for family in create(other).inputs.families})
            extract_corpora(
                ["ravdess"],
                data=data,
                store=store,
                profile=profile(used),
                features=families,
                limit=recordings,
            )
        run_experiment(store, folder / name, TrainConfig(name, {"epochs": 1}))
    return [folder / name for name in networks]


def difference(artifact: Path, paths: Sequence[Path]) -> float:
    """Largest difference of a probability between Keras and ONNX Runtime."""
    loaded = inference.load(artifact).artifact
    metadata, inputs = loaded.metadata, loaded.model.inputs
    raw = inputs.from_features([extract(path, profile(metadata.profile), inputs.families) for path in paths])
    fitted = NativeBackend.load(
        artifact, create(metadata.model, metadata.parameters), classes=len(metadata.labels)
    )
    return float(np.abs(fitted.probabilities(raw) - loaded.backend.probabilities(raw)).max())


def warm(artifact: Path, files: Sequence[Path]) -> list[tuple[float, float]]:
    """Seconds from each file to its answer, and the processor's, in a process that has never seen Keras."""
    command = [sys.executable, "-c", WARM, str(artifact), *map(str, files)]
    seconds: list[tuple[float, float]] = json.loads(
        subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    )
    return seconds


def cold(artifact: Path, *words: object) -> tuple[float, list[str]]:
    """Seconds of a whole `ser predict`, and which of `FORBIDDEN` it imported."""
    command = [sys.executable, "-c", COLD, ",".join(FORBIDDEN), str(artifact), *map(str, words)]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"ser predict failed: {done.stderr[-2000:]}")
    return seconds, json.loads(done.stderr.splitlines()[-1])


def main(words: Sequence[str] | None = None) -> None:
    """Measure, print a line for each figure, and exit with 1 if agreement or imports are not as promised."""
    options = _options(words)
    scan = corpora.scan("ravdess", options.data)
    step = max(1, len(scan.recordings) // 100)
    paths = [scan.root / recording.path for recording in scan.recordings[::step]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = cut(paths, options.files, folder / "files")
        artifacts = [options.artifact] if options.artifact else trained(options.data, folder, options.train)
        broken = _print_models(artifacts, paths, files[: options.runs * 5])
        for artifact in artifacts:
            broken |= _print_cold(artifact, files, options.runs)
        chosen = next((one for one in artifacts if one.name == "cnn_lstm"), artifacts[0])
        _print_folder(chosen, folder / "files", options.files)
    sys.exit(int(broken))


def _print_models(artifacts: Sequence[Path], paths: Sequence[Path], files: Sequence[Path]) -> bool:
    """Print agreement and warm times; return whether an agreement is worse than promised."""
    broken = False
    for artifact in artifacts:
        apart = difference(artifact, paths)
        seconds, busy = zip(*warm(artifact, files), strict=True)
        broken |= not apart <= TOLERANCE
        print(
            f"{artifact.name}: Keras and ONNX differ by {apart:.1e} at most over {len(paths)} recordings; "
            f"warm {median(seconds) * 1e3:.1f} ms (median of {len(files)}, {min(seconds) * 1e3:.1f} to "
            f"{max(seconds) * 1e3:.1f}), processor {median(busy) * 1e3:.1f} ms",
            flush=True,
        )
    return broken


def _print_cold(artifact: Path, files: Sequence[Path], runs: int) -> bool:
    """Print the times of whole processes; return whether one imported what it must not."""
    results = [cold(artifact, files[index % len(files)]) for index in range(runs + 1)]
    del results[0]  # the first fills caches
    seconds = [one for one, _ in results]
    imported = sorted({package for _, packages in results for package in packages})
    print(
        f"{artifact.name}: cold {median(seconds):.2f} s (median of {runs}, {min(seconds):.2f} to "
        f"{max(seconds):.2f}), importing {', '.join(imported) or 'none'} of {', '.join(FORBIDDEN)}",
        flush=True,
    )
    return bool(imported)


def _print_folder(artifact: Path, folder: Path, count: int) -> None:
    seconds = {
        workers: cold(artifact, folder, "--workers", workers, "--format", "csv")[0] for workers in (1, 2)
    }
    for workers, spent in seconds.items():
        print(f"{artifact.name}: a folder of {count} files, --workers {workers}: {count / spent:.1f} files/s")
    print(f"two workers are {seconds[1] / seconds[2]:.2f} times as fast as one")


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = shared.parser(__doc__)
    parser.add_argument("--artifact", type=Path, help="a trained network; default: train every one")
    parser.add_argument("--train", type=int, default=48, help="recordings to train on, without --artifact")
    parser.add_argument("--files", type=int, default=1000, help="files in the folder")
    parser.add_argument("--runs", type=int, default=9, help="cold processes per model")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
