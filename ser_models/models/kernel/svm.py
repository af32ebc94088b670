"""Support vector machines on functionals: the strongest of single models where speakers are few.

functionals, standardised → clipped → linear or radial kernel → least-squares machine → softmax

>>> Svm().inputs.columns[:2], SvmRbf().kernel
(('jitter', 'shimmer'), 'rbf')
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from ser_features.extractors.ssl import ssl_columns
from ser_models.data.inputs import ColumnInputs
from ser_models.models.base import Arrays, Labelled
from ser_models.models.feature_sets import FUNCTIONAL_INPUTS
from ser_models.models.hyperparameters import Count, Positive
from ser_models.models.kernel import ridge
from ser_models.models.kernel.machine import Machine

REACH = 6.0
"""Standard deviations beyond which a column says no more: one wild value must not outvote thousands."""

LANDMARKS = 4000
"""Recordings that a radial kernel compares with; of more, as many are drawn (Nyström's method; Williams &
Seeger, 2001). Up to there the machine is exact."""

JITTER = 1e-6
"""Added to the diagonal of the landmarks' kernel, in which two may be equal."""


@dataclass
class Svm(Machine):
    """A linear or radial machine; every column counts alike.

    Attributes:
        kernel: "linear", or "rbf", exp(−γ · mean squared difference of the columns).
        width: γ of the radial kernel.
    """

    name = "svm"
    kernel: Literal["linear", "rbf"] = "linear"
    width: Positive = 0.25

    @property
    def own(self) -> dict[str, int]:  # type: ignore[override]
        """The radial kernel needs its landmarks."""
        return {"landmarks": 2} if self.kernel == "rbf" else {}

    @property
    def inputs(self) -> ColumnInputs:
        """Functionals, jitter and shimmer."""
        return ColumnInputs(FUNCTIONAL_INPUTS)

    def learn(self, both: Labelled, *, seed: int, fold: int) -> dict[str, np.ndarray]:
        """Draw the landmarks where the kernel needs them."""
        if self.kernel == "linear":
            return {}
        columns = _columns(both.arrays)
        drawn = np.random.default_rng([seed, fold + 1]).permutation(len(columns))[:LANDMARKS]
        landmarks = columns[np.sort(drawn)]
        kernel = ridge.radial(landmarks, landmarks, self.width)
        kernel[np.diag_indices_from(kernel)] += JITTER
        return {"landmarks": landmarks, "root": cholesky(kernel, lower=True)}

    def represent(self, arrays: Arrays, learned: dict[str, np.ndarray]) -> np.ndarray:
        """Return the clipped columns, divided by √columns, or their likeness to the landmarks.

        While it is fitted the likenesses are made independent, so that their products are the kernel.
        """
        columns = _columns(arrays)
        if self.kernel == "linear":
            return columns
        likeness = ridge.radial(columns, learned["landmarks"], self.width)
        if "root" in learned:
            likeness = solve_triangular(learned["root"], likeness.T, lower=True).T
        return likeness.astype(np.float32)

    def settled(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Move what made the likenesses independent into the weights: half the size on disk."""
        if self.kernel == "linear":
            return arrays
        weights = solve_triangular(arrays["root"], arrays["weights"], lower=True, trans="T")
        return {name: array for name, array in arrays.items() if name != "root"} | {"weights": weights}


@dataclass
class SvmRbf(Svm):
    """The radial machine under a name of its own, so that an ensemble may have both."""

    name: ClassVar[str] = "svm_rbf"
    kernel: Literal["linear", "rbf"] = "rbf"


@dataclass
class SvmSsl(Svm):
    """The linear machine on pooled hidden states of a pretrained encoder.

    Attributes:
        size: of a hidden state of the store's encoder.
        pooling: what is read of the hidden states; "mean_std" needs a store that has both.
    """

    name: ClassVar[str] = "svm_ssl"
    size: Count = 768
    pooling: Literal["mean", "mean_std"] = "mean"

    @property
    def inputs(self) -> ColumnInputs:
        """What is pooled, of every dimension."""
        return ColumnInputs(tuple(column.name for column in ssl_columns(self.size, self.pooling)))


def _columns(arrays: Arrays) -> np.ndarray:
    columns = np.clip(arrays["columns"], -REACH, REACH)
    divided: np.ndarray = (columns / np.sqrt(columns.shape[1])).astype(np.float32)
    return divided
