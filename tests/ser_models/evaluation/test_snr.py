"""Estimated SNR follows that of added noise."""

import numpy as np
import pytest

from ser_features.config import SPEECH16K_RAW
from ser_features.extractors import Analysis
from ser_models.evaluation.snr import estimated_snr

RATE = 16_000


def estimate(snr_db: float) -> float:
    """Of two seconds of syllables of 0.3 s every 0.5 s, with white noise."""
    time = np.arange(2 * RATE) / RATE
    speech = np.where(time % 0.5 < 0.3, np.sin(2 * np.pi * 300 * time), 0).astype(np.float32)
    noise = np.random.default_rng(0).standard_normal(time.size, np.float32)
    level = 10 ** (-snr_db / 20) * np.sqrt(np.mean(speech[: RATE // 4] ** 2))
    return estimated_snr(Analysis(speech + np.float32(level) * noise, SPEECH16K_RAW).mel_db)


def test_estimate_follows_the_ratio_of_added_noise():
    estimates = [estimate(snr_db) for snr_db in (0, 10, 20, 30)]
    assert np.diff(estimates) == pytest.approx(10, abs=1.5)
    assert estimates[1] == pytest.approx(10, abs=6)  # a tone has all of its power in one band


def test_noise_alone_has_the_lowest_ratio():
    assert estimated_snr(np.zeros((50, 64))) == pytest.approx(-25.5)
