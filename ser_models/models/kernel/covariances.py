"""Logarithm of a recording's covariance of frames: what varies, and what varies together.

frames (MFCC, Δ, ΔΔ, F0) → covariance over time → matrix logarithm → upper triangle → standardised → least
squares

The logarithm maps covariances into a space where straight lines are meaningful, so that a linear model can
read them (Arsigny et al., "Log-Euclidean metrics for fast and simple calculus on diffusion tensors", 2006).
A filter that is constant over the recording does not change a covariance of cepstra.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from ser_models.data.frame_inputs import FrameInputs
from ser_models.models.base import Arrays, Labelled
from ser_models.models.hyperparameters import Count
from ser_models.models.kernel.base import LeastSquares
from ser_models.models.kernel.fisher_vectors import STANDARDISATION, standardisation, standardised
from ser_models.safe_io.arrays import Form

SHRINKAGE = 0.1
"""Added to the variances of standardised frames: a short recording has fewer directions than bands."""


@dataclass
class Covariances(LeastSquares):
    """Ridge regression on logarithms of the covariance matrix of MFCC and F0.

    Attributes:
        length: frames of the input, at the profile's hop length (600 are 6 s at 10 ms).
    """

    name: ClassVar[str] = "covariances"
    own: ClassVar[dict[str, Form]] = STANDARDISATION
    length: Count = 600

    @property
    def inputs(self) -> FrameInputs:
        """MFCC with their Δ and ΔΔ, then the F0, its Δ and the share of voiced frames."""
        return FrameInputs(("mfcc", "intonation"), self.length)

    def fit_features(
        self, both: Labelled, *, seed: int, fold: int
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Fit the standardisation of the logarithms."""
        unscaled = log_covariances(both.arrays)
        features = standardisation(unscaled)
        return features, standardised(unscaled, features)

    def design_matrix(self, arrays: Arrays, features: dict[str, np.ndarray]) -> np.ndarray:
        """Return the standardised logarithms, clipped and divided by √columns."""
        return standardised(log_covariances(arrays), features)


def log_covariances(arrays: Arrays) -> np.ndarray:
    """Upper triangles of log(C + `SHRINKAGE` · identity), C the covariance of a recording's frames.

    Args:
        arrays: frames (n, length, bands) and mask (n, length).

    Returns:
        (n, bands · (bands + 1) / 2) float64; elements beside the diagonal times √2, so that the norm is that
        of the matrix.
    """
    bands = arrays["frames"].shape[2]
    matrices = np.tile(SHRINKAGE * np.eye(bands), (len(arrays["mask"]), 1, 1))
    for matrix, frames, valid in zip(matrices, arrays["frames"], arrays["mask"] > 0, strict=True):
        own = frames[valid].astype(np.float64)
        own -= own.mean(axis=0) if len(own) else 0
        matrix += own.T @ own / max(len(own), 1)
    variances, directions = np.linalg.eigh(matrices)
    logarithms = (directions * np.log(variances)[:, None]) @ directions.transpose(0, 2, 1)
    places, factors = _triangle(bands)
    triangles: np.ndarray = logarithms.reshape(len(matrices), -1)[:, places] * factors
    return triangles


@lru_cache(maxsize=8)
def _triangle(bands: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the upper triangle in a matrix row by row, and 1 on the diagonal, √2 beside it."""
    rows, columns = np.triu_indices(bands)
    return rows * bands + columns, np.where(rows == columns, 1, np.sqrt(2))
