"""`FeatureExtractor`: recordings → an array of features, as a scikit-learn transformer.

paths, bytes or signals → `feature_rows` → (recordings, columns), names by `get_feature_names_out`

    make_pipeline(FeatureExtractor("functionals"), SerClassifier("ridge")).fit(paths, emotions)
"""

import warnings
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags

from ser_features.arguments import Names, names_of
from ser_features.config import DEFAULT_PROFILE
from ser_features.errors import listed
from ser_features.feature_rows import Plan, matrix, measure_all
from ser_features.sources import sources_of

SHOWN = 3
"""Refused recordings that a warning names."""


class FeatureExtractor(TransformerMixin, BaseEstimator):
    """The features of recordings, each computed from that recording alone, so that nothing is fitted.

    Args:
        features: families of columns: "core", "statistics", "functionals"; one or several.
        profile: name of the feature configuration.
        jobs: worker processes; None for one per core.
    """

    def __init__(
        self,
        features: Names = "functionals",
        *,
        profile: str = DEFAULT_PROFILE.name,
        jobs: int | None = 1,
    ) -> None:
        self.features = features
        self.profile = profile
        self.jobs = jobs

    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the names of families and profile; no recording is read.

        Raises:
            InputError: for an unknown name, or a family of frames.
        """
        self._plan()
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Compute the features.

        Args:
            X: recordings: paths, bytes, open files, (signal, rate) or parts; see `ser_features.sources`.

        Returns:
            (recordings, columns) float32; NaN where a value cannot be computed. A refused recording has NaN
            only, and a warning names it.

        Raises:
            InputError: if one is no recording, for an unknown name, or a family of frames.
        """
        plan, sources = self._plan(), sources_of(X)
        rows = list(measure_all(plan, [source.audio for source in sources], workers=self.jobs))
        refused = [
            f"{source.name}: {row.error}" for source, row in zip(sources, rows, strict=True) if row.error
        ]
        if refused:
            warnings.warn(
                f"{len(refused)} of {len(rows)} recordings are refused and have no features: "
                f"{listed(refused, SHOWN)}",
                stacklevel=2,
            )
        return matrix(plan, rows)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the columns, (columns,)."""
        return np.array(self._plan().names, dtype=object)

    def __sklearn_is_fitted__(self) -> bool:
        """Nothing is fitted."""
        return True

    def __sklearn_tags__(self) -> Tags:
        """It reads recordings instead of numbers, and nothing is fitted."""
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.no_validation = True
        tags.input_tags.two_d_array = False
        return tags

    def _plan(self) -> Plan:
        return Plan.of(names_of(self.features), self.profile)
