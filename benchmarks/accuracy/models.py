"""UAR on unseen speakers: the models of this project and openSMILE's features, on the same folds.

    python -m benchmarks.accuracy.models --opensmile        # needs: pip install opensmile==2.6.0
    python -m benchmarks.accuracy.models --models crnn      # adds one model to the stored results
    python -m benchmarks.accuracy.models table              # writes docs/accuracy.md and its figure

Five folds over speakers; of TESS, which has two, one against the other. Everything is fitted on training
speakers. Inductive: no recording of a tested speaker is seen before, not even without its label.
Transductive: each speaker's voice is taken out by all of their recordings, without labels (`--speaker-norm`).
openSMILE's eGeMAPSv02 and ComParE_2016 go into the project's own `ridge`, tuned in the same way. Beside each
UAR stand its interval over speakers, the expected calibration error, the area under the risk-coverage curve,
and the paired difference to ComParE_2016 (to itself transductive for what is) with its interval.

What comes out is kept in docs/results/accuracy/ with seed, data and date; predictions in data/accuracy/, so
that a model that is measured later is compared on the same recordings.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy import common, opensmile_features
from benchmarks.accuracy.common import IMAGES, RESULTS, SEED, Run
from ser_models.data.examples import Examples, speaker_keys
from ser_models.evaluation.metrics import difference
from ser_models.evaluation.score import score
from ser_models.experiments.train import with_speed_perturb
from ser_models.reporting.figures.picture import Drawing, Picture
from ser_models.reporting.figures.results import Mark, comparison
from ser_models.training.config import TrainConfig
from ser_models.training.train import train

PREDICTIONS = Path("data/accuracy")
MODELS = ("logistic", "xgboost", "xgboost_functionals", "fisher_vectors", "ridge", "kernel_ridge", "best")
VARIED = ("ridge", "best")
"""Models that are also trained without copies, to see what those are worth, and transductive."""
PEER = "openSMILE ComParE_2016 + ridge"
ADAPTED = ", transductive"


def main() -> None:
    """Measure, or write the table."""
    parser = common.parser(__doc__)
    parser.add_argument("--models", nargs="*", default=MODELS)
    parser.add_argument("--opensmile", action="store_true")
    options = parser.parse_args()
    if options.what == "table":
        write_page()
        return
    with common.stored(options) as store:
        for corpus in options.corpora:
            measure(common.dealt(store, corpus, options.data), options.models, options.opensmile)


def measure(run: Run, models: list[str], opensmile: bool) -> None:
    """Test every system on one corpus and keep what comes out beside what is kept of others."""
    examples = run.examples
    corpus = examples.datasets[0]
    path = RESULTS / "accuracy" / f"{corpus}.json"
    known = common.kept(f"accuracy/{corpus}")["systems"] if path.exists() else {}
    folder = PREDICTIONS / examples.fingerprint
    folder.mkdir(parents=True, exist_ok=True)
    for name, predict in systems(run, models, opensmile):
        began = time.monotonic()
        table = predict()
        table.to_parquet(folder / f"{name}.parquet")
        known[name] = told(table, examples) | {"seconds": round(time.monotonic() - began)}
        peer = folder / f"{peer_of(name)}.parquet"
        if peer.exists():
            known[name]["over_peer"] = over(table, pd.read_parquet(peer), examples)
        print(f"{corpus} {name}: UAR {known[name]['uar']:.3f}, ECE {known[name]['ece']:.3f}", flush=True)
        common.keep(f"accuracy/{corpus}", [examples], {"protocol": run.split.protocol, "systems": known})


def peer_of(name: str) -> str:
    """The system that another is held against: the peer, transductive like the other."""
    return f"{PEER}{ADAPTED}" if name.endswith(ADAPTED) else PEER


def systems(run: Run, models: list[str], opensmile: bool) -> Iterator[tuple[str, Any]]:
    """Yield the name of every system, and what gives its predictions of the test recordings."""
    paths = [run.data / path for path in run.examples.rows["path"]]
    for name in opensmile_features.SETS if opensmile else ():
        columns = opensmile_features.functionals(name, paths, workers=2)
        for words, speaker_norm in (("", False), (ADAPTED, True)):
            predict = partial(opensmile_features.tested, run.examples, run.split, columns, seed=SEED)
            yield f"openSMILE {name} + ridge{words}", partial(predict, speaker_norm=speaker_norm)
    for model in models:
        yield model, partial(own, run, model)
        if model in VARIED:
            yield f"{model}, without copies", partial(own, run, model, speed_perturb=False)
            yield f"{model}{ADAPTED}", partial(own, run, model, speaker_norm=True)


def own(
    run: Run, model: str, *, speed_perturb: bool | None = None, speaker_norm: bool = False
) -> pd.DataFrame:
    """Predictions of one of the project's models."""
    config = TrainConfig(model, seed=SEED, speed_perturb=speed_perturb, speaker_norm=speaker_norm)
    return common.tested(train(*with_speed_perturb(run.store, run.examples, run.split, config), config))


KEPT = ("uar", "uar_ci95", "bootstrap_unit", "accuracy", "chance", "n")


def told(table: pd.DataFrame, examples: Examples) -> dict[str, Any]:
    """What is kept of predictions."""
    scores = score(table, examples.labels, seed=SEED)
    return {
        **{name: getattr(scores, name) for name in KEPT},
        "ece": scores.calibration.ece,
        "aurc": scores.risk_coverage.aurc,
    }


def over(table: pd.DataFrame, other: pd.DataFrame, examples: Examples) -> list[float]:
    """95 % interval of how much higher the UAR is than that of the other predictions."""
    both = table.merge(other[["file_id", "predicted"]], on="file_id", suffixes=("", "_other"))
    numbers = {label: place for place, label in enumerate(examples.labels)}
    truth, first, second = (
        both[name].map(numbers).to_numpy(dtype=np.int64)
        for name in ("emotion", "predicted", "predicted_other")
    )
    speakers = speaker_keys(both)
    return list(difference(truth, first, second, speakers, classes=len(numbers), seed=SEED))


def write_page() -> None:
    """Put the tables on the page, and draw the figure."""
    results = [common.kept(f"accuracy/{path.stem}") for path in sorted((RESULTS / "accuracy").glob("*.json"))]
    common.show("models", "\n\n".join(map(table_of, results)))
    drawing(results).save(IMAGES / "accuracy.png")


def table_of(result: dict[str, Any]) -> str:
    """One corpus as a Markdown table, the best system last."""
    lines = [
        f"**{common.told_of(result)}, {result['protocol']}**",
        "",
        "| system | UAR | 95 % interval | over ComParE_2016 | ECE | AURC | accuracy |",
        "|---|---|---|---|---|---|---|",
    ]
    systems = result["systems"]
    for name, found in sorted(systems.items(), key=lambda item: item[1]["uar"]):
        low, high = found["uar_ci95"]
        gap, peer = "", peer_of(name)
        if name != peer and "over_peer" in found:
            least, most = found["over_peer"]
            more = found["uar"] - systems[peer]["uar"]
            gap = f"{100 * more:+.1f} [{100 * least:+.1f}, {100 * most:+.1f}]"
        numbers = [f"{found[key]:.3f}" for key in ("ece", "aurc", "accuracy")]
        shown = f"*{name}*" if name.endswith(ADAPTED) else name
        cells = [shown, f"{found['uar']:.3f}", f"{low:.3f}–{high:.3f}", gap, *numbers]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def drawing(results: list[dict[str, Any]]) -> Drawing:
    """All systems of each corpus with their intervals."""
    panels = []
    for result in results:
        ordered = sorted(result["systems"].items(), key=lambda item: item[1]["uar"])
        marks = [Mark(name, found["uar"], tuple(found["uar_ci95"])) for name, found in ordered]
        panels.append(replace(comparison(marks, ordered[0][1]["chance"]), width=8.0))
    names = ", ".join(name for result in results for name in result["data"])
    picture = Picture("accuracy", "UAR on speakers that were never heard", tuple(panels), across=1)
    return Drawing(picture, [f"From top to bottom: {names}. Bars: 95 % intervals over speakers."])


if __name__ == "__main__":
    main()
