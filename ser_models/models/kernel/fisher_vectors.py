"""Fisher vectors of MFCC frames with ridge regression: spectral detail, independent of the order of frames.

frames (MFCC, Δ, ΔΔ) → cepstral mean normalisation → Gaussian mixture of all training frames → gradients of a
recording's log-likelihood by means and deviations → square root, L2 norm → standardised → least squares

Sources: Perronnin, Sánchez & Mensink, "Improving the Fisher kernel for large-scale image classification",
2010; for emotions Kaya, Karpov & Salah, "Fisher vectors with cascaded normalization for paralinguistic
analysis", 2015.

>>> FisherVectors().inputs.families
('mfcc',)
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import ClassVar

import numpy as np

from ser_models.data.frame_inputs import FrameInputs
from ser_models.models.base import Arrays, Labelled
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

STANDARDISATION: dict[str, Form] = {"centre": ("float64", (None,)), "scale": ("float64", (None,))}
"""Arrays of `standardisation`."""

FRAMES = 30_000
"""Maximum number of training frames of the mixture; more do not improve it."""

ITERATIONS = 20
"""Maximum number of EM iterations."""

MIN_GAIN = 1e-3
"""Increase of the mean log-likelihood in an iteration below which EM ends; full convergence is not needed."""

MIN_VARIANCE = 1e-3
"""Added to every variance of the mixture of standardised frames."""

LOWEST_LOG = -700.0
"""Lower limit of the logarithms of posteriors: smaller powers take a processor many times as long."""

CONSTANT = 1e-6
"""Standard deviation up to which a column is constant but for rounding errors, which depend on the processor:
as of a band that is constant in all frames of a Gaussian, such as the share of voiced frames."""

AT_ONCE = 64
"""Recordings whose frames are in memory in double precision at the same time."""

CEPSTRA = 13
"""Coefficients before their derivatives in a frame of the family `mfcc`."""


@dataclass
class FisherVectors(LeastSquares):
    """Ridge regression on Fisher vectors of MFCC frames.

    Attributes:
        n_components: Gaussians of the mixture.
        length: frames of the input, at the profile's hop length (600 are 6 s at 10 ms).
    """

    name: ClassVar[str] = "fisher_vectors"
    own: ClassVar[dict[str, Form]] = {**MIXTURE, **STANDARDISATION}
    n_components: Count = 48
    length: Count = 600

    @property
    def inputs(self) -> FrameInputs:
        """MFCC with their Δ and ΔΔ."""
        return FrameInputs(("mfcc",), self.length)

    def fit_features(
        self, both: Labelled, *, seed: int, fold: int
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Fit the mixture to frames of all recordings, then the standardisation of their vectors."""
        transform = self.fit_local(both.arrays)
        rng = np.random.default_rng([seed, fold + 1])
        mixture = fit_mixture(self.local(both.arrays, transform), self.n_components, rng)
        unscaled = vectors(self.local(both.arrays, transform), mixture)
        features = {**transform, **mixture, **standardisation(unscaled)}
        return features, standardised(unscaled, features)

    def design_matrix(self, arrays: Arrays, features: dict[str, np.ndarray]) -> np.ndarray:
        """Return the standardised vectors, clipped and divided by √columns."""
        return standardised(vectors(self.local(arrays, features), features), features)

    def fit_local(self, arrays: Arrays) -> dict[str, np.ndarray]:
        """Fit what `local` needs of the training recordings: nothing."""
        return {}

    def local(self, arrays: Arrays, features: dict[str, np.ndarray]) -> Iterator[np.ndarray]:
        """What the mixture describes of each recording, (vectors, size): its frames as in `mean_normalised`.

        Args:
            arrays: frames (n, length, bands) and mask (n, length).
            features: from `fit_local`.
        """
        return mean_normalised(arrays)


@dataclass
class FisherVectorsF0(FisherVectors):
    """`fisher_vectors` whose frames have the course of the F0 beside the MFCC."""

    name: ClassVar[str] = "fisher_vectors_f0"

    @property
    def inputs(self) -> FrameInputs:
        """MFCC with their Δ and ΔΔ, then the F0, its Δ and the share of voiced frames."""
        return FrameInputs(("mfcc", "intonation"), self.length)


def vectors(recordings: Iterable[np.ndarray], mixture: dict[str, np.ndarray]) -> np.ndarray:
    """Fisher vectors of recordings.

    Args:
        recordings: n of them, each (frames, bands).
        mixture: mixing (k,), means and deviations (k, bands).

    Returns:
        (n, 2 · k · bands) float64 of norm 1; 0 for a recording without frames.
    """
    waiting = iter(recordings)
    blocks = iter(lambda: list(islice(waiting, AT_ONCE)), [])
    return np.concatenate([_vectors(block, mixture) for block in blocks])


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
        own = frames[valid]
        if len(own):
            own[:, 1:CEPSTRA] -= own[:, 1:CEPSTRA].mean(axis=0)
            own[:, 0] -= own[:, 0].max()
        yield own


def responsibilities(frames: np.ndarray, mixture: dict[str, np.ndarray]) -> np.ndarray:
    """Posterior probability of each Gaussian for each frame, (frames, k); rows sum to 1."""
    return _posteriors(_with_squares(frames), mixture)[0]


def fit_mixture(
    recordings: Iterable[np.ndarray], components: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Fit Gaussians with diagonal covariance to a sample of the frames.

    Expectation-maximisation from the clusters of k-means, as scikit-learn's `GaussianMixture` does it
    (tested); here both steps are one matrix product with the frames and their squares, computed once.

    Args:
        recordings: each (frames, bands).
        components: number of Gaussians; fewer if there are fewer frames.
        rng: of the sample and of the clusters.

    Returns:
        The arrays of `MIXTURE`.
    """
    from sklearn.cluster import KMeans

    pooled = np.concatenate(list(recordings))
    frames = pooled[np.sort(rng.permutation(len(pooled))[:FRAMES])].astype(np.float64)
    random = np.random.RandomState(int(rng.integers(2**31)))
    clusters = KMeans(min(components, len(frames)), n_init=1, random_state=random).fit(frames)
    expanded = _with_squares(frames)
    mixture = _maximised(expanded, np.eye(clusters.n_clusters)[clusters.labels_])
    likelihood = -np.inf
    for _ in range(ITERATIONS):
        posteriors, reached = _posteriors(expanded, mixture)
        mixture = _maximised(expanded, posteriors)
        if abs(reached - likelihood) < MIN_GAIN:
            break
        likelihood = reached
    return mixture


def _with_squares(frames: np.ndarray) -> np.ndarray:
    """Frames and their squares side by side, (frames, 2 · bands) float64."""
    bands = frames.shape[1]
    expanded = np.empty((len(frames), 2 * bands))
    expanded[:, :bands] = frames
    np.square(expanded[:, :bands], out=expanded[:, bands:])
    return expanded


def _posteriors(expanded: np.ndarray, mixture: dict[str, np.ndarray]) -> tuple[np.ndarray, float]:
    """Posteriors of the Gaussians, (frames, k), and the frames' mean log-likelihood up to a constant.

    Args:
        expanded: from `_with_squares`.
        mixture: the arrays of `MIXTURE`.
    """
    means, precisions = mixture["means"], mixture["deviations"] ** -2
    posteriors = expanded @ np.concatenate([means * precisions, -precisions / 2], axis=1).T
    posteriors += np.log(mixture["mixing"]) - np.log(mixture["deviations"]).sum(axis=1)
    posteriors -= (means**2 * precisions).sum(axis=1) / 2
    highest = posteriors.max(axis=1, keepdims=True)
    posteriors -= highest
    np.maximum(posteriors, LOWEST_LOG, out=posteriors)
    np.exp(posteriors, out=posteriors)
    totals = posteriors.sum(axis=1, keepdims=True)
    posteriors /= totals
    return posteriors, float((highest + np.log(totals)).mean()) if len(expanded) else 0.0


def _maximised(expanded: np.ndarray, posteriors: np.ndarray) -> dict[str, np.ndarray]:
    """The mixture with the highest likelihood for these posteriors."""
    counts = posteriors.sum(axis=0) + 10 * np.finfo(np.float64).eps
    means, squares = np.split(posteriors.T @ expanded / counts[:, None], 2, axis=1)
    return {
        "mixing": counts / counts.sum(),
        "means": means,
        "deviations": np.sqrt(squares - means**2 + MIN_VARIANCE),
    }


def _vectors(recordings: list[np.ndarray], mixture: dict[str, np.ndarray]) -> np.ndarray:
    """Fisher vectors of recordings, each (frames, bands), from the posteriors of all of their frames."""
    expanded = _with_squares(np.concatenate(recordings))
    posteriors = _posteriors(expanded, mixture)[0]
    ends = np.cumsum([len(own) for own in recordings]).tolist()
    own = [slice(start, end) for start, end in pairwise([0, *ends])]
    sums, squares = np.split(np.stack([posteriors[rows].T @ expanded[rows] for rows in own]), 2, axis=2)
    counts = np.stack([posteriors[rows].sum(axis=0) for rows in own])[..., None]
    means, deviations, roots = mixture["means"], mixture["deviations"], np.sqrt(mixture["mixing"])[:, None]
    by_mean = (sums - counts * means) / (deviations * roots)
    by_deviation = squares - 2 * sums * means + counts * (means**2 - deviations**2)
    by_deviation /= deviations**2 * roots * np.sqrt(2)
    # Sums over the frames instead of means, as the norm is 1 in the end.
    gradients = np.concatenate([by_mean, by_deviation], axis=1).reshape(len(recordings), -1)
    amounts = np.abs(gradients)
    norms = np.sqrt(amounts.sum(axis=1, keepdims=True))
    unit: np.ndarray = np.copysign(np.sqrt(amounts), gradients)
    unit /= np.maximum(norms, np.finfo(np.float64).tiny)
    return unit


def standardisation(unscaled: np.ndarray) -> dict[str, np.ndarray]:
    """Mean and standard deviation of columns, "centre" and "scale", (columns,) each; constant ones have 1."""
    scale = unscaled.std(axis=0)
    return {"centre": unscaled.mean(axis=0), "scale": np.where(scale > CONSTANT, scale, 1)}


def standardised(unscaled: np.ndarray, features: dict[str, np.ndarray]) -> np.ndarray:
    """Vectors with zero mean and unit variance in training, clipped and divided by √columns, float32."""
    standard = (unscaled - features["centre"]) / features["scale"]
    design: np.ndarray = np.clip(standard, -CLIP, CLIP) / np.sqrt(standard.shape[1])
    return design.astype(np.float32)
