"""How much is gained by recording ten more speakers.

    python -m benchmarks.accuracy.learning_curve --data data/raw
    python -m benchmarks.accuracy.learning_curve table             # docs/accuracy.md and its figure

In every fold the model is trained on 2, 4, 8 … of the training speakers, drawn by lot twice; the tested
speakers stay the same. The error is taken for a power law of the number of speakers n,
1 − UAR = a + b · n^−c, a ≥ 0 (Hestness et al., "Deep learning scaling is predictable, empirically", 2017),
fitted to the UAR over all folds; its interval is that of draws of the tested speakers. How far such a law can
be trusted is tried by foretelling the last point from the others.
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

MODEL = "ridge"
SIZES = (2, 4, 8, 16, 32)
"""Training speakers, validation's among them, as `ridge` learns from both; and all that a fold has."""
LOTS = 2
"""Times that speakers are drawn, where not all are taken."""
MORE = 10
NAME = "learning_curve"


def main() -> None:
    """Measure, or write the table."""
    parser = common.parser(__doc__, corpora=("ravdess", "emodb"))
    options = parser.parse_args()
    if options.what == "table":
        write_page()
        return
    common.by_corpus(NAME, options, measure, {"model": MODEL})


def measure(run: Run) -> dict[str, Any]:
    """UAR by the number of training speakers, and what that foretells."""
    most = min(len(learners(run, number)) for number in run.split.folds)
    sizes = sorted({size for size in SIZES if size < most} | {most})
    tables = [_tested(run, size, lots=1 if size == most else LOTS) for size in sizes]
    measured = [_uars(table, run.examples.labels) for table in tables]
    uars, draws = np.array([each for each, _ in measured]), np.stack([drawn for _, drawn in measured])
    laws = [law(sizes, column) for column in draws.T]
    foretold = float(law(sizes[:-1], uars[:-1])(sizes[-1])) if len(sizes) > 3 else None
    ahead = [sizes[-1] + MORE * step for step in (1, 2, 3)]
    whole = law(sizes, uars)
    return {
        "sizes": sizes,
        "uar": uars.tolist(),
        "interval": np.quantile(draws, TAILS, axis=1).T.tolist(),
        "ahead": ahead,
        "extrapolated": [float(whole(size)) for size in ahead],
        "extrapolated_interval": [np.quantile([one(size) for one in laws], TAILS).tolist() for size in ahead],
        "foretold_last": foretold,
    }


def learners(run: Run, number: int, lot: int = 0) -> list[str]:
    """Speakers that a fold may learn from, by lot."""
    sides = run.split.side(number, "train") + run.split.side(number, "validation")
    names = np.unique(run.examples.take(sides).groups)
    return list(np.random.default_rng([SEED, number, lot]).permutation(names))


def _tested(run: Run, size: int, lots: int) -> pd.DataFrame:
    """Predictions of all tested speakers by models of `size` training speakers, of every lot."""
    told = [
        _fold(run, number, learners(run, number, lot)[:size])
        for number in run.split.folds
        for lot in range(lots)
    ]
    return pd.concat(told, ignore_index=True)


def _fold(run: Run, number: int, kept: list[str]) -> pd.DataFrame:
    table = run.split.table[run.split.table["fold"] == number]
    speakers = dict(zip(run.examples.rows["file_id"], run.examples.groups, strict=True))
    who = table["file_id"].map(speakers)
    # One speaker is kept for validation; the model learns from all the same.
    sides = table["split"].where(table["split"] == "test", np.where(who == kept[-1], "validation", "train"))
    own = table.assign(split=sides)[(table["split"] == "test") | who.isin(kept)]
    split: Split = replace(run.split, table=own.reset_index(drop=True))
    return common.tested(common.fitted(replace(run, split=split), number, create(MODEL)))


def _uars(table: pd.DataFrame, labels: Sequence[str]) -> tuple[float, np.ndarray]:
    """UAR of predictions, and that of every draw of speakers."""
    places = {label: place for place, label in enumerate(labels)}
    truth, said = (table[name].map(places).to_numpy(dtype=np.int64) for name in ("emotion", "predicted"))
    drawn = uar_draws(truth, said, speaker_keys(table), classes=len(places), seed=SEED)
    return uar(confusion_matrix(truth, said, len(places))), drawn


def law(sizes: list[int], uars: np.ndarray) -> Any:
    """Fit 1 − UAR = a + b · n^−c; return UAR as a function of n."""

    def error(n: Any, a: float, b: float, c: float) -> Any:
        return a + b * np.power(np.asarray(n, float), -c)

    bounds = ([0, 0, 0.05], [1, 5, 2])
    values, _ = curve_fit(error, sizes, 1 - uars, p0=[0.1, 0.8, 0.4], bounds=bounds, maxfev=20_000)
    return lambda n: 1 - error(n, *values)


def write_page() -> None:
    """Put the table on the page, and draw the figure."""
    result = common.kept(NAME)
    lines = [f"`{result['model']}`: {common.told_of(result)}", ""]
    lines += ["| corpus | training speakers | UAR | 95 % interval |", "|---|---|---|---|"]
    for corpus, curve in result["results"].items():
        for size, value, (low, high) in zip(curve["sizes"], curve["uar"], curve["interval"], strict=True):
            lines.append(f"| {corpus} | {size} | {value:.3f} | {low:.3f}–{high:.3f} |")
        for size, value, (low, high) in zip(
            curve["ahead"], curve["extrapolated"], curve["extrapolated_interval"], strict=True
        ):
            lines.append(f"| {corpus} | *{size}, extrapolated* | *{value:.3f}* | *{low:.3f}–{high:.3f}* |")
    tried = [
        f"{corpus}: {curve['foretold_last']:.3f} foretold for {curve['sizes'][-1]} speakers from fewer, "
        f"{curve['uar'][-1]:.3f} measured"
        for corpus, curve in result["results"].items()
        if curve["foretold_last"] is not None
    ]
    lines += ["", f"The law tried on what is known: {'; '.join(tried)}."]
    common.show(NAME, "\n".join(lines))
    drawing(result).save(IMAGES / f"{NAME}.png")


def drawing(result: dict[str, Any]) -> Drawing:
    """UAR by the number of training speakers, and the law beyond."""
    said = "; ".join(
        f"{corpus}: {percent(curve['uar'][-1], 0)} with {curve['sizes'][-1]} speakers, "
        f"{percent(curve['extrapolated'][0], 0)} foretold with {curve['ahead'][0]}"
        for corpus, curve in result["results"].items()
    )
    panel = Panel(partial(_lines, curves=result["results"]), 6.4, 4.2, said)
    picture = Picture(NAME, "What do more speakers bring?", (panel,))
    words = f"Model `{result['model']}`, inductive. Dashed: a power law, not measured. Bands: 95 % intervals."
    return Drawing(picture, [words])


def _lines(axes: Axes, curves: dict[str, Any]) -> None:
    for colour, (corpus, curve) in zip(CORPUS_COLOURS, curves.items(), strict=False):
        axes.fill_between(
            curve["sizes"], *np.array(curve["interval"]).T, color=colour, alpha=0.15, linewidth=0
        )
        axes.plot(curve["sizes"], curve["uar"], "o-", color=colour, label=corpus)
        ahead = [curve["sizes"][-1], *curve["ahead"]]
        bounds = np.array([curve["interval"][-1], *curve["extrapolated_interval"]])
        axes.fill_between(ahead, *bounds.T, color=colour, alpha=0.07, linewidth=0)
        axes.plot(ahead, [curve["uar"][-1], *curve["extrapolated"]], "--", color=colour)
    axes.set(xlabel="training speakers", ylabel="UAR on new speakers", ylim=(0, 1), xscale="log")
    ticks = [2, 4, 8, 16, 32, 64]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    in_percent(axes.yaxis)
    legend(axes)


if __name__ == "__main__":
    main()
