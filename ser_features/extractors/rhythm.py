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

from collections.abc import Callable, Sequence
from functools import lru_cache, partial

import numpy as np

from ser_features import fft
from ser_features.config import TempoConfig
from ser_features.extractors.base import Analysis, ColumnExtractor
from ser_features.extractors.f0_contour import kernels_of
from ser_features.extractors.framewise import hann
from ser_features.framing import overlapping, padded
from ser_features.manifest import Column

FAINT_SHARE = 1e-6
"""Windows with less than this share of the largest energy are transformed one by one: their normalised values
would be lost in the rounding errors of the cumulative sums."""

TINY = float(np.finfo(np.float32).tiny)
"""Windows of no more energy are silent."""

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
        return self.extract_each([analysis])[0]

    def extract_each(self, analyses: Sequence[Analysis]) -> list[dict[str, float]]:
        """As `extract`."""
        profile = analyses[0].profile
        frame_rate, kernels = profile.audio.sample_rate / profile.frames.hop_length, kernels_of(profile.pitch)
        kernel = kernels.products if kernels else None
        strengths = [analysis.onset_strength for analysis in analyses]
        return [{"tempo_bpm": tempo(strength, frame_rate, profile.tempo, kernel)} for strength in strengths]


def tempo(
    onset_strength: np.ndarray,
    frame_rate: float,
    config: TempoConfig,
    kernel: Callable[..., None] | None = None,
) -> float:
    """The most likely tempo, as `librosa.feature.tempo` (Ellis 2007) computes it.

    Args:
        onset_strength: shape (frames,), ≥ 0.
        frame_rate: in frames per second.
        config: prior, range and window.
        kernel: as of `mean_autocorrelation`.

    Returns:
        In beats per minute.
    """
    lags = int(config.window_seconds * frame_rate)
    similarity = mean_autocorrelation(onset_strength, lags, kernel)
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


def mean_autocorrelation(
    onset_strength: np.ndarray, window: int, kernel: Callable[..., None] | None = None
) -> np.ndarray:
    """Mean over frames of the normalised autocorrelation of the window around each frame.

    Args:
        onset_strength: shape (frames,).
        window: length of the Hann window, in frames.
        kernel: `products` of the compiled kernels, which takes half the time of NumPy's products.

    Returns:
        float32, shape (window,), ≤ 1; a window of zeros contributes zeros.
    """
    signal = _padded(onset_strength, window)
    # Products with the zeros at the beginning, half a window of them or more, are left out. What remains
    # correlates with itself at no lag beyond its length.
    first = int((signal != 0).argmax())
    size = signal.size - first
    products = np.zeros((3, 3, fft.good_size(size + min(size, window), True)))
    multiply = partial(_multiply_by, kernel) if kernel else _multiply
    alone = multiply(signal, first, window, products)
    plain, opened, closed = fft.rfft(products, (2,))
    # Both samples of a product must lie in the window: the first after its start, the second before its end.
    spectrum = (opened.conj() * plain - plain.conj() * closed).sum(axis=0)
    total = padded(fft.irfft(spectrum, (0,), products.shape[2])[: min(size, window)], window)
    windows = overlapping(signal, window, 1)
    for rows in _blocks(alone.nonzero()[0]):
        total += _sum_one_by_one(windows[rows], alone[rows])
    return (total / onset_strength.size).astype(np.float32)


def _padded(values: np.ndarray, window: int) -> np.ndarray:
    """Values with linear ramps to zero at both ends (librosa's padding), float64, shape (n + window - 1,)."""
    ramp = np.arange(window // 2) / (window // 2)
    padded = np.concatenate([values[0] * ramp, values, values[-1] * ramp[::-1]], dtype=np.float64)
    return padded[: values.size + window - 1]


def _multiply(padded: np.ndarray, first: int, window: int, products: np.ndarray) -> np.ndarray:
    """Multiply a signal by each wave, and by weights of the windows that have begun, and ended, until then.

    Args:
        padded: shape (frames + window - 1,); the window of frame t begins at sample t.
        first: samples before are zeros.
        window: samples per window.
        products: zeros, shape (3, 3, samples or more); filled from sample `first` on: plain, begun, ended.

    Returns:
        Weights of the faint windows, which are left out, shape (frames,); 0 for all others.
    """
    energy = np.correlate(np.square(padded), _reversed_squares(window)[::-1], "valid")
    weights = np.divide(1, energy, out=np.zeros(energy.size), where=energy > TINY)
    faint = energy < FAINT_SHARE * energy.max()
    # w(j − t) = ½ − ½ cos j cos t − ½ sin j sin t, with angles of 2π per window.
    frames = weights.size
    waves = _waves(window, 1 << padded.size.bit_length())[:, : padded.size]
    of_frames = waves[:, :frames] * [[0.5], [-0.5], [-0.5]]
    begun = np.cumsum((np.where(faint, 0, weights) * of_frames)[:, np.newaxis] * of_frames, axis=2)
    begins, ends = max(frames - first, 0), max(window - first, 0)
    plain, opened, closed = products[:, :, : padded.size - first]
    np.multiply(waves[:, first:], padded[first:], out=plain)
    np.einsum("sj,rsj->rj", plain[:, :begins], begun[..., first:frames], out=opened[:, :begins])
    np.matmul(begun[..., -1], plain[:, begins:], out=opened[:, begins:])
    ended = begun[..., max(first - window, 0) : frames - 1]
    np.einsum("sj,rsj->rj", plain[:, ends:], ended, out=closed[:, ends:])
    return np.where(faint, weights, 0)


def _multiply_by(
    kernel: Callable[..., None], padded: np.ndarray, first: int, window: int, products: np.ndarray
) -> np.ndarray:
    """As `_multiply`."""
    frames, waves = padded.size - window + 1, _waves(window, 1 << padded.size.bit_length())
    weights, alone, begun = np.empty(frames), np.empty(frames), np.empty(6 * frames)
    squares, samples = _reversed_squares(window), waves.shape[1]
    kernel(
        padded,
        first,
        frames,
        window,
        squares,
        waves,
        samples,
        TINY,
        FAINT_SHARE,
        weights,
        alone,
        begun,
        products.shape[2],
        products,
    )
    return alone


@lru_cache(maxsize=8)
def _reversed_squares(window: int) -> np.ndarray:
    """Of the Hann window, from its end to its beginning, float64, shape (window,)."""
    return np.square(hann(window, window)[::-1], dtype=np.float64)


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
