"""What was tried for new speakers and did not help, measured on the same folds as what did.

    python -m benchmarks.accuracy.ideas --data data/raw
    python -m benchmarks.accuracy.ideas table                      # docs/accuracy.md

Each idea changes one model in one way; its UAR stands beside that of the model as it is, with the interval of
the paired difference.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy import common
from benchmarks.accuracy.common import SEED, Run
from benchmarks.accuracy.models import over
from ser_features.extractors import FUNCTIONAL_COLUMNS, wide_family_of
from ser_models.data.inputs import ColumnInputs
from ser_models.evaluation.score import score
from ser_models.models.base import Arrays, Labelled, Model
from ser_models.models.kernel import fisher_vectors
from ser_models.models.kernel.fisher_vectors import FisherVectors
from ser_models.models.kernel.ridge import Ridge

NAME = "ideas"
DIRECTIONS = 10
"""Between speakers, that are projected out."""


@dataclass
class WithDeltas(Ridge):
    """`ridge` that reads the functionals of Δ as well."""

    @property
    def inputs(self) -> ColumnInputs:
        """Every functional, jitter and shimmer."""
        others = [name for name in super().inputs.columns if wide_family_of(name) is None]
        return ColumnInputs((*(column.name for column in FUNCTIONAL_COLUMNS), *others))


@dataclass
class WithoutSpeakers(Ridge):
    """`ridge` blind to the directions in which training speakers differ most (nuisance attribute projection).

    Solomonoff, Campbell & Boardman, "Advances in channel compensation for SVM speaker recognition", 2005.
    """

    def learn(self, both: Labelled, *, seed: int, fold: int) -> dict[str, np.ndarray]:
        """Find the directions between the means of speakers, each over its classes' means."""
        learned = super().fit_features(both, seed=seed, fold=fold)
        seen = super().design_matrix(both.arrays, learned).astype(np.float64)
        names = np.array(both.speakers)
        means = np.stack(
            [
                np.mean(
                    [seen[(names == who) & (both.targets == each)].mean(axis=0) for each in _of(both, who)],
                    axis=0,
                )
                for who in np.unique(names)
            ]
        )
        _, _, directions = np.linalg.svd(means - means.mean(axis=0), full_matrices=False)
        return {**learned, "nuisance": directions[:DIRECTIONS]}

    def represent(self, arrays: Arrays, learned: dict[str, np.ndarray]) -> np.ndarray:
        """What the machine sees, without those directions."""
        seen = super().design_matrix(arrays, learned)
        if "nuisance" not in learned:
            return seen
        blind: np.ndarray = seen - (seen @ learned["nuisance"].T) @ learned["nuisance"]
        return blind.astype(np.float32)


def _of(both: Labelled, who: str) -> list[int]:
    return sorted(set(both.targets[np.array(both.speakers) == who].tolist()))


class AsTheyAre(FisherVectors):
    """`fisher_vectors` on frames that keep their recording's mean."""

    def fit(self, *sides: Any, **how: Any) -> Any:
        """Fit with `levelled` out of the way; prediction follows in the same process."""
        fisher_vectors.levelled = _as_they_are
        return super().fit(*sides, **how)


def _as_they_are(arrays: Arrays) -> Any:
    for frames, real in zip(arrays["frames"], arrays["mask"] > 0, strict=True):
        yield frames[real].copy()


IDEAS: dict[str, tuple[Callable[[], Model], Callable[[], Model]]] = {
    "functionals of Δ too": (WithDeltas, Ridge),
    f"{DIRECTIONS} directions between speakers projected out": (WithoutSpeakers, Ridge),
    "frames keep their recording's mean": (AsTheyAre, FisherVectors),
}
"""The idea, and the model that it changes."""


def main() -> None:
    """Measure, or write the table."""
    options = common.parser(__doc__).parse_args()
    if options.what == "table":
        write_page()
        return
    common.by_corpus(NAME, options, measure, {})


def measure(run: Run) -> dict[str, dict[str, Any]]:
    """UAR of every idea, that of what it changes, and the interval of the difference."""
    found: dict[str, dict[str, Any]] = {}
    plain_levelled = fisher_vectors.levelled
    for idea, (changed, plain) in IDEAS.items():
        before = tested(run, plain)
        after = tested(run, changed)
        fisher_vectors.levelled = plain_levelled
        uars = [score(table, run.examples.labels, seed=SEED).uar for table in (before, after)]
        found[idea] = {"model": plain().name, "before": uars[0], "after": uars[1]}
        found[idea]["gain"] = over(after, before, run.examples)
    return found


def tested(run: Run, model: Callable[[], Model]) -> pd.DataFrame:
    """Predictions of the test recordings of every fold."""
    told = [common.tested(common.fitted(run, number, model())) for number in run.split.folds]
    return pd.concat(told, ignore_index=True)


def write_page() -> None:
    """Put the table on the page."""
    result = common.kept(NAME)
    lines = [
        common.told_of(result),
        "",
        "| idea | model | corpus | UAR as it is | UAR with it | gain, 95 % interval |",
        "|---|---|---|---|---|---|",
    ]
    for corpus, ideas in result["results"].items():
        for idea, found in ideas.items():
            low, high = (f"{100 * bound:+.1f}" for bound in found["gain"])
            lines.append(
                f"| {idea} | `{found['model']}` | {corpus} | {found['before']:.3f} | {found['after']:.3f} | "
                f"{low} to {high} points |"
            )
    common.show(NAME, "\n".join(lines))


if __name__ == "__main__":
    main()
