"""Ideas for unseen speakers that did not improve the UAR, measured on the same folds as the models.

    python -m benchmarks.accuracy.ideas
    python -m benchmarks.accuracy.ideas table                      # writes docs/accuracy.md

Each idea changes one model in one respect; the table has the UAR of both, with the interval of the paired
difference.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy import common
from benchmarks.accuracy.common import SEED, Run
from benchmarks.accuracy.models import gain
from ser_features.extractors import FUNCTIONAL_COLUMNS, wide_family_of
from ser_models.data.inputs import ColumnInputs
from ser_models.evaluation.score import score
from ser_models.models.base import Arrays, Labelled, Model
from ser_models.models.kernel.fisher_vectors import FisherVectors
from ser_models.models.kernel.ridge import Ridge
from ser_models.models.kernel.solver import Design

NAME = "ideas"
DIRECTIONS = 10
"""Number of between-speaker directions that are projected out."""


@dataclass
class WithDeltas(Ridge):
    """`ridge` with the functionals of Δ features as additional inputs."""

    @property
    def inputs(self) -> ColumnInputs:
        """Every functional, jitter and shimmer."""
        others = [name for name in super().inputs.columns if wide_family_of(name) is None]
        return ColumnInputs((*(column.name for column in FUNCTIONAL_COLUMNS), *others))


@dataclass
class WithoutSpeakers(Ridge):
    """`ridge` without the main directions between training speakers (nuisance attribute projection).

    Solomonoff, Campbell & Boardman, "Advances in channel compensation for SVM speaker recognition", 2005.
    """

    def fit_features(self, both: Labelled, *, seed: int, fold: int) -> tuple[dict[str, np.ndarray], Design]:
        """Find the directions between the speakers' means, each averaged over the means of its classes."""
        state, design = super().fit_features(both, seed=seed, fold=fold)
        features = design[np.arange(len(design))].astype(np.float64)
        speakers = np.array(both.speakers)
        means = np.stack([_speaker_mean(features, both, speakers == name) for name in np.unique(speakers)])
        _, _, directions = np.linalg.svd(means - means.mean(axis=0), full_matrices=False)
        state = {**state, "nuisance": directions[:DIRECTIONS]}
        return state, self.design_matrix(both.arrays, state)

    def design_matrix(self, arrays: Arrays, features: dict[str, np.ndarray]) -> np.ndarray:  # noqa: D102
        matrix = super().design_matrix(arrays, features)
        if "nuisance" not in features:
            return matrix
        projected: np.ndarray = matrix - (matrix @ features["nuisance"].T) @ features["nuisance"]
        return projected.astype(np.float32)


def _speaker_mean(features: np.ndarray, both: Labelled, chosen: np.ndarray) -> np.ndarray:
    classes = np.unique(both.targets[chosen])
    means = [features[chosen & (both.targets == number)].mean(axis=0) for number in classes]
    return np.asarray(np.mean(means, axis=0))


class WithRecordingMeans(FisherVectors):
    """`fisher_vectors` on frames from which the mean of the recording is not subtracted."""

    def local(self, arrays: Arrays, features: dict[str, np.ndarray]) -> Iterator[np.ndarray]:  # noqa: D102
        return (frames[valid] for frames, valid in zip(arrays["frames"], arrays["mask"] > 0, strict=True))


IDEAS: dict[str, tuple[Callable[[], Model], Callable[[], Model]]] = {
    "functionals of Δ too": (WithDeltas, Ridge),
    f"{DIRECTIONS} directions between speakers projected out": (WithoutSpeakers, Ridge),
    "frames keep their recording's mean": (WithRecordingMeans, FisherVectors),
}
"""The changed model and the model that it changes, by idea."""


def measure(run: Run) -> dict[str, dict[str, Any]]:
    """UAR with and without every idea, and the interval of the difference."""
    results: dict[str, dict[str, Any]] = {}
    for idea, (changed, plain) in IDEAS.items():
        before, after = predict(run, plain), predict(run, changed)
        uars = [score(table, run.examples.labels, seed=SEED).uar for table in (before, after)]
        results[idea] = {"model": plain().name, "before": uars[0], "after": uars[1]}
        results[idea]["gain"] = gain(after, before, run.examples)
    return results


def predict(run: Run, model: Callable[[], Model]) -> pd.DataFrame:
    """Test predictions of every fold."""
    tables = [common.test_predictions(common.fit_fold(run, number, model())) for number in run.split.folds]
    return pd.concat(tables, ignore_index=True)


def write_page() -> None:
    """Write the table to the page."""
    result = common.read_result(NAME)
    rows = []
    for corpus, ideas in result["results"].items():
        for idea, uars in ideas.items():
            low, high = (f"{100 * bound:+.1f}" for bound in uars["gain"])
            numbers = [f"{uars[key]:.3f}" for key in ("before", "after")]
            rows.append([idea, f"`{uars['model']}`", corpus, *numbers, f"{low} to {high} points"])
    header = ["idea", "model", "corpus", "UAR without", "UAR with", "gain, 95 % interval"]
    common.write_section(NAME, f"{common.describe(result)}\n\n{common.markdown(header, rows)}")


if __name__ == "__main__":
    common.main(
        common.parser(__doc__), partial(common.by_corpus, NAME, measure=measure, content={}), write_page
    )
