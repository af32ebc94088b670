"""UAR across corpora: other rooms, scripts and languages.

    python -m benchmarks.accuracy.cross_corpus
    python -m benchmarks.accuracy.cross_corpus table               # writes docs/accuracy.md and its figure

The matrix of training by test corpora, on the emotions that all of them have, inductive and with features
normalised by speaker (`--speaker-norm`, transductive). Another row is trained on all corpora but the test
corpus. On the diagonal, folds are speaker-disjoint.
"""

import argparse
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from benchmarks.accuracy import common
from benchmarks.accuracy.common import IMAGES, MAX_FOLDS, SEED
from ser_features import corpora
from ser_features.store import Store
from ser_models.data.examples import Examples, load_examples
from ser_models.data.split import make_split
from ser_models.evaluation.score import score
from ser_models.experiments.copies import with_copies
from ser_models.reporting.figures.picture import BLUES, INK, MUTED, Drawing, Panel, Picture
from ser_models.reporting.text import percent
from ser_models.training.config import TrainConfig
from ser_models.training.train import train

MODEL = "best"
OTHERS = "all others"
WAYS = {"inductive": False, "transductive": True}
NAME = "cross_corpus"


def measure(options: argparse.Namespace) -> None:
    """Measure both matrices and store them."""
    with common.open_or_extract(options) as store:
        every = shared_emotions(store, options.corpora)
        matrices = {way: matrix(store, every, speaker_norm=norm) for way, norm in WAYS.items()}
    languages = {name: str(corpora.get(name).language) for name in every.datasets}
    content = {"model": MODEL, "labels": every.labels, "matrix": matrices, "languages": languages}
    common.write_result(NAME, [of(every, [name]) for name in every.datasets], content)


def shared_emotions(store: Store, names: Sequence[str]) -> Examples:
    """All recordings of the emotions that every corpus has."""
    examples = load_examples(store, names)
    by_corpus = examples.rows.groupby("dataset")["emotion"].agg(set)
    shared = set.intersection(*by_corpus)
    return examples.keep_labels([name for name in examples.labels if name in shared], "not in all corpora")


def matrix(store: Store, every: Examples, *, speaker_norm: bool) -> dict[str, dict[str, Any]]:
    """UAR and interval of each test corpus, by training corpus."""
    names = every.datasets
    rows: dict[str, dict[str, Any]] = {name: {} for name in (*names, OTHERS)}
    score_split = partial(evaluate, store, speaker_norm=speaker_norm)
    for name in names:
        rest = [other for other in names if other != name]
        rows[name] |= score_split(of(every, names), kind="cross-corpus", test_datasets=rest)
        own = of(every, [name])
        folds = min(MAX_FOLDS, len(set(own.groups)))
        rows[name] |= score_split(own, folds=folds, final_model=False)
        if len(rest) > 1:
            rows[OTHERS] |= score_split(of(every, names), kind="cross-corpus", test_datasets=[name])
        uars = {test: round(scores["uar"], 3) for test, scores in rows[name].items()}
        print(f"trained on {name}, {'transductive' if speaker_norm else 'inductive'}: {uars}", flush=True)
    return rows


def of(every: Examples, names: Sequence[str]) -> Examples:
    """The recordings of some corpora."""
    return every.take(every.rows.loc[every.rows["dataset"].isin(names), "file_id"].tolist())


def evaluate(store: Store, examples: Examples, *, speaker_norm: bool, **protocol: Any) -> dict[str, Any]:
    """UAR, interval and calibration error of each test corpus under a protocol."""
    split = make_split(examples, seed=SEED, **protocol)
    config = TrainConfig(MODEL, seed=SEED, speaker_norm=speaker_norm)
    examples, split = with_copies(store, examples, split, config)
    table = common.test_predictions(train(examples, split, config))
    return {str(name): _scores(rows, examples) for name, rows in table.groupby("dataset")}


def _scores(rows: pd.DataFrame, examples: Examples) -> dict[str, Any]:
    scores = score(rows.reset_index(drop=True), examples.labels, seed=SEED)
    return {"uar": scores.uar, "uar_ci95": scores.uar_ci95, "ece": scores.calibration.ece}


def write_page() -> None:
    """Write the tables to the page, and draw the figure."""
    result = common.read_result(NAME)
    text = f"`{result['model']}`, UAR on {', '.join(result['labels'])}: {common.describe(result)}"
    common.write_section(NAME, "\n\n".join([text, *(_table(result, way) for way in WAYS)]))
    drawing(result).save(IMAGES / f"{NAME}.png")


def _table(result: dict[str, Any], way: str) -> str:
    tests = result["languages"]
    header = [f"{way}: trained on ↓, tested on →", *(f"{name} ({code})" for name, code in tests.items())]
    rows = [
        [trained, *(_cell(row[test]) for test in tests if test in row)]
        for trained, row in result["matrix"][way].items()
        if row
    ]
    return common.markdown(header, rows)


def _cell(scores: dict[str, Any]) -> str:
    low, high = scores["uar_ci95"]
    return f"{scores['uar']:.3f} [{low:.3f}, {high:.3f}]"


def drawing(result: dict[str, Any]) -> Drawing:
    """Both matrices as heat maps."""
    panels = []
    for way, matrix in result["matrix"].items():
        tests = list(result["languages"])
        rows = {name: row for name, row in matrix.items() if row}
        values = np.array([[row[test]["uar"] for test in tests] for row in rows.values()])
        text = "; ".join(
            f"{trained} to {test} {percent(values[row, column], 0)}"
            for row, trained in enumerate(rows)
            for column, test in enumerate(tests)
        )
        draw = partial(_heat_map, values=values, rows=list(rows), columns=tests, way=way)
        panels.append(Panel(draw, 4.2, 4.0, f"{way}: {text}"))
    languages = ", ".join(f"{name} {language}" for name, language in result["languages"].items())
    chance = percent(1 / len(result["labels"]), 0)
    picture = Picture(NAME, "UAR across corpora", tuple(panels))
    note = (
        f"UAR of `{result['model']}` on {len(result['labels'])} shared emotions (chance {chance}); "
        f"on the diagonal, folds are speaker-disjoint. {languages}."
    )
    return Drawing(picture, [note])


def _heat_map(axes: Axes, values: np.ndarray, rows: list[str], columns: list[str], way: str) -> None:
    axes.imshow(values, cmap=BLUES, vmin=0, vmax=1)
    for (row, column), value in np.ndenumerate(values):
        colour = "white" if value > 0.7 else INK
        axes.text(column, row, percent(value, 0), ha="center", va="center", fontsize=11, color=colour)
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.set(xlabel="tested on", ylabel="trained on")
    axes.set_title(way, fontsize=9, color=MUTED)
    axes.grid(False)


if __name__ == "__main__":
    common.main(common.parser(__doc__), measure, write_page)
