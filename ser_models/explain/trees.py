"""Exact SHAP values of boosted trees: what each feature adds to the margin of each emotion.

scaled columns → XGBoost's TreeSHAP → `ShapValues`, which sum to the margin

The margin is the sum of the trees before the softmax, in log-odds: an increase of 0.7 doubles the odds of an
emotion against one whose margin is constant. Lundberg et al., From local explanations to global understanding
with explainable AI for trees, Nature Machine Intelligence 2, 2020.
"""

from dataclasses import dataclass

import numpy as np

from ser_models.artifact.folder import Artifact
from ser_models.artifact.native_backend import NativeBackend
from ser_models.data.inputs import Raw
from ser_models.models.trees import Xgboost


@dataclass(frozen=True)
class ShapValues:
    """SHAP values of some recordings.

    Attributes:
        by_feature: (recordings, classes, features) float64.
        base: expected margin of each class over the training data, (recordings, classes).
        inputs: scaled features, (recordings, features).
    """

    by_feature: np.ndarray
    base: np.ndarray
    inputs: np.ndarray

    @property
    def margins(self) -> np.ndarray:
        """Sum of the SHAP values and the base, (recordings, classes)."""
        return self.base + self.by_feature.sum(axis=2)


def trees_of(artifact: Artifact) -> NativeBackend | None:
    """Return the backend of an artifact if it has boosted trees."""
    backend = artifact.backend
    return backend if isinstance(backend, NativeBackend) and isinstance(backend.model, Xgboost) else None


def shap_values(trees: NativeBackend, raw: Raw) -> ShapValues:
    """Return the SHAP values of recordings.

    Args:
        trees: result of `trees_of`.
        raw: unscaled values.
    """
    import xgboost

    columns = trees.scaler.transform(raw)["columns"]
    booster = trees.model.booster  # type: ignore[attr-defined]  # `trees_of` returns nothing else
    values = booster.predict(xgboost.DMatrix(columns), pred_contribs=True).astype(np.float64)
    return ShapValues(values[:, :, :-1], values[:, :, -1], columns)


def directions(shap: ShapValues) -> np.ndarray:
    """Return the direction of each effect: correlation of a feature's rank with its SHAP value.

    Features are ranked, so that a few extreme values have little influence. SHAP values are not, so that the
    direction is near 0 where medium values support an emotion and both extremes are equally against it.

    Returns:
        (classes, features) float64, −1 to 1: above 0 if high values support the emotion, below 0 if low
        values do; NaN where the feature or its SHAP value is constant.
    """
    from scipy.stats import rankdata

    ranks = rankdata(shap.inputs, axis=0)
    values = ranks - ranks.mean(axis=0)
    added = shap.by_feature - shap.by_feature.mean(axis=0)
    covariance = np.einsum("rf,rcf->cf", values, added)
    scale = np.sqrt((values**2).sum(axis=0) * (added**2).sum(axis=0))
    return np.divide(covariance, scale, out=np.full_like(covariance, np.nan), where=scale > 1e-9)
