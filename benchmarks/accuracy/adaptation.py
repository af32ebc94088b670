"""UAR of speaker normalisation by the number of unlabelled recordings of the speaker.

    python -m benchmarks.accuracy.adaptation
    python -m benchmarks.accuracy.adaptation table                 # writes docs/accuracy.md and its figure

Each fold's model is trained with `--speaker-norm`. Every test recording is then normalised with statistics of
itself and 0, 1, 4, 9, 19 or all other recordings of its speaker, drawn at random. The inductive model of the
same folds is the reference.
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
from ser_models.reporting.figures.picture import CORPUS_COLOURS, Drawing, Panel, Picture, in_percent, legend
from ser_models.reporting.text import percent
from ser_models.training.train import fit_speaker_prior

MODEL = "ridge"
COUNTS = (1, 2, 5, 10, 20)
"""Numbers of recordings of a speaker, besides all."""
NAMES = (*map(str, COUNTS), "all")
NAME = "adaptation"


def measure(run: Run) -> dict[str, dict[str, Any]]:
    """UAR with its interval by the number of recordings; "alone" is the inductive model."""
    parts = [predictions(run, number) for number in run.split.folds]
    targets, speakers = (np.concatenate([part[name] for part in parts]) for name in ("targets", "speakers"))
    classes = len(run.examples.labels)
    results = {}
    for name in ("alone", *NAMES):
        predicted = np.concatenate([part[name] for part in parts])
        bounds = interval(targets, predicted, speakers, classes=classes, seed=SEED)
        results[name] = {
            "uar": uar(confusion_matrix(targets, predicted, classes)),
            "interval": [bounds.low, bounds.high],
        }
    return results


def predictions(run: Run, number: int) -> dict[str, np.ndarray]:
    """Targets, speakers, and predicted classes by number of recordings, for the test side of one fold."""
    test = run.examples.take(run.split.side(number, "test"))
    plain, norm = (common.fit_fold(run, number, create(MODEL), speaker_norm=way) for way in (False, True))
    alone = plain.predictions.set_index("file_id").loc[test.rows["file_id"], "predicted"]
    result = {
        "targets": test.targets,
        "speakers": test.groups,
        "alone": np.array([test.labels.index(emotion) for emotion in alone]),
    }
    assert norm.scaler is not None, "its fold was fitted here"
    inputs = norm.model.inputs
    examples, split = common.training_data(run, norm.model)
    prior = fit_speaker_prior(examples.take(split.side(number, "train")), inputs)
    raw = test.read(inputs)
    statistics = accumulate(inputs, raw)
    rng = np.random.default_rng([SEED, number])
    for name, count in zip(NAMES, (*COUNTS, len(test)), strict=True):
        estimates = [prior.estimate(statistics[indices]) for indices in drawn_recordings(test, count, rng)]
        source = norm.scaler.source(normalize(inputs, raw, estimates))
        result[name] = norm.model.predict(source).argmax(axis=1)
    return result


def drawn_recordings(test: Examples, count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """For each recording, its index and those of others of its speaker: `count` in total, if there are."""
    speakers = test.groups
    result = []
    for index, speaker in enumerate(speakers):
        others = np.flatnonzero((speakers == speaker) & (np.arange(len(speakers)) != index))
        result.append(np.array([index, *rng.permutation(others)[: count - 1]]))
    return result


def write_page() -> None:
    """Write the table to the page, and draw the figure."""
    result = common.read_result(NAME)
    rows = [
        [corpus, *(f"{curve[name]['uar']:.3f}" for name in ("alone", *NAMES))]
        for corpus, curve in result["results"].items()
    ]
    table = common.markdown(["corpus", "inductive", *(f"*{name}*" for name in NAMES)], rows)
    common.write_section(NAME, f"`{result['model']}`, UAR: {common.describe(result)}\n\n{table}")
    drawing(result).save(IMAGES / f"{NAME}.png")


def drawing(result: dict[str, Any]) -> Drawing:
    """UAR by the number of recordings of a speaker, one line per corpus."""
    text = "; ".join(
        f"{corpus}: alone {percent(curve['alone']['uar'], 0)}, all {percent(curve['all']['uar'], 0)}"
        for corpus, curve in result["results"].items()
    )
    panel = Panel(partial(_lines, curves=result["results"]), 6.4, 4.2, text)
    picture = Picture(NAME, "UAR by number of recordings of the speaker", (panel,))
    note = (
        f"Model `{result['model']}`, transductive; dotted: the inductive model, without other "
        "recordings. Bands: 95 % intervals over speakers."
    )
    return Drawing(picture, [note])


def _lines(axes: Axes, curves: dict[str, Any]) -> None:
    positions = np.arange(len(NAMES))
    for colour, (corpus, curve) in zip(CORPUS_COLOURS, curves.items(), strict=False):
        bounds = np.array([curve[name]["interval"] for name in NAMES])
        axes.fill_between(positions, *bounds.T, color=colour, alpha=0.12, linewidth=0)
        axes.plot(positions, [curve[name]["uar"] for name in NAMES], "o-", color=colour, label=corpus)
        axes.axhline(curve["alone"]["uar"], color=colour, linestyle=":", linewidth=1.4)
    axes.set_xticks(positions, NAMES)
    axes.set(xlabel="unlabelled recordings of the speaker, including this one", ylabel="UAR", ylim=(0, 1))
    in_percent(axes.yaxis)
    legend(axes)


if __name__ == "__main__":
    run_all = partial(common.by_corpus, NAME, measure=measure, content={"model": MODEL})
    common.main(common.parser(__doc__), run_all, write_page)
