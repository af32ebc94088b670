"""UAR by the number of training speakers, extrapolated to more.

    python -m benchmarks.accuracy.learning_curve
    python -m benchmarks.accuracy.learning_curve table             # writes docs/accuracy.md and its figure

In every fold the model is trained on 2, 4, 8 … of the training speakers, drawn at random twice; the test
speakers stay the same. The error is modelled as a power law of the number of speakers n,
1 − UAR = a + b · n^−c, a ≥ 0 (Hestness et al., "Deep learning scaling is predictable, empirically", 2017),
fitted to the UAR over all folds; its interval is that of bootstrap draws of the test speakers. As a check,
the last point is predicted from the others.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.optimize import curve_fit

from benchmarks.accuracy import common
from benchmarks.accuracy.common import IMAGES, SEED, Run
from ser_models.data.examples import speaker_keys
from ser_models.data.split import Split
from ser_models.evaluation.metrics import TAILS, confusion_matrix, uar, uar_draws
from ser_models.evaluation.paired import class_indices
from ser_models.models import create
from ser_models.reporting.figures.picture import CORPUS_COLOURS, Drawing, Panel, Picture, in_percent, legend
from ser_models.reporting.text import percent

MODEL = "ridge"
SIZES = (2, 4, 8, 16, 32)
"""Numbers of training speakers, including validation speakers, as `ridge` is fitted on both; besides all."""
DRAWS = 2
"""Number of random draws of speakers, where not all are used."""
MORE = 10
NAME = "learning_curve"


def measure(run: Run) -> dict[str, Any]:
    """UAR by the number of training speakers, and its extrapolation."""
    most = min(len(training_speakers(run, number)) for number in run.split.folds)
    sizes = sorted({size for size in SIZES if size < most} | {most})
    tables = [_predictions(run, size, draws=1 if size == most else DRAWS) for size in sizes]
    measured = [_uars(table, run.examples.labels) for table in tables]
    uars, draws = np.array([value for value, _ in measured]), np.stack([drawn for _, drawn in measured])
    laws = [fit_law(sizes, column) for column in draws.T]
    ahead = [sizes[-1] + MORE * step for step in (1, 2, 3)]
    law = fit_law(sizes, uars)
    return {
        "sizes": sizes,
        "uar": uars.tolist(),
        "interval": np.quantile(draws, TAILS, axis=1).T.tolist(),
        "ahead": ahead,
        "extrapolated": [float(law(size)) for size in ahead],
        "extrapolated_interval": [np.quantile([one(size) for one in laws], TAILS).tolist() for size in ahead],
        "foretold_last": float(fit_law(sizes[:-1], uars[:-1])(sizes[-1])) if len(sizes) > 3 else None,
    }


def training_speakers(run: Run, number: int, draw: int = 0) -> list[str]:
    """Training and validation speakers of a fold, in random order."""
    sides = run.split.side(number, "train") + run.split.side(number, "validation")
    names = np.unique(run.examples.take(sides).groups)
    return list(np.random.default_rng([SEED, number, draw]).permutation(names))


def _predictions(run: Run, size: int, draws: int) -> pd.DataFrame:
    """Predictions of all test speakers by models with `size` training speakers, for every draw."""
    tables = [
        _predict_fold(run, number, training_speakers(run, number, draw)[:size])
        for number in run.split.folds
        for draw in range(draws)
    ]
    return pd.concat(tables, ignore_index=True)


def _predict_fold(run: Run, number: int, kept: list[str]) -> pd.DataFrame:
    table = run.split.table[run.split.table["fold"] == number]
    speaker_of = dict(zip(run.examples.rows["file_id"], run.examples.groups, strict=True))
    speakers = table["file_id"].map(speaker_of)
    is_test = table["split"] == "test"
    # One speaker is the validation set; the model is fitted on all of them.
    sides = table["split"].where(is_test, np.where(speakers == kept[-1], "validation", "train"))
    own = table.assign(split=sides)[is_test | speakers.isin(kept)]
    split: Split = replace(run.split, table=own.reset_index(drop=True))
    return common.test_predictions(common.fit_fold(replace(run, split=split), number, create(MODEL)))


def _uars(table: pd.DataFrame, labels: Sequence[str]) -> tuple[float, np.ndarray]:
    """UAR of predictions, and of every bootstrap draw of speakers."""
    truth, predicted = class_indices(table, labels, "emotion", "predicted")
    draws = uar_draws(truth, predicted, speaker_keys(table), classes=len(labels), seed=SEED)
    return uar(confusion_matrix(truth, predicted, len(labels))), draws


def fit_law(sizes: list[int], uars: np.ndarray) -> Any:
    """Fit 1 − UAR = a + b · n^−c; return UAR as a function of n."""

    def error(n: Any, a: float, b: float, c: float) -> Any:
        return a + b * np.power(np.asarray(n, float), -c)

    bounds = ([0, 0, 0.05], [1, 5, 2])
    values, _ = curve_fit(error, sizes, 1 - uars, p0=[0.1, 0.8, 0.4], bounds=bounds, maxfev=20_000)
    return lambda n: 1 - error(n, *values)


def write_page() -> None:
    """Write the table to the page, and draw the figure."""
    result = common.read_result(NAME)
    rows, checks = [], []
    for corpus, curve in result["results"].items():
        points = zip(curve["sizes"], curve["uar"], curve["interval"], strict=True)
        rows += [
            [corpus, str(size), f"{value:.3f}", f"{low:.3f}–{high:.3f}"]
            for size, value, (low, high) in points
        ]
        points = zip(curve["ahead"], curve["extrapolated"], curve["extrapolated_interval"], strict=True)
        rows += [
            [corpus, f"*{size}, extrapolated*", f"*{value:.3f}*", f"*{low:.3f}–{high:.3f}*"]
            for size, value, (low, high) in points
        ]
        if curve["foretold_last"] is not None:
            checks.append(
                f"{corpus}: {curve['foretold_last']:.3f} predicted for {curve['sizes'][-1]} speakers, "
                f"{curve['uar'][-1]:.3f} measured"
            )
    table = common.markdown(["corpus", "training speakers", "UAR", "95 % interval"], rows)
    text = [
        f"`{result['model']}`: {common.describe(result)}",
        table,
        f"Check of the law: {'; '.join(checks)}.",
    ]
    common.write_section(NAME, "\n\n".join(text))
    drawing(result).save(IMAGES / f"{NAME}.png")


def drawing(result: dict[str, Any]) -> Drawing:
    """UAR by the number of training speakers, and the law beyond."""
    text = "; ".join(
        f"{corpus}: {percent(curve['uar'][-1], 0)} with {curve['sizes'][-1]} speakers, "
        f"{percent(curve['extrapolated'][0], 0)} extrapolated to {curve['ahead'][0]}"
        for corpus, curve in result["results"].items()
    )
    panel = Panel(partial(_lines, curves=result["results"]), 6.4, 4.2, text)
    picture = Picture(NAME, "UAR by number of training speakers", (panel,))
    note = f"Model `{result['model']}`, inductive. Dashed: a power law, not measured. Bands: 95 % intervals."
    return Drawing(picture, [note])


def _lines(axes: Axes, curves: dict[str, Any]) -> None:
    for colour, (corpus, curve) in zip(CORPUS_COLOURS, curves.items(), strict=False):
        bounds = np.array(curve["interval"]).T
        axes.fill_between(curve["sizes"], *bounds, color=colour, alpha=0.15, linewidth=0)
        axes.plot(curve["sizes"], curve["uar"], "o-", color=colour, label=corpus)
        ahead = [curve["sizes"][-1], *curve["ahead"]]
        bounds = np.array([curve["interval"][-1], *curve["extrapolated_interval"]]).T
        axes.fill_between(ahead, *bounds, color=colour, alpha=0.07, linewidth=0)
        axes.plot(ahead, [curve["uar"][-1], *curve["extrapolated"]], "--", color=colour)
    axes.set(xlabel="training speakers", ylabel="UAR on unseen speakers", ylim=(0, 1), xscale="log")
    ticks = [2, 4, 8, 16, 32, 64]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    in_percent(axes.yaxis)
    legend(axes)


if __name__ == "__main__":
    run_all = partial(common.by_corpus, NAME, measure=measure, content={"model": MODEL})
    common.main(common.parser(__doc__, corpora=("ravdess", "emodb")), run_all, write_page)
