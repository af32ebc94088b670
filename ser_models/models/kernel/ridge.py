"""Ridge regression on one-hot targets: linear, with an RBF kernel, and on pretrained hidden states.

columns, standardised → clipped → linear design or RBF similarities → regularised least squares → softmax

With `group_ridge` and `group_kernel_ridge` the columns are weighted by groups; `loudness_ridge` and
`loudness_kernel_ridge` read the course of the loudness as well, for other corpora.

>>> Ridge().inputs.columns[:2], KernelRidge().gamma
(('jitter', 'shimmer'), 0.25)
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np

from ser_features.extractors.ssl import ssl_columns
from ser_models.data.batches import BatchSource, InMemory
from ser_models.data.inputs import ColumnInputs
from ser_models.models.base import Arrays, ColumnModel, Labelled
from ser_models.models.feature_sets import FUNCTIONAL_INPUTS, GROUP_INPUTS, LOUDNESS_INPUTS, group_weights
from ser_models.models.hyperparameters import Count, Positive, Positives
from ser_models.models.kernel import solver
from ser_models.models.kernel.base import LeastSquares
from ser_models.models.kernel.solver import Design
from ser_models.safe_io.arrays import Form

CLIP = 6.0
"""Standard deviations at which columns are clipped: one outlier must not outweigh thousands of columns."""

LANDMARKS = 4000
"""Maximum number of landmarks of the RBF kernel. With at most as many training recordings the kernel is
exact; with more, landmarks are sampled (Nyström approximation; Williams & Seeger, 2001)."""

JITTER = 1e-6
"""Added to the diagonal of the landmarks' kernel matrix, which is singular if two landmarks are equal."""


@dataclass
class Ridge(ColumnModel, LeastSquares):
    """Linear ridge regression on the functionals."""

    name: ClassVar[str] = "ridge"
    usual_columns = FUNCTIONAL_INPUTS
    in_batches = True
    own: ClassVar[dict[str, Form]] = {}

    def fit_features(self, both: Labelled, *, seed: int, fold: int) -> tuple[dict[str, np.ndarray], Design]:
        """Return no arrays: the design is a fixed function of the columns, which may be on disk."""
        if isinstance(both.source, InMemory):
            return {}, self.design_matrix(both.source.arrays, {})
        return {}, StoredDesign(both.source, self.scaled)

    def design_matrix(self, arrays: Arrays, features: dict[str, np.ndarray]) -> np.ndarray:
        """Return the columns as in `scaled`."""
        return self.scaled(arrays)

    def scaled(self, arrays: Arrays) -> np.ndarray:
        """Return the clipped columns divided by √columns, (n, columns) float32."""
        return clipped(arrays)


@dataclass
class KernelRidge(Ridge):
    """Ridge regression with the RBF kernel exp(−γ · mean squared difference of the columns).

    Attributes:
        gamma: γ of the kernel.
    """

    name: ClassVar[str] = "kernel_ridge"
    in_batches = False
    own: ClassVar[dict[str, Form]] = {"landmarks": ("float32", (None, None))}
    gamma: Positive = 0.25
    norms: tuple[np.ndarray, np.ndarray] | None = field(default=None, init=False, repr=False)
    """The landmarks that were used last, and their squared norms, (landmarks,)."""

    def fit_features(self, both: Labelled, *, seed: int, fold: int) -> tuple[dict[str, np.ndarray], Design]:
        """Sample the landmarks and factorise their kernel matrix."""
        from scipy.linalg import cholesky  # not needed for prediction

        columns = self.scaled(both.arrays)
        drawn = np.random.default_rng([seed, fold + 1]).permutation(len(columns))[:LANDMARKS]
        landmarks = columns[np.sort(drawn)]
        kernel = solver.rbf_kernel(landmarks, landmarks, self.gamma)
        kernel[np.diag_indices_from(kernel)] += JITTER
        features = {"landmarks": landmarks, "root": cholesky(kernel, lower=True)}
        return features, self.design_matrix(both.arrays, features)

    def design_matrix(self, arrays: Arrays, features: dict[str, np.ndarray]) -> np.ndarray:
        """Return the similarities to the landmarks, (n, landmarks).

        While the model is fitted they are whitened, so that the products of two rows equal the kernel.
        """
        landmarks = features["landmarks"]
        if self.norms is None or self.norms[0] is not landmarks:
            self.norms = landmarks, solver.squared_norms(landmarks)
        similarities = solver.rbf_kernel(self.scaled(arrays), landmarks, self.gamma, self.norms[1])
        if "root" in features:
            from scipy.linalg import solve_triangular  # not needed for prediction

            similarities = solve_triangular(features["root"], similarities.T, lower=True).T
        return similarities.astype(np.float32)

    def compacted(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Fold the whitening into the weights, which halves the size on disk."""
        from scipy.linalg import solve_triangular  # not needed for prediction

        weights = solve_triangular(arrays["root"], arrays["weights"], lower=True, trans="T")
        return {name: array for name, array in arrays.items() if name != "root"} | {"weights": weights}


@dataclass
class GroupRidge(Ridge):
    """Linear ridge regression on functionals whose groups have fixed shares."""

    name: ClassVar[str] = "group_ridge"
    usual_columns = GROUP_INPUTS
    alphas: Positives = (0.3, 1.0, 3.0, 10.0, 30.0)

    def scaled(self, arrays: Arrays) -> np.ndarray:
        """Return the clipped columns, weighted and divided by √columns, (n, columns) float32."""
        weighted: np.ndarray = clipped(arrays) * group_weights(self.inputs.columns)
        return weighted


@dataclass
class GroupKernelRidge(GroupRidge, KernelRidge):
    """`group_ridge` with the RBF kernel."""

    name: ClassVar[str] = "group_kernel_ridge"
    in_batches = False


@dataclass
class LoudnessRidge(GroupRidge):
    """`group_ridge` with the course of the loudness as one more group, for other corpora."""

    name: ClassVar[str] = "loudness_ridge"
    usual_columns = LOUDNESS_INPUTS
    alphas: Positives = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)


@dataclass
class LoudnessKernelRidge(LoudnessRidge, GroupKernelRidge):
    """`loudness_ridge` with the RBF kernel."""

    name: ClassVar[str] = "loudness_kernel_ridge"


@dataclass
class RidgeSsl(Ridge):
    """Linear ridge regression on pooled hidden states of a pretrained encoder.

    Attributes:
        size: hidden size of the store's encoder.
        pooling: statistics of the hidden states over time; "mean_std" needs a store that has both.
    """

    name: ClassVar[str] = "ridge_ssl"
    size: Count = 768
    pooling: Literal["mean", "mean_std"] = "mean"

    @property
    def inputs(self) -> ColumnInputs:
        """Every pooled dimension, or the chosen columns."""
        own = (column.name for column in ssl_columns(self.size, self.pooling))
        return ColumnInputs(self.columns or tuple(own))


@dataclass(frozen=True)
class StoredDesign:
    """Columns on disk, scaled where they are read.

    Attributes:
        source: of the recordings.
        scaled: see `Ridge.scaled`.
    """

    source: BatchSource
    scaled: Callable[[Arrays], np.ndarray]

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, columns)."""
        return (len(self), *self.source.shapes["columns"])

    def __len__(self) -> int:
        return len(self.source)

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        """Columns of some recordings by their indices, (m, columns) float32."""
        return self.scaled(self.source.batch(rows))


def clipped(arrays: Arrays) -> np.ndarray:
    """Columns clipped at `CLIP` and divided by √columns, (n, columns) float32."""
    columns = np.clip(arrays["columns"], -CLIP, CLIP)
    divided: np.ndarray = (columns / np.sqrt(columns.shape[1])).astype(np.float32)
    return divided
