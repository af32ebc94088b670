"""Onset strength → tempo."""

from functools import lru_cache

import numpy as np

from ser_features.config import TempoConfig
from ser_features.extractors.base import Analysis
from ser_features.extractors.tempogram import mean_autocorrelation
from ser_features.manifest import Column


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
