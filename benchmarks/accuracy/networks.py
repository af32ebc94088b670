"""What a compact network on log-mel adds to `best`, and what pretraining adds to the network.

    python -m benchmarks.accuracy.networks
    python -m benchmarks.accuracy.networks table                   # writes docs/accuracy.md

Each corpus is tested on a training on the others, and the recordings of `OWN` on their own speakers, in
speaker-disjoint folds; all with one copy of each training recording in another room. Pretraining reads the
corpora other than the tested one, without labels, so it is inductive. Predictions are kept in data/networks,
so that an interrupted measurement continues; without that folder, all is measured anew.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy import common, pretraining
from benchmarks.accuracy.common import MAX_FOLDS, RESULTS, SEED
from benchmarks.accuracy.cross_corpus import CORPORA, EMOTIONS
from benchmarks.accuracy.models import gain
from ser_features.augment import rooms
from ser_features.store import Store
from ser_models.data.examples import Examples, load_examples
from ser_models.data.split import Split, make_split
from ser_models.evaluation.score import score
from ser_models.experiments.copies import with_copies
from ser_models.experiments.train import optimised
from ser_models.models import create
from ser_models.models.ensemble import pool
from ser_models.models.networks.conv_attention import ConvAttention
from ser_models.training.config import TrainConfig
from ser_models.training.train import train, train_fold

NAME = "networks"
PREDICTIONS = Path("data/networks")
MODEL = "conv_attention"
OWN = "emodb"
LIMIT = 360
"""Maximum number of recordings per corpus, evenly spread."""
ROOMS = 1
SEEDS = (0, 1, 2)
"""Of the networks for other corpora; within the own corpus, with a training per fold, the first alone."""
ONE, SEVERAL, BEST = "network, one seed", "network, three seeds", "best"
BOTH, BOUND = "best + network, equal weights", "best + network, upper bound"
WEIGHTS = np.linspace(0, 1, 11)
"""Weights of the network beside `best`; the upper bound has the one with the highest UAR on the test."""
PRETRAINED = {"masked": pretraining.masked, "contrastive": pretraining.contrastive}
"""Pretraining of the network with the first seed, by its name."""
MEASURE = ["first_epoch", "last_epoch"]
"""Columns with `Pretrained.first` and `last`."""


@dataclass(frozen=True)
class Task:
    """One question: which recordings are tested, and on which others a system is trained.

    Attributes:
        store: store with the features and copies.
        tested: name of the tested corpus.
        every: recordings of all corpora.
        own: whether it is trained on other speakers of the tested corpus instead of other corpora.
    """

    store: Store
    tested: str
    every: Examples
    own: bool

    @cached_property
    def data(self) -> tuple[Examples, Split]:
        """Recordings and their folds, with the copies of training recordings."""
        if self.own:
            examples = common.of_corpora(self.every, [self.tested])
            folds = min(MAX_FOLDS, len(set(examples.groups)))
            split = make_split(examples, folds=folds, final_model=False, seed=SEED)
        else:
            examples = self.every.keep_labels(EMOTIONS, "not among the six emotions")
            split = make_split(examples, kind="cross-corpus", test_datasets=[self.tested], seed=SEED)
        return with_copies(self.store, examples, split, self.config(MODEL))

    @cached_property
    def unlabelled(self) -> Examples:
        """Recordings of the other corpora with their copies."""
        names = [name for name in self.every.datasets if name != self.tested]
        variants = self.store.variants(names)
        copies = variants[variants["variant"].isin([variant.name for variant in rooms(ROOMS)])]
        return common.of_corpora(self.every, names).with_variants(copies)

    def config(self, model: str, seed: int = SEED) -> TrainConfig:
        """The same copies for every system."""
        return TrainConfig(model, seed=seed, rooms=ROOMS, speed_perturb=False)

    def network(self, seed: int, pretrained: pretraining.Pretrained | None = None) -> pd.DataFrame:
        """Test predictions of a network, from random weights or pretrained ones."""
        examples, split = self.data
        tables = []
        for number in split.folds:
            model = _network()
            if pretrained:
                model = pretraining.started_from(model, pretrained)
            fold = train_fold(examples, split, number, self.config(MODEL, seed), model=model)
            tables.append(common.test_predictions(fold))
        return pd.concat(tables, ignore_index=True)

    def pretrained_network(self, name: str) -> pd.DataFrame:
        """Test predictions of a pretrained network, with the `MEASURE` of its pretraining."""
        started = PRETRAINED[name](_network(), self.unlabelled, seed=SEED)
        measure = dict(zip(MEASURE, (started.first, started.last), strict=True))
        return self.network(SEED, started).assign(**measure)

    def best(self) -> pd.DataFrame:
        """Test predictions of the recommended model."""
        examples, split = self.data
        corpora = common.of_corpora(
            examples, [name for name in examples.datasets if self.own or name != self.tested]
        )
        config = optimised(self.config(BEST), corpora.datasets)
        return common.test_predictions(train(examples, split, config)).reset_index(drop=True)

    def kept(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Predictions of a system, from an interrupted measurement if it has them."""
        folder = PREDICTIONS / f"{self.tested}-{'own' if self.own else 'others'}-{self.data[0].fingerprint}"
        path = folder / f"{name}.parquet"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            make().to_parquet(path)
        return pd.read_parquet(path)

    def scores(self, name: str, table: pd.DataFrame, peer: pd.DataFrame | None) -> dict[str, Any]:
        """UAR with its interval, ECE, and the interval of the difference in UAR to a peer."""
        examples = self.data[0]
        scores = score(table, examples.labels, seed=SEED)
        result = {"uar": scores.uar, "uar_ci95": scores.uar_ci95, "ece": scores.calibration.ece}
        print(f"{self.tested}, {'own' if self.own else 'others'}, {name}: UAR {scores.uar:.3f}", flush=True)
        return result if peer is None else result | {"over_peer": gain(table, peer, examples)}


def _network() -> ConvAttention:
    model = create(MODEL, {"n_members": 1})
    if not isinstance(model, ConvAttention):
        raise TypeError(f"the registry has another {MODEL}")
    return model


def measure(options: argparse.Namespace) -> None:
    """Measure the chosen tasks: first networks and `best`, then pretrained networks."""
    with common.open_or_extract(options, CORPORA, speed_perturb=False, rooms=ROOMS, limit=LIMIT) as store:
        every = load_examples(store, CORPORA)
        tasks = {name: Task(store, name, every, own=False) for name in CORPORA}
        tasks[f"{OWN}, own"] = Task(store, OWN, every, own=True)
        results: dict[str, dict[str, Any]] = {name: {} for name in tasks} | _stored()
        for stage in options.stages:
            for name in options.tasks or tasks:
                results[name] |= STAGES[stage](tasks[name])
                parts = [common.of_corpora(every, [corpus]) for corpus in CORPORA]
                common.write_result(NAME, parts, {"results": results})


def _stored() -> dict[str, dict[str, Any]]:
    """Results of tasks and stages that were measured before."""
    path = RESULTS / f"{NAME}.json"
    return dict(common.read_result(NAME)["results"]) if path.exists() else {}


def supervised(task: Task) -> dict[str, Any]:
    """Scores of the network, of `best`, and of both together."""
    numbers = SEEDS[:1] if task.own else SEEDS
    seeds = [task.kept(f"seed {seed}", partial(task.network, seed)) for seed in numbers]
    several = _combined(seeds, lambda parts: np.mean(parts, axis=0))
    best = task.kept(BEST, task.best)
    pooled = [
        _combined([best, several], partial(pool, weights=np.array([1 - weight, weight])))
        for weight in WEIGHTS
    ]
    tables: dict[str, tuple[pd.DataFrame, pd.DataFrame | None]] = {
        ONE: (seeds[0], None),
        BEST: (best, None),
        BOTH: (pooled[len(pooled) // 2], best),
        BOUND: (max(pooled, key=common.uar), best),
    }
    if len(seeds) > 1:
        tables[SEVERAL] = several, seeds[0]
    return {name: task.scores(name, table, peer) for name, (table, peer) in tables.items()}


def pretrained(task: Task) -> dict[str, Any]:
    """Scores of the network with the first seed, pretrained; none within the own corpus."""
    if task.own:
        return {}
    one = task.kept(f"seed {SEED}", partial(task.network, SEED))
    tables = {name: task.kept(name, partial(task.pretrained_network, name)) for name in PRETRAINED}
    return {
        name: task.scores(name, table, one) | {"measure": table[MEASURE].iloc[0].tolist()}
        for name, table in tables.items()
    }


STAGES = {"supervised": supervised, "pretrained": pretrained}


def _combined(tables: list[pd.DataFrame], combine: Callable[[list[np.ndarray]], np.ndarray]) -> pd.DataFrame:
    """Predictions from the probabilities of several tables of the same recordings."""
    first, *others = (table.set_index("file_id") for table in tables)
    columns = [name for name in first if name.startswith("p_")]
    parts = [first, *(other.loc[first.index] for other in others)]
    probabilities = combine([part[columns].to_numpy() for part in parts])
    labels = np.array([name.removeprefix("p_") for name in columns], dtype=object)
    predicted = {"predicted": labels[probabilities.argmax(axis=1)], "confidence": probabilities.max(axis=1)}
    return first.assign(**predicted, **dict(zip(columns, probabilities.T, strict=True))).reset_index()


def write_page() -> None:
    """Write the table to the page, without what was not measured."""
    result = common.read_result(NAME)
    by_task = {name: systems for name, systems in result["results"].items() if systems}
    rows = []
    for name in (ONE, SEVERAL, BEST, BOTH, BOUND, *PRETRAINED):
        scores = [systems.get(name) for systems in by_task.values()]
        if any(scores):
            others = [by_task[corpus].get(name, {}).get("uar", np.nan) for corpus in CORPORA]
            mean = "" if np.isnan(others).any() else f"{np.mean(others):.3f}"
            rows.append([_title(name), *map(_cell, scores), mean])
    text = f"`{MODEL}`, `n_members = 1`: {common.describe(result)}"
    table = common.markdown(["system", *by_task, "mean, others"], rows)
    common.write_section(NAME, f"{text}\n\n{table}")


def _title(name: str) -> str:
    return f"network, pretrained: {name}" if name in PRETRAINED else name.replace(BEST, f"`{BEST}`")


def _cell(scores: dict[str, Any] | None) -> str:
    if scores is None:
        return ""
    low, high = scores["uar_ci95"]
    cell = f"{scores['uar']:.3f} [{low:.3f}, {high:.3f}]"
    if "over_peer" in scores:
        least, most = (100 * bound for bound in scores["over_peer"])
        cell += f"; {least:+.1f} to {most:+.1f}"
    return cell


if __name__ == "__main__":
    arguments = common.parser(__doc__)
    arguments.add_argument("--tasks", nargs="+", help="columns of the table; others stay as they are stored")
    arguments.add_argument("--stages", nargs="+", choices=STAGES, default=list(STAGES))
    common.main(arguments, measure, write_page)
