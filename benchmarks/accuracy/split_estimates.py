"""How much published folds flatter, and random ones of the same sizes: docs/audit.md.

    python -m benchmarks.accuracy.split_estimates --splits splits  # measures, on the audio below --data
    python -m benchmarks.accuracy.split_estimates table            # writes docs/audit.md

`splits` holds emobox_NAME.csv.gz with the columns path, fold, side and emotion. In the random folds every
recording takes the place of another one.
"""

import argparse
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy import common
from benchmarks.accuracy.common import DOCS, END, RESULTS, SEED
from benchmarks.pages import write_between
from ser_features.store import Store
from ser_models.auditing.estimate import MODELS, estimate
from ser_models.auditing.identity import identify
from ser_models.auditing.sources import read_split
from ser_models.auditing.split_table import TEST, IdentifiedSplit
from ser_models.data.examples import load_examples

NAME = "split_estimates"
PAGE = DOCS / "audit.md"
DRAWS = {"logistic": 10, "ridge": 3}
"""Draws of honest training sides by model: ridge regression on 3,167 columns takes ten times as long."""
BEGIN = f"<!-- begin: benchmarks/accuracy/{NAME}.py -->"


def measure(chosen: argparse.Namespace) -> None:
    """Estimate every split with every model, and add the estimates to those of other runs."""
    path = RESULTS / f"{NAME}.json"
    stored = common.read_result(NAME)["estimates"] if path.exists() else []
    by_key = {(row["corpus"], row["folds"], row["model"]): row for row in stored}
    families = dict.fromkeys(family for model in MODELS.values() for family in model().inputs.families)
    with common.open_or_extract(chosen, features=[*families], speed_perturb=False) as store:
        for corpus in chosen.corpora:
            published = identify(read_split([chosen.splits / f"emobox_{corpus}.csv.gz"]))
            for folds, split in (("published", published), ("random", at_random(published))):
                for model in chosen.models:
                    row = {"corpus": corpus, "folds": folds, **estimated(split, model, store)}
                    print(row, flush=True)
                    by_key[corpus, folds, model] = row
            corpora = {name for name, _, _ in by_key}.intersection(store.datasets)
            examples = [load_examples(store, [name]) for name in sorted(corpora)]
            common.write_result(NAME, examples, {"estimates": [by_key[key] for key in sorted(by_key)]})


def estimated(split: IdentifiedSplit, model: str, store: Store) -> dict[str, Any]:
    """The estimate, and how many test recordings the split has."""
    result = asdict(estimate(split, store=store.root, model=model, draws=DRAWS[model], seed=SEED))
    del result["notes"]  # they name folders
    return {**result, "of": int((split.rows["side"] == TEST).sum())}


def at_random(split: IdentifiedSplit) -> IdentifiedSplit:
    """Folds of the same sizes, in which every recording takes the place of another one."""
    recordings = split.rows.drop_duplicates("file_id").reset_index(drop=True)
    places = np.random.default_rng(SEED).permutation(len(recordings))
    position = recordings.reset_index().set_index("file_id")["index"]
    rows = recordings.iloc[places[position[split.rows["file_id"]]]].reset_index(drop=True)
    sides = split.rows.reset_index(drop=True)
    return replace(split, rows=rows.assign(fold=sides["fold"], side=sides["side"]))


def write_page() -> None:
    """Write the table to the page."""
    result = common.read_result(NAME)
    header = ["corpus", "folds", "model", "UAR as it is", "UAR, same size", "UAR without the test speakers"]
    header += ["difference, 95 % interval", "over", "training", "test"]
    rows = [
        [
            *(row["corpus"], row["folds"], f"`{row['model']}`"),
            *(f"{row[name]:.3f}" for name in ("uar", "own_uar", "honest_uar")),
            f"{100 * row['difference']:+.1f} ({100 * row['low']:+.1f} to {100 * row['high']:+.1f}) points",
            *(row["unit"], str(row["train"]), f"{row['test']} of {row['of']}"),
        ]
        for row in result["estimates"]
    ]
    text = f"{common.describe(result)}\n\n{common.markdown(header, rows)}"
    write_between(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    arguments = common.parser(__doc__, ("emodb", "ravdess", "tess"))
    arguments.add_argument("--splits", type=Path, metavar="DIR", help="folder of the published splits")
    arguments.add_argument("--models", nargs="+", choices=list(DRAWS), default=list(DRAWS))
    common.main(arguments, measure, write_page)
