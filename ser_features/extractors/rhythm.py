"""Onset strength → mean local autocorrelation → tempo.

The similarity at a lag is librosa's tempogram, averaged over frames t:

    mean over t of  Σ_j w(j − t) x(j) · w(j + lag − t) x(j + lag) / Σ_j (w(j − t) x(j))²

The Hann window w(j − t) is a sum of three products of a function of j and a function of t. Therefore the sum
over t can be taken first, as a difference of two cumulative sums, and correlations of the whole recording
remain: ten Fourier transforms in all, where `librosa.feature.tempogram` needs one per frame. Every
extraction needs the tempo, so the difference counts.

>>> clicks = np.resize([1.0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 300)
>>> similarity = mean_autocorrelation(clicks, 100)
>>> similarity.shape, similarity[0].round(6).item(), 5 + similarity[5:].argmax().item()
((100,), 1.0, 10)
"""

from functools import lru_cache

import numpy as np

from ser_features import fft
from ser_features.config import TempoConfig
from ser_features.extractors.base import Analysis, ColumnExtractor
from ser_features.extractors.framewise import hann
from ser_features.framing import overlapping, padded
from ser_features.manifest import Column

FAINT_SHARE = 1e-6
"""Windows with less than this share of the largest energy are transformed one by one: their normalised values
would be lost in the rounding errors of the cumulative sums."""

BLOCK_FRAMES = 1024
"""Windows per FFT call, which bounds the memory that long recordings need."""


class Rhythm(ColumnExtractor):
    """Speech tempo."""

    name = "rhythm"
    fixed_columns = (
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
    """Mean over frames of the normalised autocorrelation of the window around each frame.

    Args:
        onset_strength: shape (frames,).
        window: length of the Hann window, in frames.

    Returns:
        float32, shape (window,), ≤ 1; a window of zeros contributes zeros.
    """
    frames = onset_strength.size
    padded = _padded(onset_strength, window)
    energy = np.correlate(np.square(padded), np.square(hann(window, window), dtype=np.float64), "valid")
    weights = np.divide(1, energy, out=np.zeros(frames), where=energy > np.finfo(np.float32).tiny)
    faint = energy < FAINT_SHARE * energy.max()
    total = _sum_all(padded, np.where(faint, 0, weights), window)
    windows = overlapping(padded, window, 1)
    for rows in _blocks(np.flatnonzero(faint & (weights > 0))):
        total += _sum_one_by_one(windows[rows], weights[rows])
    return (total / frames).astype(np.float32)


def _padded(values: np.ndarray, window: int) -> np.ndarray:
    """Values with linear ramps to zero at both ends (librosa's padding), float64, shape (n + window - 1,)."""
    ramp = np.arange(window // 2) / (window // 2)
    padded = np.concatenate([values[0] * ramp, values, values[-1] * ramp[::-1]], dtype=np.float64)
    return padded[: values.size + window - 1]


def _sum_all(signal: np.ndarray, weights: np.ndarray, window: int) -> np.ndarray:
    """Weighted sum over frames of the autocorrelation of each window, all frames at once.

    Args:
        signal: shape (frames + window - 1,); the window of frame t begins at sample t.
        weights: shape (frames,).
        window: samples per window.

    Returns:
        Shape (window,).
    """
    # w(j − t) = ½ − ½ cos j cos t − ½ sin j sin t, with angles of 2π per window.
    frames = weights.size
    waves = _waves(window, 1 << signal.size.bit_length())[:, : signal.size]
    of_frames = waves[:, :frames] * [[0.5], [-0.5], [-0.5]]
    begun = np.cumsum((weights * of_frames)[:, np.newaxis] * of_frames, axis=2)
    # Products with the zeros at the beginning, half a window of them or more, are left out. What remains
    # correlates with itself at no lag beyond its length.
    first = int(np.argmax(signal != 0))
    size = signal.size - first
    begins, ends = max(frames - first, 0), max(window - first, 0)
    products = np.zeros((3, 3, fft.good_size(size + min(size, window), True)))
    plain, opened, closed = products[:, :, :size]
    np.multiply(waves[:, first:], signal[first:], out=plain)
    np.einsum("sj,rsj->rj", plain[:, :begins], begun[..., first:frames], out=opened[:, :begins])
    np.matmul(begun[..., -1], plain[:, begins:], out=opened[:, begins:])
    ended = begun[..., max(first - window, 0) : frames - 1]
    np.einsum("sj,rsj->rj", plain[:, ends:], ended, out=closed[:, ends:])
    plain, opened, closed = fft.rfft(products, (2,))
    # Both samples of a product must lie in the window: the first after its start, the second before its end.
    spectrum = (opened.conj() * plain - plain.conj() * closed).sum(axis=0)
    return padded(fft.irfft(spectrum, (0,), products.shape[2])[: min(size, window)], window)


@lru_cache(maxsize=8)
def _waves(window: int, samples: int) -> np.ndarray:
    """1, cosine and sine with a period of `window` samples, shape (3, samples)."""
    angles = 2 * np.pi / window * np.arange(samples)
    return np.stack([np.ones(samples), np.cos(angles), np.sin(angles)])


def _sum_one_by_one(windows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """As `_sum_all`, with a Fourier transform per window; `windows` has the shape (windows, window)."""
    window = windows.shape[1]
    spectra = fft.rfft(padded(windows * hann(window, window), 2 * window), (1,))
    power = weights @ (np.square(spectra.real) + np.square(spectra.imag))
    return fft.irfft(power + 0j, (0,), 2 * window)[:window]


def _blocks(frames: np.ndarray) -> list[np.ndarray]:
    return [frames[start : start + BLOCK_FRAMES] for start in range(0, frames.size, BLOCK_FRAMES)]
