"""Members of `best`, compared on held-out training speakers: no test speaker decides which are chosen.

    python -m benchmarks.accuracy.members
    python -m benchmarks.accuracy.members table                    # writes docs/accuracy.md

In every fold each member predicts its training speakers in inner folds; an ensemble is pooled from these
predictions with the weights that it would have. Reported are UAR and balanced log loss of the recordings
without their copies, as means over the folds.
"""

import argparse
from dataclasses import replace
from functools import partial

import numpy as np

from benchmarks.accuracy import common
from benchmarks.accuracy.common import Run
from ser_features.manifest import VARIANT_MARK
from ser_models.data.batches import InMemory
from ser_models.models.base import Labelled
from ser_models.models.best import Best
from ser_models.models.ensemble import pool, pool_weights
from ser_models.models.kernel.base import LeastSquares
from ser_models.models.registry import create

NAME = "members"
FUNCTIONALS = ("group_ridge", "group_kernel_ridge")
FRAMES = ("fisher_vectors_f0", "context_vectors", "covariances")
ENSEMBLES = (
    ("ridge", "kernel_ridge", "fisher_vectors"),
    (*FUNCTIONALS, "fisher_vectors"),
    (*FUNCTIONALS, "fisher_vectors_f0"),
    (*FUNCTIONALS, "fisher_vectors_f0", "context_vectors"),
    (*FUNCTIONALS, "fisher_vectors_f0", "covariances"),
    (*FUNCTIONALS, *FRAMES),
    (*FUNCTIONALS, *FRAMES, "loudness_kernel_ridge"),
    Best().members,
)
"""The members of `best` in November, then what was added or replaced, up to those of `best`."""

MEMBERS = tuple(dict.fromkeys(name for ensemble in ENSEMBLES for name in ensemble))


def measure(run: Run, folds: int | None) -> dict[str, dict[str, float]]:
    """Inner UAR and log loss of every member and ensemble, by its members' names."""
    choices = (*((name,) for name in MEMBERS), *ENSEMBLES)
    rows: dict[str, list[dict[str, float]]] = {" ".join(names): [] for names in choices}
    for number in run.split.folds[:folds]:
        predictions = {name: held_out(run, number, name) for name in MEMBERS}
        labelled = training_side(run, number)
        for names in choices:
            chosen = [predictions[name] for name in names]
            rows[" ".join(names)].append(summary(pool(chosen, pool_weights(chosen, labelled)), labelled))
    return {
        names: {key: float(np.mean([row[key] for row in own])) for key in own[0]}
        for names, own in rows.items()
    }


def held_out(run: Run, number: int, name: str) -> np.ndarray:
    """Predictions of a fold's training recordings by fits without their speaker, (recordings, classes)."""
    model = create(name)
    assert isinstance(model, LeastSquares), "which predicts them while it is fitted"
    common.fit_fold(run, number, model)
    assert model.predicted_in_fit is not None
    return model.predicted_in_fit[1]


def training_side(run: Run, number: int) -> Labelled:
    """Classes and names of a fold's training recordings, copies included, in the order of `held_out`."""
    examples, split = common.training_data(run, create(MEMBERS[0]))
    sides = [examples.take(split.side(number, name)) for name in ("train", "validation")]
    targets = np.concatenate([side.targets for side in sides])
    file_ids = tuple(name for side in sides for name in side.rows["file_id"])
    return Labelled(InMemory({}), targets, len(examples.labels), file_ids)


def summary(predictions: np.ndarray, labelled: Labelled) -> dict[str, float]:
    """UAR and log loss without the copies."""
    originals = np.array([VARIANT_MARK not in name for name in labelled.file_ids])
    row = replace(labelled, targets=labelled.targets[originals]).row(predictions[originals], "")
    return {"uar": float(row["uar"]), "loss": float(row["loss"])}


def write_page() -> None:
    """Write the table to the page."""
    result = common.read_result(NAME)
    corpora = list(result["results"])
    header = ["members", *(f"{corpus}, {what}" for corpus in corpora for what in ("UAR", "log loss"))]
    rows = []
    for names in result["results"][corpora[0]]:
        metrics = [result["results"][corpus][names] for corpus in corpora]
        rows.append([names, *(f"{own[key]:.3f}" for own in metrics for key in ("uar", "loss"))])
    folds = "all folds" if result["folds"] is None else f"the first {result['folds']} of the folds"
    common.write_section(NAME, f"{common.describe(result)}, {folds}\n\n{common.markdown(header, rows)}")


def measure_all(options: argparse.Namespace) -> None:
    """Measure the corpora, on all folds or the first ones."""
    common.by_corpus(NAME, options, partial(measure, folds=options.folds), {"folds": options.folds})


if __name__ == "__main__":
    arguments = common.parser(__doc__, ("ravdess", "emodb"))
    arguments.add_argument("--folds", type=int, help="number of folds; default: all")
    common.main(arguments, measure_all, write_page)
