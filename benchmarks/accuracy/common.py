"""Shared by the accuracy benchmarks: store, folds, stored results, tables and figures of docs/accuracy.md.

recordings, or a store → `open_or_extract` → `make_run` → `fit_fold` → `test_predictions`
results → `write_result` → docs/results/ → `write_section` → docs/accuracy.md
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks import options
from benchmarks.pages import write_between
from ser_features import extract
from ser_features.store import Store, open_store
from ser_models.artifact.metadata import versions
from ser_models.data.examples import Examples, load_examples
from ser_models.data.split import Split, make_split
from ser_models.experiments.copies import with_copies
from ser_models.models.base import Model
from ser_models.training.config import TrainConfig
from ser_models.training.resume import Fold
from ser_models.training.train import Trained, train_fold

DOCS = Path(__file__).parents[2] / "docs"
RESULTS, IMAGES, PAGE = DOCS / "results", DOCS / "images", DOCS / "accuracy.md"
END = "<!-- end -->"
CORPORA = ("ravdess", "emodb", "tess")
FAMILIES = ("core", "functionals", "loudness", "mel", "mfcc", "intonation")
MAX_FOLDS = 5
SEED = 0


@dataclass(frozen=True)
class Run:
    """Recordings with their folds.

    Attributes:
        store: store with the features.
        examples: the recordings.
        split: their folds.
        data: data root with the audio.
    """

    store: Store
    examples: Examples
    split: Split
    data: Path


def parser(description: str | None, corpora: Sequence[str] = CORPORA) -> argparse.ArgumentParser:
    """Parser with the options of all accuracy benchmarks; `action` is "measure" or "table"."""
    result = options.parser(description)
    result.add_argument("action", nargs="?", choices=["measure", "table"], default="measure")
    result.add_argument(
        "--store",
        type=Path,
        help=f"with {', '.join(FAMILIES)} and --speed-perturb; default: extracted",
    )
    result.add_argument("--corpora", nargs="+", default=list(corpora))
    return result


def main(
    arguments: argparse.ArgumentParser,
    measure: Callable[[argparse.Namespace], None],
    write_page: Callable[[], None],
) -> None:
    """Measure, or write the results to the page."""
    chosen = arguments.parse_args()
    if chosen.action == "table":
        write_page()
    else:
        measure(chosen)


@contextmanager
def open_or_extract(
    chosen: argparse.Namespace,
    others: Sequence[str] = (),
    *,
    features: Sequence[str] = FAMILIES,
    speed_perturb: bool = True,
    **options: Any,
) -> Iterator[Store]:
    """Open the given store, or extract one for the duration of the block.

    Args:
        chosen: options of `parser`.
        others: corpora that are needed in addition to those of the options.
        features: families that are extracted.
        speed_perturb: whether slower and faster copies are extracted too.
        options: other arguments of `ser_features.extract`.
    """
    if chosen.store:
        yield open_store(chosen.store)
        return
    names = list(dict.fromkeys([*chosen.corpora, *others]))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "store"
        options |= {"features": list(features), "speed_perturb": speed_perturb}
        extract(names, data=chosen.data, store=root, **options)
        yield open_store(root)


def by_corpus(
    name: str,
    chosen: argparse.Namespace,
    measure: Callable[[Run], dict[str, Any]],
    content: dict[str, Any],
    others: Sequence[str] = (),
) -> None:
    """Measure each corpus, and store the results.

    Args:
        name: of the benchmark.
        chosen: options of `parser`.
        measure: returns the results of one corpus.
        content: stored beside the results.
        others: corpora that are needed in addition.
    """
    results = {}
    with open_or_extract(chosen, others) as store:
        runs = [make_run(store, corpus, chosen.data) for corpus in chosen.corpora]
        for run in runs:
            [corpus] = run.examples.datasets
            results[corpus] = measure(run)
            print(corpus, results[corpus], flush=True)
    write_result(name, [run.examples for run in runs], {**content, "results": results})


def make_run(store: Store, corpus: str, data: Path) -> Run:
    """Speaker-disjoint folds of a corpus: `MAX_FOLDS`, or one per speaker."""
    examples = load_examples(store, [corpus])
    folds = min(MAX_FOLDS, len(set(examples.groups)))
    return Run(store, examples, make_split(examples, folds=folds, final_model=False, seed=SEED), data)


def training_data(run: Run, model: Model) -> tuple[Examples, Split]:
    """Recordings and folds for a model, with speed-perturbed copies if the model uses them."""
    return with_copies(run.store, run.examples, run.split, TrainConfig(model.name))


def fit_fold(run: Run, number: int, model: Model, *, speaker_norm: bool = False) -> Fold:
    """Fit a model on one fold."""
    config = TrainConfig(model.name, seed=SEED, speaker_norm=speaker_norm)
    return train_fold(*training_data(run, model), number, config, model=model)


def test_predictions(fold: Fold | Trained) -> pd.DataFrame:
    """Predictions of test recordings alone."""
    return fold.predictions[fold.predictions["split"] == "test"]


def write_result(name: str, examples: Sequence[Examples], content: dict[str, Any]) -> None:
    """Write results with data, seed, date and versions to docs/results/<name>.json."""
    by_name = {" + ".join(one.datasets): one for one in examples}
    made = {
        "data": {name: one.fingerprint for name, one in by_name.items()},
        "recordings": {name: len(one) for name, one in by_name.items()},
        "speakers": {name: len(set(one.groups)) for name, one in by_name.items()},
        "seed": SEED,
        "date": today(),
        "versions": versions(),
    }
    path = RESULTS / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**content, **made}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def of_corpora(every: Examples, names: Sequence[str]) -> Examples:
    """The recordings of some corpora."""
    return every.take(every.rows.loc[every.rows["dataset"].isin(names), "file_id"].tolist())


def uar(table: pd.DataFrame) -> float:
    """UAR of the emotions that occur in a table of predictions; NaN of no recording."""
    return float((table["predicted"] == table["emotion"]).groupby(table["emotion"]).mean().mean())


def today() -> str:
    """The date that results are stored with, ISO."""
    return datetime.now(UTC).date().isoformat()


def read_result(name: str) -> dict[str, Any]:
    """Read what `write_result` wrote."""
    result: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return result


def describe(result: dict[str, Any]) -> str:
    """Data, seed and date of a result in words."""
    parts = [
        f"{name} ({count:,} recordings, {result['speakers'][name]} speakers, data `{result['data'][name]}`)"
        for name, count in result["recordings"].items()
    ]
    return f"{'; '.join(parts)}; seed {result['seed']}, {result['date']}"


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table.

    >>> print(markdown(["model", "UAR"], [["ridge", "0.6"]]))
    | model | UAR |
    |---|---|
    | ridge | 0.6 |
    """
    first, *lines = (f"| {' | '.join(cells)} |" for cells in (header, *rows))
    return "\n".join([first, "|" + "---|" * len(header), *lines])


def write_section(benchmark: str, text: str) -> None:
    """Write text between the markers of a benchmark on the page."""
    write_between(PAGE, f"<!-- begin: benchmarks/accuracy/{benchmark}.py -->", END, text)
