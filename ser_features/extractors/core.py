"""The families that every store has by default: 46 core columns of a whole recording, and frames.

`Analysis` → `Level`, `Rhythm`, `ZeroCrossings`, `Prosody`, `MfccStatistics`, `Spectral` → `Core`
`Analysis` → `Mel`, `MfccFrames`, `Pitch`

>>> len(CORE_COLUMNS), CORE_COLUMNS[0].name
(46, 'duration_sec')
"""

import statistics
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import ClassVar

import numpy as np

from ser_features.config import Profile
from ser_features.extractors.base import Analysis, ColumnExtractor, FrameExtractor, Spectra, moments
from ser_features.extractors.f0_contour import kernels_of
from ser_features.extractors.rhythm import Rhythm
from ser_features.framing import mean_and_std
from ser_features.manifest import Column

MIN_RMS = 1e-5
"""Lower limit of RMS before the logarithm (−100 dB re full scale), so that silence has a finite level."""

BLOCK_BINS = 16
"""Bins per block of the roll-off search: the block is found first, then the bin in it."""

COEFFICIENTS = 13
"""Number of MFCC in the core columns; coefficient 0 is the level."""

NAN = float("nan")

GAIN = Column(
    "gain_db",
    "float32",
    "dB",
    "Gain to a level of active speech of -26 dB, applied before all but the level columns were measured.",
)
"""Column of the profiles that condition the signal."""

LEVEL_COLUMNS: tuple[str, ...] = (
    "mean_amplitude",
    "peak_amplitude",
    "rms_mean",
    "rms_std",
    "intensity_db_mean",
    GAIN.name,
)
"""Columns of the level as recorded, which depends on microphone, distance and export."""


class Level(ColumnExtractor):
    """Duration, and amplitude and RMS of the analysed signal as recorded, which is before the gain."""

    name = "level"
    fixed_columns = (
        Column("duration_sec", "float32", "s", "Duration of the analysed signal (after trimming)."),
        Column("sample_rate", "float32", "Hz", "Sample rate of the analysed signal."),
        Column("mean_amplitude", "float32", "1", "Mean absolute sample value; full scale is 1."),
        Column("peak_amplitude", "float32", "1", "Largest absolute sample value; full scale is 1."),
        Column("rms_mean", "float32", "1", "Mean over frames of the root mean square; full scale is 1."),
        Column("rms_std", "float32", "1", "Standard deviation over frames of the root mean square."),
        Column("intensity_db_mean", "float32", "dB", "Mean over frames of 20·log10(max(RMS, 1e-5))."),
    )

    def extract(self, analysis: Analysis) -> dict[str, float]:
        """One value per column; always computable."""
        recorded = 10 ** (-analysis.conditioning_gain_db / 20)
        levels = analysis.levels
        rms = analysis.rms * recorded
        rms_mean, rms_std = mean_and_std(rms)
        return {
            "duration_sec": analysis.seconds,
            "sample_rate": analysis.sample_rate,
            "mean_amplitude": levels.mean * recorded,
            "peak_amplitude": levels.peak * recorded,
            "rms_mean": rms_mean,
            "rms_std": rms_std,
            "intensity_db_mean": (20 * np.log10(np.maximum(rms, MIN_RMS))).mean(),
        }


class ZeroCrossings(ColumnExtractor):
    """Zero-crossing rate per frame, a cheap measure of noisiness."""

    name = "zero_crossings"
    fixed_columns = (
        Column("zcr_mean", "float32", "1", "Mean over frames of the share of samples at a sign change, 0–1."),
        Column("zcr_std", "float32", "1", "Standard deviation over frames of that share."),
    )

    def extract(self, analysis: Analysis) -> dict[str, float]:
        """One value per column; always computable."""
        mean, std = mean_and_std(analysis.zero_crossings)
        return {"zcr_mean": mean, "zcr_std": std}


class Prosody(ColumnExtractor):
    """Intonation and voice quality, with Praat's autocorrelation pitch (Boersma 1993).

    The periods that jitter and shimmer are measured from are Praat's, or those of the compiled kernels where
    these computed the contour.
    """

    name = "prosody"
    fixed_columns = (
        Column("pitch_mean", "float32", "Hz", "Mean F0 over voiced frames; null if nothing is voiced."),
        Column("pitch_median", "float32", "Hz", "Median F0 over voiced frames; null if nothing is voiced."),
        Column("pitch_std", "float32", "Hz", "Standard deviation of F0 over voiced frames."),
        Column("pitch_variation", "float32", "%", "100 · pitch_std / pitch_mean."),
        Column("voiced_ratio", "float32", "1", "Share of all pitch frames that are voiced, 0–1."),
        Column("jitter", "float32", "1", "Local jitter: mean change of neighbouring periods / mean period."),
        Column("shimmer", "float32", "1", "Local shimmer: the same for the periods' peak amplitudes."),
    )

    def extract(self, analysis: Analysis) -> dict[str, float]:
        """One value per column; NaN where the recording is too short or unvoiced."""
        contour = analysis.f0_contour
        if contour is None:
            return dict.fromkeys((column.name for column in self.fixed_columns), NAN)
        f0 = contour.f0
        measures = {"jitter": contour.jitter, "shimmer": contour.shimmer}
        return _pitch_statistics(f0[f0 > 0], f0.size) | measures


def _pitch_statistics(voiced: np.ndarray, frames: int) -> dict[str, float]:
    if not voiced.size:
        unknown = dict.fromkeys(("pitch_mean", "pitch_median", "pitch_std", "pitch_variation"), NAN)
        return unknown | {"voiced_ratio": 0.0}
    mean, deviation = mean_and_std(voiced)
    return {
        "pitch_mean": mean,
        "pitch_median": statistics.median(voiced.tolist()),  # several times as fast as np.median
        "pitch_std": deviation,
        "pitch_variation": 100 * deviation / mean,
        "voiced_ratio": voiced.size / frames,
    }


class MfccStatistics(ColumnExtractor):
    """Mean and standard deviation over frames of each MFCC."""

    name = "mfcc_statistics"
    fixed_columns = tuple(
        Column(f"mfcc_{short}_{index}", "float32", "1", f"{long} over frames of MFCC {index}.")
        for short, long in (("mean", "Mean"), ("std", "Standard deviation"))
        for index in range(COEFFICIENTS)
    )

    def extract(self, analysis: Analysis) -> dict[str, float]:
        """One value per column; always computable."""
        return moments("mfcc", analysis.mfcc)


class Spectral(ColumnExtractor):
    """Spectral centroid, roll-off and flux."""

    name = "spectral"
    version = 2
    fixed_columns = (
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
        centre, edge = analysis.by_frame(_shape).mean(axis=0)
        return {
            "spectral_centroid_mean": centre,
            "spectral_rolloff_mean": edge,
            "spectral_flux_mean": analysis.onset_strength.mean(dtype=np.float64),
        }


def _shape(spectra: Spectra) -> np.ndarray:
    """Centroid and roll-off of each frame in Hz, shape (frames, 2), in columns that are contiguous."""
    magnitude, frequencies = spectra.magnitude, spectra.frequencies
    profile, kernels = spectra.profile, kernels_of(spectra.profile.pitch)
    shapes = np.empty((2, len(magnitude)))
    shapes[0] = centroid(magnitude, frequencies)
    shapes[1] = rolloff(magnitude, frequencies, profile.frames.rolloff, kernels.rolloff if kernels else None)
    return shapes.T


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


def rolloff(
    magnitude: np.ndarray,
    frequencies: np.ndarray,
    share: float,
    kernel: Callable[..., None] | None = None,
) -> np.ndarray:
    """Lowest frequency below which `share` of the magnitude lie, as `librosa.feature.spectral_rolloff`.

    Args:
        magnitude: shape (frames, bins), ≥ 0.
        frequencies: of the bins, shape (bins,), in Hz.
        share: 0–1.
        kernel: `rolloff` of the compiled kernels, which finds the same bins in a third of the time.

    Returns:
        float64, shape (frames,), in Hz.
    """
    frames, bins = magnitude.shape
    cumulative = magnitude @ _block_ends(bins)
    if kernel:
        edges, blocks = np.empty(frames, np.int64), cumulative.shape[1] - 1
        kernel(magnitude, frames, bins, cumulative, blocks, BLOCK_BINS, share, edges)
        return frequencies[edges]
    threshold = np.float32(share) * cumulative[:, -1:]
    frame = np.arange(frames)
    block = np.argmax(cumulative[:, 1:] >= threshold, axis=1)
    inside = np.minimum(block[:, np.newaxis] * BLOCK_BINS + np.arange(BLOCK_BINS), bins - 1)
    sums = magnitude[frame[:, np.newaxis], inside]
    sums[:, 0] += cumulative[frame, block]
    # Rounding may leave the last sum below the threshold: the bin is in this block all the same.
    before = (np.cumsum(sums, axis=1) < threshold)[:, :-1].sum(axis=1)
    return frequencies[inside[frame, before]]


@lru_cache(maxsize=8)
def _block_ends(bins: int) -> np.ndarray:
    """Matrix that sums the bins before each block, and all bins, shape (bins, blocks + 1)."""
    ends = np.minimum(np.arange(0, bins + BLOCK_BINS, BLOCK_BINS), bins)
    return (np.arange(bins)[:, np.newaxis] < ends).astype(np.float32)


class Core(ColumnExtractor):
    """The 46 columns that every row of a store has, in their documented order, and the gain if any."""

    name = "core"
    parts: ClassVar[tuple[ColumnExtractor, ...]] = (
        Level(),
        Rhythm(),
        ZeroCrossings(),
        Prosody(),
        MfccStatistics(),
        Spectral(),
    )
    fixed_columns = tuple(column for part in parts for column in part.fixed_columns)

    def columns(self, profile: Profile) -> tuple[Column, ...]:
        """The 46 columns; and the gain in profiles that condition the signal."""
        return (*self.fixed_columns, GAIN) if profile.audio.conditioning else self.fixed_columns

    def extract(self, analysis: Analysis) -> dict[str, float]:
        """One value per column; NaN for the prosody of a recording that is too short or unvoiced."""
        return self.extract_each([analysis])[0]

    def extract_each(self, analyses: Sequence[Analysis]) -> list[dict[str, float]]:
        """As `extract`, part by part."""
        values: list[dict[str, float]] = [{} for _ in analyses]
        for part in self.parts:
            for own, of_part in zip(values, part.extract_each(analyses), strict=True):
                own |= of_part
        for own, analysis in zip(values, analyses, strict=True):
            if analysis.profile.audio.conditioning:
                own[GAIN.name] = analysis.gain_db
        return values


CORE_COLUMNS = Core.fixed_columns
"""The 46 columns that every row of a store has."""


class Mel(FrameExtractor):
    """The log-mel spectrogram."""

    name = "mel"
    unit = "dB"
    description = (
        "Log-mel power in dB re 1, clipped 80 dB below the recording's maximum; one column per band."
    )

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, n_mels)."""
        return analysis.mel_db


class MfccFrames(FrameExtractor):
    """MFCC with their first and second time derivatives."""

    name = "mfcc"
    unit = "1"
    description = "MFCC, then their Δ, then their ΔΔ (Savitzky–Golay over 9 frames), per frame."

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, 3 × n_mfcc)."""
        return np.hstack([analysis.mfcc, analysis.mfcc_delta, analysis.mfcc_delta2])


class Pitch(FrameExtractor):
    """The F0 contour on the frames of the spectrogram."""

    name = "pitch"
    unit = "Hz"
    description = "F0 in Hz of the pitch frame nearest to each frame of mel; NaN where unvoiced; one column."

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, 1)."""
        if analysis.f0_contour is None:
            return np.full((analysis.frames, 1), np.nan, np.float32)
        return analysis.f0_contour.f0_at(analysis.frame_times)[:, np.newaxis]
