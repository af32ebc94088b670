"""Onset strength → tempo."""

from functools import lru_cache

import numpy as np
import scipy.fft

from ser_features.config import TempoConfig
from ser_features.extractors.base import Analysis
from ser_features.extractors.filters import hann
from ser_features.manifest import Column

BLOCK_FRAMES = 1024
"""Frames transformed at once, so that ten minutes of speech need no gigabytes."""


class Rhythm:
    """How fast events follow each other."""

    name = "rhythm"
    version = 1
    columns: tuple[Column, ...] = (
        Column("tempo_bpm", "float32", "beats/min", "Tempo of the onset strength under a prior around 120."),
    )

    def extract(self, analysis: Analysis) -> dict[str, float]:
        """One value per column; always computable."""
        frame_rate = analysis.sample_rate / analysis.profile.frames.hop_length
        return {"tempo_bpm": tempo(analysis.onset_strength, frame_rate, analysis.profile.tempo)}


def tempo(onset_strength: np.ndarray, frame_rate: float, config: TempoConfig) -> float:
    """The most likely tempo, as `librosa.feature.tempo` (Ellis 2007) computes it.

    Args:
        onset_strength: shape (frames,), ≥ 0.
        frame_rate: in frames per second.
        config: prior, range and window.

    Returns:
        In beats per minute.
    """
    lags = int(config.window_seconds * frame_rate)
    similarity = mean_autocorrelation(onset_strength, lags)
    bpm, log_prior = _prior(lags, frame_rate, config)
    return float(bpm[np.argmax(np.log1p(1e6 * similarity) + log_prior)])


@lru_cache(maxsize=8)
def _prior(lags: int, frame_rate: float, config: TempoConfig) -> tuple[np.ndarray, np.ndarray]:
    """Tempo of each lag, and its log-normal prior; lag 0 and tempos above the maximum are impossible."""
    bpm = np.concatenate([[np.inf], 60 * frame_rate / np.arange(1, lags)])
    with np.errstate(invalid="ignore"):
        log_prior = -0.5 * ((np.log2(bpm) - np.log2(config.start_bpm)) / config.std_bpm) ** 2
    log_prior[bpm >= config.max_bpm] = -np.inf
    return bpm, log_prior


def mean_autocorrelation(onset_strength: np.ndarray, window: int) -> np.ndarray:
    """Mean over frames of the normalised autocorrelation around each frame (mean of librosa's tempogram).

    Every local autocorrelation is divided by its value at lag 0. As the inverse Fourier transform is
    linear, the divided power spectra are averaged first and transformed back once.

    Args:
        onset_strength: shape (frames,).
        window: length of the Hann-windowed neighbourhood, in frames.

    Returns:
        float32, shape (window,), ≤ 1.
    """
    ramped = np.pad(onset_strength, window // 2, mode="linear_ramp")
    around = np.lib.stride_tricks.sliding_window_view(ramped, window)[: onset_strength.size]
    power = np.zeros(window + 1, np.float32)
    for start in range(0, len(around), BLOCK_FRAMES):
        power += _summed_power(around[start : start + BLOCK_FRAMES])
    return scipy.fft.irfft(power / np.float32(len(around)), 2 * window)[:window]


def _summed_power(around: np.ndarray) -> np.ndarray:
    """Sum over frames of the power spectrum of each windowed neighbourhood, divided by its energy."""
    frames, window = around.shape
    windowed = np.zeros((frames, 2 * window), np.float32)
    np.multiply(around, hann(window, window), out=windowed[:, :window])
    energy = np.einsum("ij,ij->i", windowed[:, :window], windowed[:, :window])
    spectrum = scipy.fft.rfft(windowed, axis=1)
    weights = 1 / np.where(energy > np.finfo(np.float32).tiny, energy, np.float32(1))
    return weights @ (np.square(spectrum.real) + np.square(spectrum.imag))
