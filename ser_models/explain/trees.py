"""Boosted trees taken apart: what every feature adds to the score of every emotion, exactly.

scaled columns → XGBoost's own TreeSHAP → `Shares`: contributions that add up to the margin

The margin is what the trees add up to before the softmax: natural logarithms, so that 0.7 more doubles the
odds of an emotion against one whose margin stays. Lundberg et al., From local explanations to global
understanding with explainable AI for trees, Nature Machine Intelligence 2, 2020.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ser_models.artifact.folder import Artifact
from ser_models.artifact.native_backend import NativeBackend
from ser_models.data.inputs import Raw
from ser_models.models.trees import Xgboost

if TYPE_CHECKING:
    import xgboost


@dataclass(frozen=True)
class Shares:
    """What every feature adds to the margins.

    Attributes:
        by_feature: (recordings, classes, features) float64.
        base: margin of each class before anything is known of the recording, (recordings, classes).
        values: what the trees saw, scaled, (recordings, features).
    """

    by_feature: np.ndarray
    base: np.ndarray
    values: np.ndarray

    @property
    def margins(self) -> np.ndarray:
        """What it all adds up to, (recordings, classes)."""
        return self.base + self.by_feature.sum(axis=2)


def trees_of(artifact: Artifact) -> NativeBackend | None:
    """The recogniser, if it is boosted trees."""
    found = artifact.backend
    return found if isinstance(found, NativeBackend) and isinstance(found.model, Xgboost) else None


def shares(trees: NativeBackend, raw: Raw) -> Shares:
    """Take the answers to some recordings apart.

    Args:
        trees: as `trees_of` finds them.
        raw: unscaled values.
    """
    import xgboost

    columns = trees.scaler.transform(raw)["columns"]
    matrix = xgboost.DMatrix(columns)
    found = _booster(trees).predict(matrix, pred_contribs=True).astype(np.float64)
    return Shares(found[:, :, :-1], found[:, :, -1], columns)


def margins(trees: NativeBackend, raw: Raw) -> np.ndarray:
    """What the trees themselves say before the softmax, (recordings, classes)."""
    import xgboost

    matrix = xgboost.DMatrix(trees.scaler.transform(raw)["columns"])
    said: np.ndarray = _booster(trees).predict(matrix, output_margin=True)
    return said


def _booster(trees: NativeBackend) -> "xgboost.Booster":
    """The trees as XGBoost holds them."""
    assert isinstance(trees.model, Xgboost), "trees_of sees to it"
    assert trees.model.booster is not None, "an artifact's model is fitted"
    return trees.model.booster


def directions(taken_apart: Shares) -> np.ndarray:
    """Say which way each feature pulls: correlation of the rank of its value with what it adds.

    Ranks, so that a few extreme values do not decide; what is added is not ranked, so that a feature whose
    middle values speak for an emotion, and both ends as much against it, comes out near 0.

    Returns:
        (classes, features) float64, −1 to 1: above 0 where high values speak for the emotion, near 0 where
        neither end does; NaN where the value or its share never changes.
    """
    from scipy.stats import rankdata

    ranks = rankdata(taken_apart.values, axis=0)
    values = ranks - ranks.mean(axis=0)
    added = taken_apart.by_feature - taken_apart.by_feature.mean(axis=0)
    together = np.einsum("rf,rcf->cf", values, added)
    alone = np.sqrt((values**2).sum(axis=0) * (added**2).sum(axis=0))
    return np.divide(together, alone, out=np.full_like(together, np.nan), where=alone > 1e-9)
