"""UAR on other corpora by the number of copies in other rooms.

    python -m benchmarks.accuracy.rooms
    python -m benchmarks.accuracy.rooms table                      # writes docs/accuracy.md and its figure

Leave one corpus out: trained on all other corpora and copies of their recordings, tested on the recordings of
that corpus, on the emotions that all corpora have. For comparison, speaker-disjoint folds within each corpus,
and speed perturbation, which has two copies per recording.
"""

import argparse
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from benchmarks.accuracy import common
from benchmarks.accuracy.common import IMAGES, MAX_FOLDS, SEED
from ser_features.store import Store
from ser_models.data.examples import Examples, load_examples
from ser_models.data.split import make_split
from ser_models.evaluation.score import score
from ser_models.experiments.copies import with_copies
from ser_models.reporting.figures.picture import (
    CORPUS_COLOURS,
    INK,
    Drawing,
    Panel,
    Picture,
    in_percent,
    legend,
)
from ser_models.reporting.text import percent
from ser_models.training.config import TrainConfig
from ser_models.training.train import train

MODEL = "ridge"
CORPORA = ("ravdess", "emodb", "tess", "nemo")
COUNTS = (0, 1, 2, 4)
"""Numbers of copies in other rooms."""
LIMIT = 200
"""Maximum number of recordings per corpus, evenly spread: 5,600 extractions with the copies."""
SPEED = "speed"
NAME = "rooms"


def measure(options: argparse.Namespace) -> None:
    """Measure every number of copies and store the results."""
    families = ("core", "functionals")
    with common.open_or_extract(options, features=families, rooms=max(COUNTS), limit=LIMIT) as store:
        every = shared_emotions(store, options.corpora)
        ways = {str(count): {"rooms": count, "speed_perturb": False} for count in COUNTS}
        ways[SPEED] = {"rooms": 0, "speed_perturb": True}
        results = {way: uars(store, every, **copies) for way, copies in ways.items()}
    content = {"model": MODEL, "labels": every.labels, "results": results}
    common.write_result(NAME, [common.of_corpora(every, [name]) for name in every.datasets], content)


def shared_emotions(store: Store, names: Sequence[str]) -> Examples:
    """All recordings of the emotions that every corpus has."""
    examples = load_examples(store, names)
    by_corpus = examples.rows.groupby("dataset")["emotion"].agg(set)
    shared = set.intersection(*by_corpus)
    return examples.keep_labels([name for name in examples.labels if name in shared], "not in all corpora")


def uars(store: Store, every: Examples, **copies: Any) -> dict[str, dict[str, Any]]:
    """UAR and interval of each test corpus, trained on the other corpora and on its own speakers."""
    result = {}
    for name in every.datasets:
        own = common.of_corpora(every, [name])
        folds = min(MAX_FOLDS, len(set(own.groups)))
        result[name] = {
            "others": _score(store, every, {"kind": "cross-corpus", "test_datasets": [name]}, copies),
            "own": _score(store, own, {"folds": folds, "final_model": False}, copies),
        }
        print(copies, name, {side: round(one["uar"], 3) for side, one in result[name].items()}, flush=True)
    return result


def _score(
    store: Store, examples: Examples, protocol: dict[str, Any], copies: dict[str, Any]
) -> dict[str, Any]:
    split = make_split(examples, seed=SEED, **protocol)
    config = TrainConfig(MODEL, seed=SEED, **copies)
    examples, split = with_copies(store, examples, split, config)
    table = common.test_predictions(train(examples, split, config)).reset_index(drop=True)
    scores = score(table, examples.labels, seed=SEED)
    return {"uar": scores.uar, "uar_ci95": scores.uar_ci95}


def mean(by_corpus: dict[str, dict[str, Any]], side: str) -> float:
    """Mean UAR of the corpora."""
    return float(np.mean([one[side]["uar"] for one in by_corpus.values()]))


def write_page() -> None:
    """Write the table to the page, and draw the figure."""
    result = common.read_result(NAME)
    header = ["copies", *(f"{name}, others" for name in result["recordings"]), "mean, others", "mean, own"]
    rows = [
        [
            "2, of speed" if way == SPEED else way,
            *(_cell(one["others"]) for one in by_corpus.values()),
            f"**{mean(by_corpus, 'others'):.3f}**",
            f"{mean(by_corpus, 'own'):.3f}",
        ]
        for way, by_corpus in result["results"].items()
    ]
    text = f"`{result['model']}`, UAR on {', '.join(result['labels'])}: {common.describe(result)}"
    common.write_section(NAME, "\n\n".join([text, common.markdown(header, rows)]))
    drawing(result).save(IMAGES / f"{NAME}.png")


def _cell(scores: dict[str, Any]) -> str:
    low, high = scores["uar_ci95"]
    return f"{scores['uar']:.3f} [{low:.3f}, {high:.3f}]"


def drawing(result: dict[str, Any]) -> Drawing:
    """UAR by the number of copies: a line per corpus, and their mean."""
    curves = {int(way): one for way, one in result["results"].items() if way != SPEED}
    text = "; ".join(f"{count} copies {percent(mean(one, 'others'), 1)}" for count, one in curves.items())
    panel = Panel(partial(_lines, curves=curves), 6.4, 4.2, f"mean UAR on other corpora: {text}")
    picture = Picture(NAME, "UAR on other corpora by copies in other rooms", (panel,))
    chance = percent(1 / len(result["labels"]), 0)
    note = f"Model `{result['model']}`, trained on all corpora but the tested one; chance {chance}."
    return Drawing(picture, [note])


def _lines(axes: Axes, curves: dict[int, dict[str, dict[str, Any]]]) -> None:
    counts = list(curves)
    for colour, name in zip(CORPUS_COLOURS, curves[0], strict=False):
        values = [curves[count][name]["others"]["uar"] for count in counts]
        axes.plot(counts, values, "o-", color=colour, label=name)
    axes.plot(
        counts, [mean(curves[count], "others") for count in counts], "o-", color=INK, lw=3, label="mean"
    )
    axes.set(xlabel="copies per training recording", ylabel="UAR on the other corpus", xticks=counts)
    in_percent(axes.yaxis)
    legend(axes)


if __name__ == "__main__":
    common.main(common.parser(__doc__, CORPORA), measure, write_page)
