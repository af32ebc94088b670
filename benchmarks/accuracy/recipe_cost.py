"""What a whole run of a recipe takes, measured on a few epochs of its reduced form.

    python -m benchmarks.accuracy.recipe_cost --data DIR            # all recipes with a reduced run
    python -m benchmarks.accuracy.recipe_cost chunked_conv3d --data DIR

recipe, reduced → one fold with 1 epoch, and with more → CPU time of one more epoch per training recording
× training recordings, copies counted, and epochs of the whole run → docs/results/recipe_cost.json

Early stopping may end a whole run sooner: the hours are the most that it takes.
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.accuracy.common import RESULTS
from benchmarks.accuracy.stored_runs import path_of
from benchmarks.options import parser
from ser_models.data.examples import Examples
from ser_models.data.split import Split
from ser_models.experiments.reproduce import (
    Callbacks,
    Reproduction,
    config_of,
    prepare,
    split_of,
    with_copies,
)
from ser_models.recipes import names
from ser_models.recipes.read import load
from ser_models.recipes.schema import PROTOCOLS, Recipe
from ser_models.training.train import train_fold

COSTS = RESULTS / "recipe_cost.json"
EPOCHS = 1, 2
"""Numbers of epochs whose difference is measured, so that building and compiling a network do not count."""


def main() -> None:
    """Measure, print and store."""
    options = _options()
    costs = read_costs()
    for name in options.recipes:
        costs[name] = cost(options, name)
        print(name, costs[name], flush=True)
        COSTS.write_text(json.dumps(costs, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_costs() -> dict[str, dict[str, Any]]:
    """The stored costs by recipe."""
    return json.loads(COSTS.read_text(encoding="utf-8")) if COSTS.is_file() else {}


def cost(options: argparse.Namespace, name: str) -> dict[str, Any]:
    """CPU milliseconds of a training recording and epoch, and CPU hours of the whole run by protocol."""
    job = Reproduction(load(name), "honest", options.data, options.out / name, quick=True)
    _, examples = prepare(job, Callbacks())
    protocol = job.effective.protocol(job.protocol)
    split = with_copies(split_of(examples, protocol, seed=0, final_model=False), examples, protocol)
    short, long = (_fold_seconds(job.effective, examples, split, epochs) for epochs in EPOCHS)
    seconds = (long - short) / (EPOCHS[1] - EPOCHS[0]) / len(split.side(0, "train"))
    hours = {name: seconds * _passes(job.recipe, name, examples) / 3600 for name in PROTOCOLS}
    return {
        "cpu_ms_per_recording_and_epoch": round(1000 * seconds, 2),
        "cpu_hours": {name: round(value, 1) for name, value in hours.items()},
    }


def _fold_seconds(recipe: Recipe, examples: Examples, split: Split, epochs: int) -> float:
    """CPU time of all threads to train and test one fold with that many epochs."""
    config = config_of(recipe, 0)
    config = replace(config, hyperparameters={**config.hyperparameters, "epochs": epochs})
    began = time.process_time()
    train_fold(examples, split, 0, config)
    return time.process_time() - began


def _passes(recipe: Recipe, protocol: str, examples: Examples) -> int:
    """Number of times that a whole run trains on a recording or a copy: over folds and epochs."""
    chosen = recipe.protocol(protocol)
    split = split_of(examples.originals, chosen, seed=0, final_model=True)
    trained = sum(len(split.side(fold, "train")) for fold in split.folds)
    epochs: int = recipe.create_model().parameters["epochs"]
    return trained * (1 + len(recipe.variants)) * epochs


def _options() -> argparse.Namespace:
    result = parser(__doc__)
    reduced = [name for name in names() if path_of(name, "honest", quick=True).exists()]
    result.add_argument("recipes", nargs="*", default=reduced, help="default: those with a reduced run")
    result.add_argument(
        "--out", type=Path, default=Path("artifacts"), help="stores, as `ser reproduce --out`"
    )
    return result.parse_args()


if __name__ == "__main__":
    main()
