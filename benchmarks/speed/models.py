"""CPU time of the training of each model on 1,000 recordings, as a multiple of that of `logistic`.

    python -m benchmarks.speed.models --write          # also writes the table that `ser models` shows
    python -m benchmarks.speed.models --store data/store --models logistic ridge --rounds 1

RAVDESS is extracted once, without speed-perturbed copies. Then each model is trained on one split with
disjoint speakers (70/15/15), by one job: scaling, fit, calibration and prediction, without the report. Models
alternate over the rounds; a ratio is of one round, and the median of the rounds is reported. The UARs of the
table are those of docs/accuracy.md.
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import options as shared
from benchmarks.accuracy.common import FAMILIES, RESULTS, SEED
from benchmarks.clock import Spent, timed
from benchmarks.interleaved import Contender, Rounds, interleave
from ser_features.engine import extract_corpora
from ser_features.store import open_store
from ser_models.data.examples import load_examples
from ser_models.data.split import make_split
from ser_models.models.registry import MEASURED
from ser_models.training.config import RunContext, TrainConfig
from ser_models.training.train import train

CORPUS = "ravdess"
FILES = 1_000
REFERENCE = "logistic"
MODELS = (
    *(REFERENCE, "knn", "gmm", "random_forest", "xgboost"),
    *("svm", "ridge", "kernel_ridge", "fisher_vectors", "best"),
)


def main(words: Sequence[str] | None = None) -> None:
    """Extract, train alternately, print and write."""
    chosen = _options(words)
    names = list(dict.fromkeys([REFERENCE, *chosen.models]))
    with tempfile.TemporaryDirectory() as folder:
        store = chosen.store or _extracted(chosen, Path(folder) / "store")
        _trained(store, REFERENCE, 0)  # imports
        trainings = [Contender(name, partial(_trained, store, name)) for name in names]
        rounds = interleave(trainings, chosen.rounds, partial(print, flush=True))
    times = {name: statistics.median(rounds.ratio(name, REFERENCE, "cpu")) for name in names}
    for name, ratio in sorted(times.items(), key=lambda item: item[1]):
        print(f"{name}: {ratio:.3g} times the CPU time of {REFERENCE} ({_spread(rounds, name)})")
    if chosen.write:
        _write(times)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = shared.parser(__doc__, files=FILES)
    parser.add_argument("--store", type=Path, help="store with the families; default: extracted")
    parser.add_argument("--models", nargs="+", default=MODELS, help=f"default: {' '.join(MODELS)}")
    parser.add_argument("--rounds", type=int, default=3, help="number of rounds (default: 3)")
    parser.add_argument("--write", action="store_true", help=f"write {MEASURED.name}")
    return parser.parse_args(words)


def _extracted(chosen: argparse.Namespace, store: Path) -> Path:
    extract_corpora([CORPUS], data=chosen.data, store=store, features=FAMILIES, limit=chosen.files)
    return store


def _trained(store: Path, name: str, number: int) -> Spent:
    """Train a model once."""
    examples = load_examples(open_store(store), [CORPUS])
    split = make_split(examples, seed=SEED)
    config, context = TrainConfig(name, seed=SEED), RunContext(jobs=1)
    return timed(lambda _: train(examples, split, config, context), [name])


def _spread(rounds: Rounds, name: str) -> str:
    ratios = rounds.ratio(name, REFERENCE, "cpu")
    return f"{min(ratios):.3g} to {max(ratios):.3g} in {len(ratios)} rounds"


def _write(times: dict[str, float]) -> None:
    """Write times and UARs; models that were not measured now keep their time."""
    content = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    systems = json.loads((RESULTS / "accuracy" / f"{CORPUS}.json").read_text(encoding="utf-8"))["systems"]
    models: dict[str, dict[str, Any]] = content
    for name, ratio in times.items():
        models[name] = {"time": float(f"{ratio:.2g}")}
        if name in systems:
            models[name]["uar"] = round(systems[name]["uar"], 3)
    MEASURED.write_text(json.dumps(dict(sorted(models.items())), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
