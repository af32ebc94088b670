"""What happens when a model meets another room, another script, another language.

    python -m benchmarks.accuracy.cross_corpus --data data/raw
    python -m benchmarks.accuracy.cross_corpus table               # docs/accuracy.md and its figure

The matrix of training by test corpora, on the emotions that all of them have, with each recording by itself
and with every speaker's voice taken out (`--speaker-norm`, transductive). A row more is trained on all
corpora but the tested one. On the diagonal, speakers are held out in folds as everywhere.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from benchmarks.accuracy import common
from benchmarks.accuracy.common import IMAGES, MOST_FOLDS, SEED
from ser_features import corpora
from ser_features.store import Store
from ser_models.data.examples import Examples, load_examples
from ser_models.data.split import make_split
from ser_models.evaluation.score import score
from ser_models.experiments.train import with_speed_perturb
from ser_models.reporting.figures.picture import BLUES, INK, MUTED, Drawing, Panel, Picture
from ser_models.reporting.text import percent
from ser_models.training.config import TrainConfig
from ser_models.training.train import train

MODEL = "best"
OTHERS = "all others"
WAYS = {"inductive": False, "transductive": True}
NAME = "cross_corpus"


def main() -> None:
    """Measure, or write the table."""
    options = common.parser(__doc__).parse_args()
    if options.what == "table":
        write_page()
        return
    with common.stored(options) as store:
        every = shared(store, options.corpora)
        found = {way: matrix(store, every, speaker_norm=norm) for way, norm in WAYS.items()}
    content = {"model": MODEL, "labels": every.labels, "matrix": found, "languages": languages(every)}
    parts = [every.take(own["file_id"].tolist()) for _, own in every.rows.groupby("dataset")]
    common.keep(NAME, parts, content)


def shared(store: Store, names: Sequence[str]) -> Examples:
    """All recordings of the emotions that every corpus has."""
    examples = load_examples(store, names)
    by_corpus = examples.rows.groupby("dataset")["emotion"].agg(set)
    common = set.intersection(*by_corpus)
    return examples.keep_labels([label for label in examples.labels if label in common], "not in all corpora")


def languages(examples: Examples) -> dict[str, str]:
    """Language of each corpus."""
    return {name: str(corpora.get(name).language) for name in examples.datasets}


def matrix(store: Store, every: Examples, *, speaker_norm: bool) -> dict[str, dict[str, Any]]:
    """UAR and interval of each test corpus, by what was trained on."""
    names = every.datasets
    found: dict[str, dict[str, Any]] = {name: {} for name in (*names, OTHERS)}
    for name in names:
        rest = [other for other in names if other != name]
        found[name] |= tested(store, of(every, names), speaker_norm, kind="cross-corpus", test_datasets=rest)
        own = of(every, [name])
        folds = min(MOST_FOLDS, len(set(own.groups)))
        found[name] |= tested(store, own, speaker_norm, folds=folds, final_model=False)
        if len(rest) > 1:
            found[OTHERS] |= tested(
                store, of(every, names), speaker_norm, kind="cross-corpus", test_datasets=[name]
            )
        shown = {test: round(each["uar"], 3) for test, each in found[name].items()}
        print(f"trained on {name}, {'transductive' if speaker_norm else 'inductive'}: {shown}", flush=True)
    return found


def of(every: Examples, names: Sequence[str]) -> Examples:
    """The recordings of some corpora."""
    return every.take(every.rows.loc[every.rows["dataset"].isin(names), "file_id"].tolist())


def tested(store: Store, examples: Examples, speaker_norm: bool, **protocol: Any) -> dict[str, Any]:
    """UAR and interval of each corpus that is tested under a protocol."""
    split = make_split(examples, seed=SEED, **protocol)
    config = TrainConfig(MODEL, seed=SEED, speaker_norm=speaker_norm)
    examples, split = with_speed_perturb(store, examples, split, config)
    told = train(examples, split, config).predictions
    tested = told[told["split"] == "test"]
    return {str(name): _scored(rows, examples) for name, rows in tested.groupby("dataset")}


def _scored(rows: pd.DataFrame, examples: Examples) -> dict[str, Any]:
    scores = score(rows.reset_index(drop=True), examples.labels, seed=SEED)
    return {"uar": scores.uar, "uar_ci95": scores.uar_ci95, "ece": scores.calibration.ece}


def write_page() -> None:
    """Put the tables on the page, and draw the figure."""
    result = common.kept(NAME)
    said = f"`{result['model']}`, UAR on {', '.join(result['labels'])}: {common.told_of(result)}"
    common.show(NAME, "\n\n".join([said, *(_table(result, way) for way in WAYS)]))
    drawing(result).save(IMAGES / f"{NAME}.png")


def _table(result: dict[str, Any], way: str) -> str:
    tests = list(result["languages"])
    heads = [f"{name} ({result['languages'][name]})" for name in tests]
    lines = [f"| {way}: trained on ↓, tested on → | {' | '.join(heads)} |", f"|{'---|' * (len(tests) + 1)}"]
    for trained, row in result["matrix"][way].items():
        cells = [_cell(row[test]) for test in tests if test in row]
        if cells:
            lines.append(f"| {trained} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(found: dict[str, Any]) -> str:
    low, high = found["uar_ci95"]
    return f"{found['uar']:.3f} [{low:.3f}, {high:.3f}]"


def drawing(result: dict[str, Any]) -> Drawing:
    """Both matrices, as squares that are the darker the better."""
    panels = []
    for way, matrix in result["matrix"].items():
        tests = list(result["languages"])
        rows = {name: row for name, row in matrix.items() if row}
        values = np.array([[row[test]["uar"] for test in tests] for row in rows.values()])
        said = "; ".join(
            f"{trained} to {test} {percent(values[place, other], 0)}"
            for place, trained in enumerate(rows)
            for other, test in enumerate(tests)
        )
        draw = partial(_squares, values=values, rows=list(rows), columns=tests, way=way)
        panels.append(Panel(draw, 4.2, 4.0, f"{way}: {said}"))
    languages = ", ".join(f"{name} {language}" for name, language in result["languages"].items())
    chance = percent(1 / len(result["labels"]), 0)
    picture = Picture(NAME, "When a model meets another room", tuple(panels))
    words = (
        f"UAR of `{result['model']}` on {len(result['labels'])} shared emotions (chance {chance}); "
        f"on the diagonal speakers are held out. {languages}."
    )
    return Drawing(picture, [words])


def _squares(axes: Axes, values: np.ndarray, rows: list[str], columns: list[str], way: str) -> None:
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
    main()
