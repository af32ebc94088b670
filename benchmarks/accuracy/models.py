"""UAR on unseen speakers: the models of this project and openSMILE's features, on the same folds.

    python -m benchmarks.accuracy.models --opensmile        # needs: pip install opensmile==2.6.0
    python -m benchmarks.accuracy.models --models svm       # adds one model to the stored results
    python -m benchmarks.accuracy.models table              # writes docs/accuracy.md and its figure

Five folds over speakers; TESS has two speakers, and two folds. Everything is fitted on training speakers.
Inductive: no recording of a test speaker is used. Transductive: features are normalised by speaker, with all
unlabelled recordings of each test speaker (`--speaker-norm`). openSMILE's eGeMAPSv02 and ComParE_2016 are the
input of the project's own `ridge`, tuned in the same way. Reported are UAR with its 95 % interval over
speakers, expected calibration error, area under the risk-coverage curve, and the paired difference to
ComParE_2016 (inductive or transductive alike) with its interval.

Results are stored in docs/results/accuracy/ with seed, data, profile and date; predictions in data/accuracy/,
so that models that are measured later are compared on the same recordings.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.accuracy import common, opensmile_features
from benchmarks.accuracy.common import IMAGES, RESULTS, SEED, Run
from ser_models.data.examples import Examples
from ser_models.evaluation.paired import paired_difference
from ser_models.evaluation.score import score
from ser_models.experiments.copies import with_copies
from ser_models.reporting.figures.comparison import Mark, comparison
from ser_models.reporting.figures.picture import Drawing, Picture
from ser_models.training.config import TrainConfig
from ser_models.training.train import train

PREDICTIONS = Path("data/accuracy")
MODELS = ("logistic", "xgboost", "xgboost_functionals", "fisher_vectors", "ridge", "kernel_ridge", "best")
VARIED = ("ridge", "best")
"""Models that are also trained without speed-perturbed copies, and transductively."""
REFERENCE = "openSMILE ComParE_2016 + ridge"
TRANSDUCTIVE = ", transductive"
METRICS = ("uar", "uar_ci95", "bootstrap_unit", "accuracy", "chance", "n")


def measure_all(options: argparse.Namespace) -> None:
    """Measure every corpus."""
    with common.open_or_extract(options) as store:
        for corpus in options.corpora:
            measure(common.make_run(store, corpus, options.data), options.models, options.opensmile)


def measure(run: Run, models: list[str], opensmile: bool) -> None:
    """Measure every system on one corpus and add the results to those of other systems."""
    examples = run.examples
    corpus = examples.datasets[0]
    path = RESULTS / "accuracy" / f"{corpus}.json"
    stored = common.read_result(f"accuracy/{corpus}")["systems"] if path.exists() else {}
    folder = PREDICTIONS / examples.fingerprint
    folder.mkdir(parents=True, exist_ok=True)
    for name, predict in systems(run, models, opensmile):
        began = time.monotonic()
        table = predict()
        table.to_parquet(folder / f"{name}.parquet")
        seconds = round(time.monotonic() - began)
        stored[name] = summary(table, examples) | {"seconds": seconds, "date": common.today()}
        if not name.startswith("openSMILE"):
            stored[name]["profile"] = run.store.profile.name
        reference = folder / f"{reference_of(name)}.parquet"
        if reference.exists():
            stored[name]["over_peer"] = gain(table, pd.read_parquet(reference), examples)
        print(f"{corpus} {name}: UAR {stored[name]['uar']:.3f}, ECE {stored[name]['ece']:.3f}", flush=True)
        content = {"protocol": run.split.protocol, "systems": stored}
        common.write_result(f"accuracy/{corpus}", [examples], content)


def reference_of(name: str) -> str:
    """The system that another is compared with: transductive if the other is."""
    return f"{REFERENCE}{TRANSDUCTIVE}" if name.endswith(TRANSDUCTIVE) else REFERENCE


def systems(run: Run, models: list[str], opensmile: bool) -> Iterator[tuple[str, Any]]:
    """Yield the name of every system, and a function that returns its test predictions."""
    paths = [run.data / path for path in run.examples.rows["path"]]
    for name in opensmile_features.SETS if opensmile else ():
        columns = opensmile_features.functionals(name, paths, workers=2)
        for suffix, speaker_norm in (("", False), (TRANSDUCTIVE, True)):
            predict = partial(opensmile_features.predict, run.examples, run.split, columns, seed=SEED)
            yield f"openSMILE {name} + ridge{suffix}", partial(predict, speaker_norm=speaker_norm)
    for model in models:
        yield model, partial(predict_model, run, model)
        if model in VARIED:
            yield f"{model}, without copies", partial(predict_model, run, model, speed_perturb=False)
            yield f"{model}{TRANSDUCTIVE}", partial(predict_model, run, model, speaker_norm=True)


def predict_model(
    run: Run, model: str, *, speed_perturb: bool | None = None, speaker_norm: bool = False
) -> pd.DataFrame:
    """Test predictions of one of the project's models."""
    config = TrainConfig(model, seed=SEED, speed_perturb=speed_perturb, speaker_norm=speaker_norm)
    data = with_copies(run.store, run.examples, run.split, config)
    return common.test_predictions(train(*data, config))


def summary(table: pd.DataFrame, examples: Examples) -> dict[str, Any]:
    """Metrics of predictions that are stored."""
    scores = score(table, examples.labels, seed=SEED)
    return {
        **{name: getattr(scores, name) for name in METRICS},
        "ece": scores.calibration.ece,
        "aurc": scores.risk_coverage.aurc,
    }


def gain(table: pd.DataFrame, other: pd.DataFrame, examples: Examples) -> list[float]:
    """95 % interval of the paired difference in UAR to other predictions."""
    apart = paired_difference(table, other, examples.labels, seed=SEED)
    assert apart is not None, "both were tested on the same recordings"
    return [apart.low, apart.high]


def write_page() -> None:
    """Write the tables to the page, and draw the figure."""
    files = sorted((RESULTS / "accuracy").glob("*.json"))
    results = [common.read_result(f"accuracy/{path.stem}") for path in files]
    common.write_section("models", "\n\n".join(map(table_of, results)))
    drawing(results).save(IMAGES / "accuracy.png")


def table_of(result: dict[str, Any]) -> str:
    """One corpus as a Markdown table, the best system last."""
    systems, rows = result["systems"], []
    for name, metrics in sorted(systems.items(), key=lambda item: item[1]["uar"]):
        low, high = metrics["uar_ci95"]
        over, reference = "", reference_of(name)
        if name != reference and "over_peer" in metrics:
            least, most = metrics["over_peer"]
            more = metrics["uar"] - systems[reference]["uar"]
            over = f"{100 * more:+.1f} [{100 * least:+.1f}, {100 * most:+.1f}]"
        numbers = [f"{metrics[key]:.3f}" for key in ("ece", "aurc", "accuracy")]
        title = f"*{name}*" if name.endswith(TRANSDUCTIVE) else name
        rows.append([title, f"{metrics['uar']:.3f}", f"{low:.3f}–{high:.3f}", over, *numbers])
    header = ["system", "UAR", "95 % interval", "over ComParE_2016", "ECE", "AURC", "accuracy"]
    return f"**{common.describe(result)}, {result['protocol']}**\n\n{common.markdown(header, rows)}"


def drawing(results: list[dict[str, Any]]) -> Drawing:
    """All systems of each corpus with their intervals."""
    panels = []
    for result in results:
        ordered = sorted(result["systems"].items(), key=lambda item: item[1]["uar"])
        marks = [Mark(name, metrics["uar"], tuple(metrics["uar_ci95"])) for name, metrics in ordered]
        panels.append(replace(comparison(marks, ordered[0][1]["chance"]), width=8.0))
    names = ", ".join(name for result in results for name in result["data"])
    picture = Picture("accuracy", "UAR on unseen speakers", tuple(panels), across=1)
    return Drawing(picture, [f"From top to bottom: {names}. Bars: 95 % intervals over speakers."])


if __name__ == "__main__":
    arguments = common.parser(__doc__)
    arguments.add_argument("--models", nargs="*", default=MODELS)
    arguments.add_argument("--opensmile", action="store_true")
    common.main(arguments, measure_all, write_page)
