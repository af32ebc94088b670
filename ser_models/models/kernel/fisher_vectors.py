"""Fisher vectors of MFCC frames with ridge regression: spectral detail, independent of the order of frames.

frames (MFCC, Δ, ΔΔ) → cepstral mean normalisation → Gaussian mixture of all training frames → gradients of a
recording's log-likelihood by means and deviations → square root, L2 norm → standardised → least squares

Sources: Perronnin, Sánchez & Mensink, "Improving the Fisher kernel for large-scale image classification",
2010; for emotions Kaya, Karpov & Salah, "Fisher vectors with cascaded normalization for paralinguistic
analysis", 2015.

>>> FisherVectors().inputs.families
('mfcc',)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ser_models.data.inputs import FrameInputs
from ser_models.models.base import Arrays, Labelled, softmax
from ser_models.models.hyperparameters import Count
from ser_models.models.kernel.base import LeastSquares
from ser_models.models.kernel.ridge import CLIP
from ser_models.safe_io.arrays import Form

MIXTURE: dict[str, Form] = {
    "mixing": ("float64", (None,)),
    "means": ("float64", (None, None)),
    "deviations": ("float64", (None, None)),
}
"""Arrays of the Gaussian mixture: (k,), (k, bands), (k, bands)."""

FRAMES = 30_000
"""Maximum number of training frames of the mixture; more do not improve it."""

ITERATIONS = 20
"""Maximum number of EM iterations."""

MIN_VARIANCE = 1e-3
"""Added to every variance of the mixture of standardised frames."""

CEPSTRA = 13
"""Coefficients before their derivatives in a frame of the family `mfcc`."""


@dataclass
class FisherVectors(LeastSquares):
    """Ridge regression on Fisher vectors of MFCC frames.

    Attributes:
        n_components: Gaussians of the mixture.
        length: frames of the input, at the profile's hop length (600 are 6 s at 10 ms).
    """

    name = "fisher_vectors"
    own: ClassVar[dict[str, Form]] = {
        **MIXTURE,
        "centre": ("float64", (None,)),
        "scale": ("float64", (None,)),
    }
    n_components: Count = 48
    length: Count = 600

    @property
    def inputs(self) -> FrameInputs:
        """MFCC with their Δ and ΔΔ."""
        return FrameInputs(("mfcc",), self.length)

    def fit_features(self, both: Labelled, *, seed: int, fold: int) -> dict[str, np.ndarray]:
        """Fit the mixture to frames of all recordings, then the standardisation of their vectors."""
        mixture = _mixture(both.arrays, self.n_components, np.random.default_rng([seed, fold + 1]))
        unscaled = vectors(both.arrays, mixture)
        scale = unscaled.std(axis=0)
        return {**mixture, "centre": unscaled.mean(axis=0), "scale": np.where(scale > 0, scale, 1)}

    def design_matrix(self, arrays: Arrays, features: dict[str, np.ndarray]) -> np.ndarray:
        """Return the standardised vectors, clipped and divided by √columns."""
        standard = (vectors(arrays, features) - features["centre"]) / features["scale"]
        design: np.ndarray = np.clip(standard, -CLIP, CLIP) / np.sqrt(standard.shape[1])
        return design.astype(np.float32)


def vectors(arrays: Arrays, mixture: dict[str, np.ndarray]) -> np.ndarray:
    """Fisher vectors of recordings.

    Args:
        arrays: frames (n, length, bands) and mask (n, length).
        mixture: mixing (k,), means and deviations (k, bands).

    Returns:
        (n, 2 · k · bands) float64 of norm 1; 0 for a recording without valid frames.
    """
    return np.stack([_vector(frames.astype(np.float64), mixture) for frames in mean_normalised(arrays)])


def mean_normalised(arrays: Arrays) -> Iterator[np.ndarray]:
    """Valid frames of each recording after cepstral mean normalisation (Atal 1974).

    The mean over the recording is subtracted from every coefficient, which removes voice and channel; from
    the first, the level, its maximum. Derivatives have no such constant.

    Args:
        arrays: frames (n, length, bands) and mask (n, length).

    Yields:
        (valid frames, bands) of each recording.
    """
    for frames, valid in zip(arrays["frames"], arrays["mask"] > 0, strict=True):
        own = frames[valid].copy()
        if len(own):
            own[:, 1:CEPSTRA] -= own[:, 1:CEPSTRA].mean(axis=0)
            own[:, 0] -= own[:, 0].max()
        yield own


def responsibilities(frames: np.ndarray, mixture: dict[str, np.ndarray]) -> np.ndarray:
    """Posterior probability of each Gaussian for each frame, (frames, k); rows sum to 1."""
    precisions = mixture["deviations"] ** -2
    distances = frames**2 @ precisions.T - 2 * frames @ (mixture["means"] * precisions).T
    distances += (mixture["means"] ** 2 * precisions).sum(axis=1)
    logs = np.log(mixture["mixing"]) - np.log(mixture["deviations"]).sum(axis=1) - distances / 2
    posteriors: np.ndarray = softmax(logs) if len(logs) else logs
    return posteriors


def _vector(frames: np.ndarray, mixture: dict[str, np.ndarray]) -> np.ndarray:
    posteriors = responsibilities(frames, mixture)
    means, deviations = mixture["means"], mixture["deviations"]
    counts = posteriors.sum(axis=0)[:, None]
    sums, squares = posteriors.T @ frames, posteriors.T @ frames**2
    roots = np.sqrt(mixture["mixing"])[:, None] * max(len(frames), 1)
    by_mean = (sums - counts * means) / deviations / roots
    by_deviation = (squares - 2 * sums * means + counts * (means**2 - deviations**2)) / deviations**2
    vector = np.concatenate([by_mean, by_deviation / (roots * np.sqrt(2))]).ravel()
    vector = np.sign(vector) * np.sqrt(np.abs(vector))
    unit: np.ndarray = vector / max(float(np.linalg.norm(vector)), np.finfo(np.float64).tiny)
    return unit


def _mixture(arrays: Arrays, components: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Fit Gaussians with diagonal covariance to a sample of the frames."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    pooled = np.concatenate(list(mean_normalised(arrays)))
    frames = pooled[np.sort(rng.permutation(len(pooled))[:FRAMES])].astype(np.float64)
    mixture = GaussianMixture(
        min(components, len(frames)),
        covariance_type="diag",
        max_iter=ITERATIONS,
        reg_covar=MIN_VARIANCE,
        random_state=int(rng.integers(2**31)),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # full convergence is not needed
        mixture.fit(frames)
    return {
        "mixing": mixture.weights_,
        "means": mixture.means_,
        "deviations": np.sqrt(mixture.covariances_),
    }
