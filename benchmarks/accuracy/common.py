"""What the benchmarks of accuracy share: a store to measure on, folds, and pages that show what came out.

recordings, or a store → `stored` → `dealt` → folds
results → `keep` → docs/results/ → `show` → docs/accuracy.md
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from ser_features.augment import SPEED_PERTURBATIONS
from ser_features.engine import extract_corpora
from ser_features.engine.augmentation.run import augment_store
from ser_features.store import Store, open_store
from ser_models.data.examples import Examples, load_examples
from ser_models.data.split import Split, make_split
from ser_models.environment import versions
from ser_models.experiments.train import with_speed_perturb
from ser_models.models.base import Model
from ser_models.training.config import TrainConfig
from ser_models.training.resume import Fold
from ser_models.training.train import Trained, train_fold

DOCS = Path(__file__).parents[2] / "docs"
RESULTS, IMAGES, PAGE = DOCS / "results", DOCS / "images", DOCS / "accuracy.md"
END = "<!-- end -->"
CORPORA = ("ravdess", "emodb", "tess")
FAMILIES = ("core", "functionals", "mel", "mfcc")
MOST_FOLDS = 5
SEED = 0


@dataclass(frozen=True)
class Run:
    """Recordings with their folds.

    Attributes:
        store: where the features are.
        examples: the recordings.
        split: their folds.
        data: where the audio is.
    """

    store: Store
    examples: Examples
    split: Split
    data: Path


def parser(description: str | None, corpora: Sequence[str] = CORPORA) -> argparse.ArgumentParser:
    """Return the options that all of these benchmarks have; `what` is "measure" or "table"."""
    found = argparse.ArgumentParser(description=description, formatter_class=argparse.RawTextHelpFormatter)
    found.add_argument("what", nargs="?", choices=["measure", "table"], default="measure")
    found.add_argument("--data", type=Path, default=Path("data/raw"))
    found.add_argument(
        "--store", type=Path, help=f"with {', '.join(FAMILIES)} and copies; default: extracted"
    )
    found.add_argument("--corpora", nargs="+", default=list(corpora))
    return found


@contextmanager
def stored(options: argparse.Namespace, others: Sequence[str] = ()) -> Iterator[Store]:
    """Open the store that is named, or extract one for as long as it is used.

    Args:
        options: of `parser`.
        others: corpora that are read beside those of the options.
    """
    if options.store:
        yield open_store(options.store)
        return
    names = list(dict.fromkeys([*options.corpora, *others]))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "store"
        extract_corpora(names, data=options.data, store=root, features=FAMILIES)
        augment_store(root, options.data, SPEED_PERTURBATIONS, datasets=names, features=FAMILIES)
        yield open_store(root)


def by_corpus(
    name: str,
    options: argparse.Namespace,
    measure: Callable[[Run], dict[str, Any]],
    content: dict[str, Any],
) -> None:
    """Measure corpus by corpus, and keep what comes out.

    Args:
        name: of the benchmark.
        options: of `parser`.
        measure: gives what is kept of a corpus.
        content: what is kept beside it.
    """
    with stored(options) as store:
        runs = [dealt(store, corpus, options.data) for corpus in options.corpora]
        found = {}
        for run in runs:
            [corpus] = run.examples.datasets
            found[corpus] = measure(run)
            print(corpus, found[corpus], flush=True)
    keep(name, [run.examples for run in runs], {**content, "results": found})


def dealt(store: Store, corpus: str, data: Path) -> Run:
    """Deal a corpus's speakers to folds."""
    examples = load_examples(store, [corpus])
    folds = min(MOST_FOLDS, len(set(examples.groups)))
    return Run(store, examples, make_split(examples, folds=folds, final_model=False, seed=SEED), data)


def learned(run: Run, model: Model) -> tuple[Examples, Split]:
    """The recordings and folds that a model is trained on: with copies, if it gains by them."""
    return with_speed_perturb(run.store, run.examples, run.split, TrainConfig(model.name))


def fitted(run: Run, number: int, model: Model, *, speaker_norm: bool = False) -> Fold:
    """Fit a model on one fold."""
    config = TrainConfig(model.name, seed=SEED, speaker_norm=speaker_norm)
    return train_fold(*learned(run, model), number, config, model=model)


def tested(fold: Fold | Trained) -> pd.DataFrame:
    """What is said of test recordings alone; the last fold is asked about all."""
    return fold.predictions[fold.predictions["split"] == "test"]


def keep(name: str, examples: Sequence[Examples], content: dict[str, Any]) -> None:
    """Write what came out, with all that it hangs on, to docs/results/<name>.json."""
    made = {
        "data": {" + ".join(each.datasets): each.fingerprint for each in examples},
        "recordings": {" + ".join(each.datasets): len(each) for each in examples},
        "speakers": {" + ".join(each.datasets): len(set(each.groups)) for each in examples},
        "seed": SEED,
        "date": datetime.now(UTC).date().isoformat(),
        "versions": versions(),
    }
    path = RESULTS / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**content, **made}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def kept(name: str) -> dict[str, Any]:
    """Read what `keep` wrote."""
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def told_of(result: dict[str, Any]) -> str:
    """What a kept result was measured on, in words."""
    parts = [
        f"{name} ({count:,} recordings, {result['speakers'][name]} speakers, data `{result['data'][name]}`)"
        for name, count in result["recordings"].items()
    ]
    return f"{'; '.join(parts)}; seed {result['seed']}, {result['date']}"


def show(benchmark: str, text: str) -> None:
    """Put text between the markers of a benchmark on the page."""
    begin = f"<!-- begin: benchmarks/accuracy/{benchmark}.py -->"
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(begin)
    after = rest.split(END, 1)[1]
    PAGE.write_text(f"{before}{begin}\n\n{text}\n\n{END}{after}", encoding="utf-8")
