"""How well are new speakers recognised? This project's models and openSMILE's features, on the same folds.

    python -m benchmarks.accuracy --data data/raw --opensmile         # needs: pip install opensmile==2.6.0
    python -m benchmarks.accuracy --data data/raw --models crnn       # one more, beside what is there
    python -m benchmarks.accuracy table                               # docs/accuracy.md and its figure

Five folds over speakers; of TESS, which has two, one against the other. Everything is fitted on training
speakers. Inductive: no recording of a tested speaker is seen before, not even without its label.
Transductive: each speaker's voice is taken out by all of their recordings, without labels (`--speaker-norm`).
openSMILE's eGeMAPSv02 and ComParE_2016 go into the project's own `svm`, tuned in the same way. Beside each
UAR stand its interval over speakers, the expected calibration error, the area under the risk-coverage curve,
and the paired difference to ComParE_2016 (to itself transductive for what is) with its interval.

What comes out is kept in docs/results/accuracy/ with seed, data and date; predictions in data/accuracy/, so
that a model that is measured later is compared on the same recordings.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import peers
from ser_features.augment import SPEED_COPIES
from ser_features.engine import extract_corpora
from ser_features.engine.augment import augment_store
from ser_features.store import Store, open_store
from ser_models.card import versions
from ser_models.dataset import Examples, load_examples, speaker_keys
from ser_models.evaluation.bootstrap import difference
from ser_models.evaluation.score import score
from ser_models.experiment import Plan, with_copies
from ser_models.figures.comparison import Mark, comparison
from ser_models.figures.picture import Drawing, Picture
from ser_models.split import Split, make_split
from ser_models.training import train

PREDICTIONS = Path("data/accuracy")
DOCS = Path(__file__).parents[1] / "docs"
RESULTS, PAGE, FIGURE = DOCS / "results" / "accuracy", DOCS / "accuracy.md", DOCS / "images" / "accuracy.png"
BEGIN, END = "<!-- begin: benchmarks/accuracy.py -->", "<!-- end -->"
FAMILIES = ("core", "functionals", "mfcc")
MODELS = ("logistic", "xgboost", "xgboost_functionals", "fisher", "svm", "svm_rbf", "best")
VARIED = ("svm", "best")
"""Models that are also trained without copies, to see what those are worth, and transductive."""
PEER = "openSMILE ComParE_2016 + svm"
ADAPTED = ", transductive"
MOST_FOLDS = 5
SEED = 0


@dataclass(frozen=True)
class Run:
    """One corpus with its folds.

    Attributes:
        store: where the features are.
        examples: its recordings.
        split: its folds.
        data: where the recordings are.
    """

    store: Store
    examples: Examples
    split: Split
    data: Path


def main() -> None:
    """Measure, or write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", nargs="?", choices=["measure", "table"], default="measure")
    parser.add_argument("--data", type=Path, default=Path("data/raw"))
    parser.add_argument("--store", type=Path, help="with functionals, mfcc and copies; default: extracted")
    parser.add_argument("--corpora", nargs="+", default=["ravdess", "emodb", "tess"])
    parser.add_argument("--models", nargs="*", default=MODELS)
    parser.add_argument("--opensmile", action="store_true")
    options = parser.parse_args()
    if options.what == "table":
        write_page()
        return
    with tempfile.TemporaryDirectory() as folder:
        root = options.store or Path(folder) / "store"
        if not options.store:
            extract_corpora(options.corpora, data=options.data, store=root, families=FAMILIES)
            augment_store(root, options.data, SPEED_COPIES, datasets=options.corpora, families=FAMILIES)
        for corpus in options.corpora:
            measure(run_of(open_store(root), corpus, options.data), options.models, options.opensmile)


def run_of(store: Store, corpus: str, data: Path) -> Run:
    """Deal a corpus's speakers to folds."""
    examples = load_examples(store, [corpus])
    folds = min(MOST_FOLDS, len(set(examples.groups)))
    return Run(store, examples, make_split(examples, folds=folds, ship=False, seed=SEED), data)


def measure(run: Run, models: list[str], opensmile: bool) -> None:
    """Test every system on one corpus and keep what comes out."""
    kept = RESULTS / f"{run.examples.datasets[0]}.json"
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {"systems": {}}
    folder = PREDICTIONS / run.examples.fingerprint
    folder.mkdir(parents=True, exist_ok=True)
    measured = []
    for name, predict in systems(run, models, opensmile):
        began = time.monotonic()
        table = predict()
        table.to_parquet(folder / f"{name}.parquet")
        measured.append(name)
        found = told(table, run.examples)
        known["systems"][name] = found | {"seconds": round(time.monotonic() - began)}
        print(
            f"{run.examples.datasets[0]} {name}: UAR {found['uar']:.3f}, ECE {found['ece']:.3f}", flush=True
        )
    for name in measured:
        peer_file = folder / f"{PEER}{ADAPTED if name.endswith(ADAPTED) else ''}.parquet"
        if peer_file.exists():
            tables = (pd.read_parquet(path) for path in (folder / f"{name}.parquet", peer_file))
            known["systems"][name]["over_peer"] = over(*tables, run.examples)
    known |= {
        "corpus": run.examples.datasets[0],
        "protocol": run.split.protocol,
        "speakers": len(set(run.examples.groups)),
        "recordings": len(run.examples),
        "fingerprint": run.examples.fingerprint,
        "seed": SEED,
        "date": datetime.now(UTC).date().isoformat(),
        "versions": versions(),
    }
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def systems(run: Run, models: list[str], opensmile: bool) -> Iterator[tuple[str, Any]]:
    """Yield the name of every system, and what gives its predictions of the test recordings."""
    paths = [run.data / path for path in run.examples.rows["path"]]
    for name in peers.SETS if opensmile else ():
        columns = peers.functionals(name, paths, workers=2)
        for words, speaker_norm in (("", False), (ADAPTED, True)):
            predict = partial(peers.tested, run.examples, run.split, columns, seed=SEED)
            yield f"openSMILE {name} + svm{words}", partial(predict, speaker_norm=speaker_norm)
    for model in models:
        yield model, partial(own, run, model)
        if model in VARIED:
            yield f"{model}, without copies", partial(own, run, model, copies=False)
            yield f"{model}{ADAPTED}", partial(own, run, model, speaker_norm=True)


def own(run: Run, model: str, *, copies: bool | None = None, speaker_norm: bool = False) -> pd.DataFrame:
    """Predictions of one of the project's models."""
    plan = Plan(model=model, seed=SEED, copies=copies)
    examples, split = with_copies(run.store, run.examples, run.split, plan)
    found = train(examples, split, model=model, seed=SEED, speaker_norm=speaker_norm).predictions
    return found[found["split"] == "test"]


def told(table: pd.DataFrame, examples: Examples) -> dict[str, Any]:
    """What is kept of predictions."""
    found = score(table, examples.labels, seed=SEED)
    return {
        **{name: found[name] for name in ("uar", "interval", "interval_over", "accuracy", "chance", "n")},
        "ece": found["calibration"]["ece"],
        "aurc": found["selective"]["aurc"],
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
    """Put the table between the markers of the page, and draw the figure."""
    results = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))]
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    table = "\n\n".join(map(table_of, results))
    PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")
    drawing(results).save(FIGURE)


def table_of(result: dict[str, Any]) -> str:
    """One corpus as a Markdown table, the best system last."""
    lines = [
        f"**{result['corpus']}**: {result['recordings']:,} recordings, {result['speakers']} speakers, "
        f"{result['protocol']}, seed {result['seed']}, data `{result['fingerprint']}`, {result['date']}",
        "",
        "| system | UAR | 95 % interval | over ComParE_2016 | ECE | AURC | accuracy |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, found in sorted(result["systems"].items(), key=lambda item: item[1]["uar"]):
        low, high = found["interval"]
        gap = ""
        peer = f"{PEER}{ADAPTED if name.endswith(ADAPTED) else ''}"
        if name != peer and "over_peer" in found:
            least, most = found["over_peer"]
            more = found["uar"] - result["systems"][peer]["uar"]
            gap = f"{100 * more:+.1f} [{100 * least:+.1f}, {100 * most:+.1f}]"
        cells = [
            f"*{name}*" if name.endswith(ADAPTED) else name,
            f"{found['uar']:.3f}",
            f"{low:.3f}–{high:.3f}",
            gap,
            f"{found['ece']:.3f}",
            f"{found['aurc']:.3f}",
            f"{found['accuracy']:.3f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def drawing(results: list[dict[str, Any]]) -> Drawing:
    """All systems of each corpus with their intervals."""
    panels = []
    for result in results:
        ordered = sorted(result["systems"].items(), key=lambda item: item[1]["uar"])
        marks = [Mark(name, found["uar"], tuple(found["interval"])) for name, found in ordered]
        panels.append(comparison(marks, ordered[0][1]["chance"]))
    names = ", ".join(result["corpus"] for result in results)
    picture = Picture("accuracy", "UAR on speakers that were never heard", tuple(panels))
    return Drawing(picture, [f"From left to right: {names}. Bars: 95 % intervals over speakers."])


if __name__ == "__main__":
    main()
