"""Power spectrum → centroid, roll-off and flux."""

from functools import lru_cache

import numpy as np

from ser_features.extractors.base import Analysis
from ser_features.manifest import Column

BLOCK_BINS = 16
"""Bins summed at once where the roll-off is looked for: first the block is found, then the bin in it."""


class Spectral:
    """Where the energy lies and how much it moves."""

    name = "spectral"
    version = 2
    columns: tuple[Column, ...] = (
        Column(
            "spectral_centroid_mean", "float32", "Hz", "Mean over frames of the magnitude's mean frequency."
        ),
        Column(
            "spectral_rolloff_mean", "float32", "Hz", "Mean frequency below which 85 % of the magnitude lie."
        ),
        Column("spectral_flux_mean", "float32", "dB", "Mean rise of the log-mel bands from frame to frame."),
    )

    def extract(self, analysis: Analysis) -> dict[str, float]:
        """One value per column; always computable (a silent frame has centroid and roll-off 0)."""
        frames = analysis.profile.frames
        frequencies = np.fft.rfftfreq(frames.n_fft, 1 / analysis.sample_rate)
        return {
            "spectral_centroid_mean": centroid(analysis.magnitude, frequencies).mean(),
            "spectral_rolloff_mean": rolloff(analysis.magnitude, frequencies, frames.rolloff).mean(),
            "spectral_flux_mean": analysis.onset_strength.mean(dtype=np.float64),
        }


def centroid(magnitude: np.ndarray, frequencies: np.ndarray) -> np.ndarray:
    """Magnitude-weighted mean frequency, as `librosa.feature.spectral_centroid`.

    Args:
        magnitude: shape (frames, bins), ≥ 0.
        frequencies: of the bins, shape (bins,), in Hz.

    Returns:
        float64, shape (frames,), in Hz; 0 for a silent frame.
    """
    total = magnitude.sum(axis=1)
    weighted = magnitude @ frequencies.astype(np.float32)
    return weighted / np.maximum(total, np.finfo(np.float32).tiny, dtype=np.float64)


def rolloff(magnitude: np.ndarray, frequencies: np.ndarray, share: float) -> np.ndarray:
    """Lowest frequency below which `share` of the magnitude lie, as `librosa.feature.spectral_rolloff`.

    Args:
        magnitude: shape (frames, bins), ≥ 0.
        frequencies: of the bins, shape (bins,), in Hz.
        share: 0–1.

    Returns:
        float64, shape (frames,), in Hz.
    """
    bins = magnitude.shape[1]
    cumulative = magnitude @ _block_ends(bins)
    wanted = np.float32(share) * cumulative[:, -1:]
    frame = np.arange(len(magnitude))
    block = np.argmax(cumulative[:, 1:] >= wanted, axis=1)
    inside = np.minimum(block[:, np.newaxis] * BLOCK_BINS + np.arange(BLOCK_BINS), bins - 1)
    sums = magnitude[frame[:, np.newaxis], inside]
    sums[:, 0] += cumulative[frame, block]
    # Rounding may leave the last sum below what is wanted: the bin is in this block all the same.
    before = (np.cumsum(sums, axis=1) < wanted)[:, :-1].sum(axis=1)
    return frequencies[inside[frame, before]]


@lru_cache(maxsize=8)
def _block_ends(bins: int) -> np.ndarray:
    """From bins to the sums of those before each block and of all, shape (bins, blocks + 1)."""
    ends = np.minimum(np.arange(0, bins + BLOCK_BINS, BLOCK_BINS), bins)
    return (np.arange(bins)[:, np.newaxis] < ends).astype(np.float32)
