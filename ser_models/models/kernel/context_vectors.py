"""Fisher vectors of contexts: how spectrum and F0 move within a third of a second, a syllable or two.

MFCC and intonation of 31 frames → cosine transform over time → whitened principal components → Fisher vectors
→ standardised → least squares

A frame with its Δ and ΔΔ covers a tenth of a second. The first coefficients of the cosine transform along
time describe a longer course (Milner, "A comparison of front-end configurations for robust speech
recognition", 2002).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ser_features.extractors.framewise import dct_basis
from ser_features.framing import overlapping
from ser_models.models.base import Arrays
from ser_models.models.hyperparameters import Count
from ser_models.models.kernel.fisher_vectors import CEPSTRA, FisherVectors, FisherVectorsF0, mean_normalised
from ser_models.safe_io.arrays import Form

CONTEXT = 31
"""Frames of a context, an odd number; beyond the ends of a recording its end frames are repeated."""

STEP = 2
"""Frames from one context to the next."""

COURSE = 6
"""Coefficients of the cosine transform along time: up to 8 Hz."""

CHANNELS = (*range(CEPSTRA), 3 * CEPSTRA, 3 * CEPSTRA + 2)
"""Positions among the frames of `mfcc` and `intonation` of the coefficients, the F0 and the share of voiced
frames; the transform replaces their derivatives."""

SAMPLED = 5
"""Every so many contexts are used for the principal components."""

FLOOR = 1e-3
"""Added to the variances of the components, as a share of the largest, so that none amplifies noise."""


@dataclass
class ContextVectors(FisherVectorsF0):
    """Ridge regression on Fisher vectors of contexts of MFCC and F0.

    Attributes:
        n_components: as in `fisher_vectors`.
        length: as in `fisher_vectors`.
        size: principal components of a context.
    """

    name: ClassVar[str] = "context_vectors"
    own: ClassVar[dict[str, Form]] = {
        **FisherVectors.own,
        "mean": ("float64", (None,)),
        "projection": ("float64", (None, None)),
    }
    size: Count = 40

    def fit_local(self, arrays: Arrays) -> dict[str, np.ndarray]:
        """Fit principal components of contexts: "mean" (coefficients,), "projection" (coefficients, size)."""
        sample = np.concatenate([own[::SAMPLED] for own in contexts(arrays)]).astype(np.float64)
        mean = sample.mean(axis=0)
        variances, directions = np.linalg.eigh((sample - mean).T @ (sample - mean) / max(len(sample), 1))
        largest = np.argsort(variances)[::-1][: self.size]
        scales = np.sqrt(np.maximum(variances[largest], 0) + FLOOR * variances.max())
        return {"mean": mean, "projection": directions[:, largest] / np.maximum(scales, np.finfo(float).tiny)}

    def local(self, arrays: Arrays, features: dict[str, np.ndarray]) -> Iterator[np.ndarray]:
        """Whitened principal components of each recording's contexts, (contexts, size) float32."""
        mean, projection = (features[name].astype(np.float32) for name in ("mean", "projection"))
        for own in contexts(arrays):
            yield (own - mean) @ projection


def contexts(arrays: Arrays) -> Iterator[np.ndarray]:
    """Contexts of each recording as coefficients of the cosine transform of every channel along time.

    Args:
        arrays: frames (n, length, bands) and mask (n, length).

    Yields:
        (contexts, channels · `COURSE`) float32 of each recording; the mean of each channel over the recording
        is subtracted.
    """
    basis = dct_basis(CONTEXT, COURSE).astype(np.float32)
    for frames in mean_normalised(arrays):
        if not len(frames):
            yield np.zeros((0, len(CHANNELS) * COURSE), np.float32)
            continue
        channels = frames[:, CHANNELS]
        channels[:, 0] -= channels[:, 0].mean()
        around = np.arange(-(CONTEXT // 2), len(channels) + CONTEXT // 2).clip(0, len(channels) - 1)
        courses = np.ascontiguousarray(channels[around].T)
        views = overlapping(courses, CONTEXT, STEP).transpose(1, 0, 2)
        yield (views.reshape(-1, CONTEXT) @ basis).reshape(len(views), -1)
