"""How many unlabelled recordings of a speaker it takes to know the voice.

    python -m benchmarks.accuracy.adaptation --data data/raw
    python -m benchmarks.accuracy.adaptation table                 # docs/accuracy.md and its figure

Each fold's model is trained with `--speaker-norm`. Then every test recording is asked for together with 0, 1,
4, 9, 19 or all others of its speaker, drawn by lot: from so many is the voice known. The inductive model of
the same folds stands beside it.
"""

from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from benchmarks.accuracy import common
from benchmarks.accuracy.common import IMAGES, SEED, Run
from ser_models.data.examples import Examples
from ser_models.data.speaker_norm import accumulate, normalize
from ser_models.evaluation.metrics import confusion_matrix, interval, uar
from ser_models.models import create
from ser_models.reporting.figures.picture import (
    CORPUS_COLOURS,
    Drawing,
    Panel,
    Picture,
    in_percent,
    legend,
)
from ser_models.reporting.text import percent
from ser_models.training.train import fit_speaker_prior

MODEL = "ridge"
COUNTS = (1, 2, 5, 10, 20)
"""Recordings of a speaker; and all."""
NAME = "adaptation"


def main() -> None:
    """Measure, or write the table."""
    options = common.parser(__doc__).parse_args()
    if options.what == "table":
        write_page()
        return
    common.by_corpus(NAME, options, measure, {"model": MODEL})


def measure(run: Run) -> dict[str, dict[str, Any]]:
    """UAR with its interval, by the number of recordings of the speaker; "alone" is the inductive model."""
    parts = [answers(run, number) for number in run.split.folds]
    targets, who = (np.concatenate([part[name] for part in parts]) for name in ("targets", "who"))
    classes = len(run.examples.labels)
    found = {}
    for name in ("alone", *map(str, COUNTS), "all"):
        predicted = np.concatenate([part[name] for part in parts])
        bounds = interval(targets, predicted, who, classes=classes, seed=SEED)
        found[name] = {
            "uar": uar(confusion_matrix(targets, predicted, classes)),
            "interval": [bounds.low, bounds.high],
        }
    return found


def answers(run: Run, number: int) -> dict[str, np.ndarray]:
    """Classes of the test recordings of one fold, and what is said of them, by how much is known."""
    test = run.examples.take(run.split.side(number, "test"))
    plain, norm = (common.fitted(run, number, create(MODEL), speaker_norm=way) for way in (False, True))
    alone = plain.predictions.set_index("file_id").loc[test.rows["file_id"], "predicted"]
    found = {
        "targets": test.targets,
        "who": test.groups,
        "alone": np.array([test.labels.index(emotion) for emotion in alone]),
    }
    inputs = norm.model.inputs
    examples, split = common.learned(run, norm.model)
    prior = fit_speaker_prior(examples.take(split.side(number, "train")), inputs)
    raw = test.read(inputs)
    heard = accumulate(inputs, raw)
    rng = np.random.default_rng([SEED, number])
    for name, count in (*((str(count), count) for count in COUNTS), ("all", len(test))):
        voices = [prior.estimate(heard[places]) for places in companies(test, count, rng)]
        source = norm.scaler.source(normalize(inputs, raw, voices))
        found[name] = norm.model.predict(source).argmax(axis=1)
    return found


def companies(test: Examples, count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Of each recording, its place and those of others of its speaker: `count` in all, if there are."""
    who = test.groups
    found = []
    for place, speaker in enumerate(who):
        others = np.flatnonzero((who == speaker) & (np.arange(len(who)) != place))
        found.append(np.array([place, *rng.permutation(others)[: count - 1]]))
    return found


def write_page() -> None:
    """Put the table on the page, and draw the figure."""
    result = common.kept(NAME)
    names = ("alone", *map(str, COUNTS), "all")
    lines = [
        f"`{result['model']}`, UAR: {common.told_of(result)}",
        "",
        f"| corpus | inductive | {' | '.join(f'*{name}*' for name in names[1:])} |",
        f"|{'---|' * (len(names) + 1)}",
    ]
    for corpus, curve in result["results"].items():
        cells = [f"{curve[name]['uar']:.3f}" for name in names]
        lines.append(f"| {corpus} | {' | '.join(cells)} |")
    common.show(NAME, "\n".join(lines))
    drawing(result).save(IMAGES / f"{NAME}.png")


def drawing(result: dict[str, Any]) -> Drawing:
    """UAR by the number of recordings of a speaker, a line per corpus."""
    said = "; ".join(
        f"{corpus}: alone {percent(curve['alone']['uar'], 0)}, all {percent(curve['all']['uar'], 0)}"
        for corpus, curve in result["results"].items()
    )
    panel = Panel(partial(_lines, curves=result["results"]), 6.4, 4.2, said)
    picture = Picture(NAME, "How many recordings of a speaker does it take?", (panel,))
    words = (
        f"Model `{result['model']}`, transductive; dotted: the inductive model, which takes each recording "
        "by itself. Bands: 95 % intervals over speakers."
    )
    return Drawing(picture, [words])


def _lines(axes: Axes, curves: dict[str, Any]) -> None:
    names = (*map(str, COUNTS), "all")
    places = np.arange(len(names))
    for colour, (corpus, curve) in zip(CORPUS_COLOURS, curves.items(), strict=False):
        bounds = np.array([curve[name]["interval"] for name in names])
        axes.fill_between(places, *bounds.T, color=colour, alpha=0.12, linewidth=0)
        axes.plot(places, [curve[name]["uar"] for name in names], "o-", color=colour, label=corpus)
        axes.axhline(curve["alone"]["uar"], color=colour, linestyle=":", linewidth=1.4)
    axes.set_xticks(places, names)
    axes.set(xlabel="unlabelled recordings of the speaker, this one among them", ylabel="UAR", ylim=(0, 1))
    in_percent(axes.yaxis)
    legend(axes)


if __name__ == "__main__":
    main()
