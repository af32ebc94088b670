"""Fisher vectors of MFCC frames with a linear machine: what a voice's sounds are like, whatever their order.

frames (MFCC, Δ, ΔΔ) → less their own mean → mixture of Gaussians of all training frames → how a recording's
frames would move its means and deviations → root, norm 1 → standardised → least-squares machine → softmax

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
from ser_models.models.base import Arrays, Labelled
from ser_models.models.hyperparameters import Count
from ser_models.models.kernel.base import LeastSquares
from ser_models.models.kernel.ridge import CLIP

MIXTURE = {"mixing": 1, "means": 2, "deviations": 2}
FRAMES = 30_000
"""Training frames that the mixture is fitted to: more change nothing that matters."""

ROUNDS = 20
"""Most rounds of expectation and maximisation."""

LEAST_VARIANCE = 1e-3
"""Added to every variance of the mixture, of frames that are standardised."""


CEPSTRA = 13
"""Coefficients that come before their derivatives in a frame of the family `mfcc`."""


@dataclass
class FisherVectors(LeastSquares):
    """A bag of sounds.

    Attributes:
        n_components: of the mixture.
        length: frames that it hears, at the profile's hop (600 are 6 s at 10 ms).
    """

    name = "fisher_vectors"
    own: ClassVar[dict[str, int]] = {**MIXTURE, "centre": 1, "scale": 1}
    n_components: Count = 48
    length: Count = 600

    @property
    def inputs(self) -> FrameInputs:
        """MFCC with their Δ and ΔΔ."""
        return FrameInputs(("mfcc",), self.length)

    def learn(self, both: Labelled, *, seed: int, fold: int) -> dict[str, np.ndarray]:
        """Fit the mixture to frames of all recordings, then standardise their vectors."""
        mixture = _mixture(both.arrays, self.n_components, np.random.default_rng([seed, fold + 1]))
        found = vectors(both.arrays, mixture)
        scale = found.std(axis=0)
        return {**mixture, "centre": found.mean(axis=0), "scale": np.where(scale > 0, scale, 1)}

    def represent(self, arrays: Arrays, learned: dict[str, np.ndarray]) -> np.ndarray:
        """Return the standardised vectors, clipped and divided by √columns."""
        standard = (vectors(arrays, learned) - learned["centre"]) / learned["scale"]
        seen: np.ndarray = np.clip(standard, -CLIP, CLIP) / np.sqrt(standard.shape[1])
        return seen.astype(np.float32)


def vectors(arrays: Arrays, mixture: dict[str, np.ndarray]) -> np.ndarray:
    """Fisher vectors of recordings.

    Args:
        arrays: frames (n, length, bands) and mask (n, length).
        mixture: mixing (k,), means and deviations (k, bands).

    Returns:
        (n, 2 · k · bands) float64 of norm 1; 0 for a recording without a frame.
    """
    return np.stack([_vector(frames.astype(np.float64), mixture) for frames in levelled(arrays)])


def levelled(arrays: Arrays) -> Iterator[np.ndarray]:
    """Each recording's frames without what its voice, room and level are always like.

    From every coefficient its mean over the recording is taken (cepstral mean normalisation; Atal 1974), from
    the first, the level, its highest value; derivatives have no such part.

    Args:
        arrays: frames (n, length, bands) and mask (n, length).

    Yields:
        (real frames, bands) of each recording.
    """
    for frames, real in zip(arrays["frames"], arrays["mask"] > 0, strict=True):
        own = frames[real].copy()
        if len(own):
            own[:, 1:CEPSTRA] -= own[:, 1:CEPSTRA].mean(axis=0)
            own[:, 0] -= own[:, 0].max()
        yield own


def _vector(frames: np.ndarray, mixture: dict[str, np.ndarray]) -> np.ndarray:
    shares = responsibilities(frames, mixture)
    means, deviations = mixture["means"], mixture["deviations"]
    counts, sums, squares = shares.sum(axis=0)[:, None], shares.T @ frames, shares.T @ frames**2
    roots = np.sqrt(mixture["mixing"])[:, None] * max(len(frames), 1)
    moved = (sums - counts * means) / deviations / roots
    spread = (squares - 2 * sums * means + counts * (means**2 - deviations**2)) / deviations**2
    vector = np.concatenate([moved, spread / (roots * np.sqrt(2))]).ravel()
    vector = np.sign(vector) * np.sqrt(np.abs(vector))
    whole: np.ndarray = vector / max(float(np.linalg.norm(vector)), np.finfo(np.float64).tiny)
    return whole


def responsibilities(frames: np.ndarray, mixture: dict[str, np.ndarray]) -> np.ndarray:
    """Share of each Gaussian in each frame, (frames, k); rows sum to 1."""
    precisions = mixture["deviations"] ** -2
    distances = frames**2 @ precisions.T - 2 * frames @ (mixture["means"] * precisions).T
    distances += (mixture["means"] ** 2 * precisions).sum(axis=1)
    logs = np.log(mixture["mixing"]) - np.log(mixture["deviations"]).sum(axis=1) - distances / 2
    shares = np.exp(logs - logs.max(axis=1, keepdims=True)) if len(logs) else logs
    whole: np.ndarray = shares / shares.sum(axis=1, keepdims=True)
    return whole


def _mixture(arrays: Arrays, gaussians: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Fit Gaussians with diagonal covariance to some of the frames."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    every = np.concatenate(list(levelled(arrays)))
    frames = every[np.sort(rng.permutation(len(every))[:FRAMES])].astype(np.float64)
    fitted = GaussianMixture(
        min(gaussians, len(frames)),
        covariance_type="diag",
        max_iter=ROUNDS,
        reg_covar=LEAST_VARIANCE,
        random_state=int(rng.integers(2**31)),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # one that still moves serves as well
        fitted.fit(frames)
    return {
        "mixing": fitted.weights_,
        "means": fitted.means_,
        "deviations": np.sqrt(fitted.covariances_),
    }
