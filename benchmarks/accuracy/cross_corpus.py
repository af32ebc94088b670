"""UAR on a corpus that nothing was trained on: trained on all others, each left out in turn.

    python -m benchmarks.accuracy.cross_corpus          # with ComParE_2016 if opensmile==2.6.0 is installed
    python -m benchmarks.accuracy.cross_corpus table    # writes docs/accuracy.md

recordings of the six emotions → `make_split` by corpus → `train` → predictions for the corpus left out
→ UAR, calibration, and UAR of the recordings that each kind of warning is on, and of the others

The openSMILE features are balanced over corpora and classes, and their regularisation and calibration are
selected on held-out training corpora, in the same way. A class that a test corpus lacks may be predicted.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy import common, opensmile_features
from benchmarks.accuracy.common import SEED
from benchmarks.accuracy.models import gain
from ser_features.store import Store
from ser_models.data.examples import Examples, load_examples
from ser_models.data.split import Split, make_split
from ser_models.evaluation.score import score
from ser_models.experiments.train import optimised
from ser_models.inference.answer import UNSURE
from ser_models.models.kernel.ridge import LoudnessRidge, Ridge
from ser_models.ood.distribution import MEL, OOD_THRESHOLD, build
from ser_models.training.config import TrainConfig
from ser_models.training.train import train

NAME = "cross_corpus"
CORPORA = ("ravdess", "emodb", "tess", "nemo")
EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad")
BEST, OWN = "best", "ridge --optimise-for own"
SYSTEMS = {BEST: TrainConfig("best"), OWN: TrainConfig("ridge", speed_perturb=False, optimise_for="own")}
"""The recommended model, and what selection on held-out speakers reaches; inductively alone."""

REFERENCE = "ComParE_2016"
WAYS = {"inductive": False, "transductive": True}


def measure(options: argparse.Namespace) -> None:
    """Measure every system on every corpus, and store the results."""
    families = ("core", "functionals", "loudness", MEL)
    results: dict[str, dict[str, Any]] = {way: {} for way in WAYS}
    warned: dict[str, Any] = {}
    with common.open_or_extract(options, features=families, speed_perturb=False) as store:
        every = evenly_spaced(load_examples(store, options.corpora), options.limit)
        columns = compare_columns(every, options) if find_spec("opensmile") else None
        for test in options.corpora:
            split = make_split(every, kind="cross-corpus", test_datasets=[test], seed=SEED)
            for way, speaker_norm in WAYS.items():
                tables = dict(predictions(every, split, columns, speaker_norm=speaker_norm))
                results[way][test] = {name: _summary(tables, name, every) for name in tables}
                if not speaker_norm:
                    warned[test] = by_warning(store, every, split, tables[BEST])
                uars = {name: round(scores["uar"], 3) for name, scores in results[way][test].items()}
                print(f"tested on {test}, {way}: {uars}", flush=True)
            print(f"by warning: {warned[test]}", flush=True)
    parts = [common.of_corpora(every, [name]) for name in options.corpora]
    content = {"emotions": list(EMOTIONS), "results": results, "by_warning": warned}
    common.write_result(NAME, parts, content)


def evenly_spaced(examples: Examples, limit: int | None) -> Examples:
    """Recordings of the six emotions, at most `limit` of each corpus, evenly spaced in the order of names."""
    examples = examples.keep_labels(EMOTIONS, "not among the six emotions")
    kept = []
    for _, rows in examples.rows.sort_values("file_id").groupby("dataset"):
        count = min(len(rows), limit or len(rows))
        kept += rows["file_id"].iloc[np.linspace(0, len(rows) - 1, count).round().astype(int)].tolist()
    return examples.take(kept)


def compare_columns(examples: Examples, options: argparse.Namespace) -> np.ndarray:
    """ComParE_2016 of the recordings in their order, read from or written to the file of the options."""
    path: Path | None = options.columns
    if path and path.exists():
        with np.load(path) as stored:
            row_of = {name: row for row, name in enumerate(stored["ids"].tolist())}
            matrix: np.ndarray = stored["X"][[row_of[name] for name in examples.rows["file_id"]]]
        return matrix
    paths = [options.data / name for name in examples.rows["path"]]
    matrix = opensmile_features.functionals(REFERENCE, paths, workers=2)
    if path:
        np.savez(path, ids=np.array(examples.rows["file_id"], dtype=str), X=matrix)
    return matrix


def predictions(
    every: Examples, split: Split, columns: np.ndarray | None, *, speaker_norm: bool
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Test predictions of every system, the reference first."""
    if columns is not None:
        table = opensmile_features.predict(
            every,
            split,
            columns,
            seed=SEED,
            speaker_norm=speaker_norm,
            model=partial(Ridge, alphas=LoudnessRidge().alphas),
            optimise_for="other",
        )
        yield REFERENCE, table
    for name, config in SYSTEMS.items():
        if speaker_norm and name == OWN:
            continue
        corpora = every.take(split.side(split.final_fold, "train")).datasets
        settled = replace(optimised(config, corpora), seed=SEED, speaker_norm=speaker_norm)
        yield name, common.test_predictions(train(every, split, settled))


def by_warning(
    store: Store, every: Examples, split: Split, table: pd.DataFrame
) -> dict[str, dict[str, dict[str, float]]]:
    """Recordings, UAR and accuracy without and with each kind of warning, and any of both.

    Args:
        store: has the log-mel frames.
        every: the recordings.
        split: trains on all corpora but one.
        table: predictions for that one.
    """
    rows = {
        name: every.take(split.side(split.final_fold, name)).rows for name in ("train", "validation", "test")
    }
    reference = build(store, rows["train"], rows["validation"])
    assert reference is not None, "the store has log-mel frames"
    scores = reference.ood_score(store.frames(rows["test"], MEL))
    is_far = dict(zip(rows["test"]["file_id"], scores > OOD_THRESHOLD, strict=True))
    far = table["file_id"].map(is_far).to_numpy(dtype=bool)
    unsure = table["confidence"].to_numpy() < UNSURE
    kinds = {"ood_score": far, "confidence": unsure, "any": far | unsure}
    return {
        kind: {"without": _recognised(table[~warned]), "with": _recognised(table[warned])}
        for kind, warned in kinds.items()
    }


def _recognised(table: pd.DataFrame) -> dict[str, float]:
    """UAR of the emotions that occur, and accuracy; NaN of no recording."""
    accuracy = float((table["predicted"] == table["emotion"]).mean())
    return {"recordings": len(table), "uar": common.uar(table), "accuracy": accuracy}


def _summary(tables: dict[str, pd.DataFrame], name: str, examples: Examples) -> dict[str, Any]:
    scores = score(tables[name].reset_index(drop=True), examples.labels, seed=SEED)
    result: dict[str, Any] = {"uar": scores.uar, "uar_ci95": scores.uar_ci95, "ece": scores.calibration.ece}
    if name != REFERENCE and REFERENCE in tables:
        result["over_peer"] = gain(tables[name], tables[REFERENCE], examples)
    return result


def write_page() -> None:
    """Write the tables to the page."""
    result = common.read_result(NAME)
    text = f"UAR on {', '.join(result['emotions'])}: {common.describe(result)}"
    tables = [_table(by_corpus, way) for way, by_corpus in result["results"].items()]
    common.write_section(NAME, "\n\n".join([text, *tables, _confidence(result)]))


def _table(by_corpus: dict[str, Any], way: str) -> str:
    systems = list(next(iter(by_corpus.values())))
    rows = [_row(name, [scores[name] for scores in by_corpus.values()], by_corpus) for name in systems]
    return common.markdown([f"{way}: system", *by_corpus, "mean", "mean ECE"], rows)


def _confidence(result: dict[str, Any]) -> str:
    """Calibration of the inductive model, and its UAR without and with each kind of warning, by corpus."""
    rows = []
    for corpus, kinds in result["by_warning"].items():
        cells = [_both_sides(sides) for sides in kinds.values()]
        rows.append([corpus, f"{result['results']['inductive'][corpus][BEST]['ece']:.3f}", *cells])
    sides = ["`ood_score` at most 1 / above", f"confidence at least {UNSURE} / below", "no warning / any"]
    return common.markdown([f"inductive `{BEST}`", "ECE", *sides], rows)


def _both_sides(sides: dict[str, dict[str, float]]) -> str:
    """UAR without and with a warning, with the numbers of recordings."""
    return " / ".join(
        f"{one['uar']:.3f} ({one['recordings']:,})" if one["recordings"] else "no recording"
        for one in sides.values()
    )


def _row(name: str, scores: Sequence[dict[str, Any]], by_corpus: dict[str, Any]) -> list[str]:
    cells = []
    for own, others in zip(scores, by_corpus.values(), strict=True):
        low, high = own["uar_ci95"]
        cell = f"{own['uar']:.3f} [{low:.3f}, {high:.3f}]"
        if "over_peer" in own:
            least, most = own["over_peer"]
            more = own["uar"] - others[REFERENCE]["uar"]
            cell += f"; {100 * more:+.1f} [{100 * least:+.1f}, {100 * most:+.1f}]"
        cells.append(cell)
    means = [f"{np.mean([own[key] for own in scores]):.3f}" for key in ("uar", "ece")]
    title = f"openSMILE {name} + ridge" if name == REFERENCE else f"`{name}`"
    return [title, *cells, *means]


if __name__ == "__main__":
    arguments = common.parser(__doc__, CORPORA)
    arguments.add_argument("--columns", type=Path, help="file that keeps the openSMILE columns: .npz")
    arguments.add_argument("--limit", type=int, help="most recordings of a corpus, evenly spaced")
    common.main(arguments, measure, write_page)
