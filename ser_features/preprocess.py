"""Decoded audio → the analysed signal.

The order of the steps:

1. a constant offset is removed, of profiles that condition
2. bone conduction, at `BONE_RATE`                                  +bone
   (copies of variants with a rate of their own are altered here)
3. resampled to the profile's rate
4. peak normalisation, of raw profiles                              +peak
5. noise reduction                                                  +denoise
6. trimming of raw profiles (+trim), or `Conditioning`
   (all other copies are altered here)

Pre-emphasis (+preemphasis) comes last: only the spectral features are computed of it (`extractors.base`).

>>> import numpy
>>> audio = Audio(numpy.ones(48_000, numpy.float32), 48_000, 1)
>>> prepare(audio, AudioConfig(sample_rate=16_000)).signal.shape
(16000,)
"""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np
import soxr

from ser_features import fft
from ser_features.audio import Audio
from ser_features.config import AudioConfig, Conditioning
from ser_features.errors import SilentAudioError
from ser_features.extras import require
from ser_features.framing import Levels, active_level, active_speech, levels_of, speech_bounds

BONE_POLE = 0.755
BONE_GAIN = 0.205
"""α and β of H(z) = β / (1 − α z⁻¹), the low-pass filter that models bone conduction."""

BONE_RATE = 48_000
"""Sample rate of the corpus that the coefficients were published with, in Hz."""

FILTER_SECONDS = 0.25
"""Reach of the high-pass filter: its impulse response is 70 dB down there."""

LOW_RATE, SPLINE_ORDER = 9, 8
"""Of the band that the high-pass filter removes: its rate, at least, in multiples of its edge; and the order
of the B-spline that is the filter to and from that rate."""

SILENT_DB = -200.0
"""Sound below this level is rounding errors of samples, whatever their scale."""

NOISE_REDUCTION = "noise reduction (+denoise)", "noisereduce"
"""The step and the package that it needs."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The analysed signal.

    Attributes:
        signal: float32 mono, shape (n,), at the profile's rate.
        start_sec: time in the recording at which it begins, in s.
        gain_db: gain of conditioning, or of peak normalisation, in dB.
    """

    signal: np.ndarray
    start_sec: float = 0.0
    gain_db: float = 0.0


def prepare(audio: Audio, config: AudioConfig) -> Prepared:
    """Filter, resample, trim and condition a decoded recording, as the profile says.

    Args:
        audio: mono signal at the file's rate.
        config: target rate and what is to be done.

    Raises:
        SilentAudioError: if conditioning leaves nothing.
        MissingExtraError: if noise reduction needs a package that is not installed.
    """
    return prepare_filtered(filtered(audio, config), config)


def filtered(audio: Audio, config: AudioConfig) -> Audio:
    """The steps before resampling to the profile's rate: the offset removed, bone conduction."""
    signal, rate = audio.signal, audio.sample_rate
    if config.conditioning:
        # Resampled as it is, an offset would end in a click at both ends.
        signal = signal - signal.mean()
    if config.bone_conduction:
        signal, rate = bone_conduct(resample(signal, rate, BONE_RATE)), BONE_RATE
    return Audio(signal, rate, audio.channels, audio.notes)


def prepare_filtered(audio: Audio, config: AudioConfig) -> Prepared:
    """The steps from resampling on; see `prepare`."""
    return bounded(unbounded(audio, config), config)


def unbounded(audio: Audio, config: AudioConfig) -> np.ndarray:
    """The steps from resampling on that do not depend on where the recording begins and ends.

    A window of the result is what they make of the window alone, but for the `FILTER_SECONDS` at its ends.

    Args:
        audio: from `filtered`.
        config: target rate and what is to be done.

    Returns:
        float32, shape (n,), at the profile's rate.
    """
    signal = resample(audio.signal, audio.sample_rate, config.sample_rate)
    return signal if config.noise_reduction else _voice_band(signal, config)


def bounded(signal: np.ndarray, config: AudioConfig, levels: Levels | None = None) -> Prepared:
    """The steps after `unbounded`: each depends on the whole of a recording, or of a window.

    Args:
        signal: from `unbounded`.
        config: what is to be done.
        levels: of the signal, if they are measured already, and its noise is not reduced.

    Raises:
        SilentAudioError: if conditioning leaves nothing.
    """
    gain_db = 0.0
    if config.peak_normalisation:
        signal, gain_db = peak_normalised(signal)
    if config.noise_reduction:
        signal = _voice_band(noise_reduced(signal, config.sample_rate), config)
    if config.conditioning:
        return _conditioned(signal, config.sample_rate, config.conditioning, levels)
    if config.trim_db is None:
        return Prepared(signal, gain_db=gain_db)
    start, end = speech_bounds(signal, config.trim_db)
    return Prepared(signal[start:end], start / config.sample_rate, gain_db)


def _voice_band(signal: np.ndarray, config: AudioConfig) -> np.ndarray:
    """What lies below the voice is removed, of profiles that condition."""
    if config.conditioning is None:
        return signal
    return high_pass(signal, config.sample_rate, config.conditioning.stop_hz, config.conditioning.pass_hz)


def _conditioned(
    signal: np.ndarray, sample_rate: int, conditioning: Conditioning, levels: Levels | None
) -> Prepared:
    """Trim, and bring to the common level.

    Raises:
        SilentAudioError: if the filter has left nothing.
    """
    level, start, end = active_speech(signal, sample_rate, conditioning.silence_db, levels)
    if level < SILENT_DB:
        raise SilentAudioError(
            f"nothing above {conditioning.stop_hz:g} Hz, only a constant offset or a hum: expected speech: "
            "check the microphone, or leave it out"
        )
    gain_db = conditioning.level_db - level
    return Prepared(amplified(signal[start:end], gain_db), start / sample_rate, gain_db)


def amplified(signal: np.ndarray, gain_db: float) -> np.ndarray:
    """The signal with a gain in dB; samples may exceed full scale, as none becomes an integer."""
    return signal * np.float32(10 ** (gain_db / 20))


def levelled(signal: np.ndarray, config: AudioConfig) -> tuple[np.ndarray, float]:
    """Bring an altered copy of a prepared signal to the common level again.

    Args:
        signal: float32, shape (n,), at `config.sample_rate`.
        config: of the profile.

    Returns:
        The signal and the gain, in dB; unchanged and 0 if the profile is raw without peak normalisation.
    """
    if config.peak_normalisation:
        return peak_normalised(signal)
    if not config.conditioning:
        return signal, 0.0
    gain_db = config.conditioning.level_db - active_level(levels_of(signal, config.sample_rate).sustained)
    return amplified(signal, gain_db), gain_db


def high_pass(signal: np.ndarray, sample_rate: int, stop_hz: float, pass_hz: float) -> np.ndarray:
    """Remove what lies below the voice: offset, rumble and mains hum.

    The gain is 0 up to `stop_hz` and 1 from `pass_hz` on, with half a period of a cosine between. The filter
    is applied to the spectrum of the whole recording, so its phase is zero: no wave changes its shape or its
    time. Before and after the recording, the signal is continued by its reflection, so that hum does not
    end there. (A Butterworth filter that is as steep needs an order of about 20; a forward-only one would
    shift the phase of low voices by several periods.)

    Args:
        signal: float32, shape (n,), n ≥ 2.
        sample_rate: in Hz.
        stop_hz: edge of the stopband, in Hz.
        pass_hz: edge of the passband, in Hz.

    Returns:
        float32, shape (n,).
    """
    margin = min(round(FILTER_SECONDS * sample_rate), signal.size - 1)
    size = fft.good_size(signal.size + 2 * margin, True)
    inner, end = slice(margin, margin + signal.size), margin * 2 + signal.size
    extended = np.empty(size, np.float32)
    extended[inner] = signal
    extended[:margin] = signal[margin:0:-1]
    extended[inner.stop : end] = signal[-2 : -2 - margin : -1]
    extended[end:] = 0
    removed = _low_band(size, sample_rate, stop_hz, pass_hz).removed_from(extended)[inner]
    return np.subtract(signal, removed, out=extended[inner])


@dataclass(frozen=True, slots=True, eq=False)
class _LowBand:
    """What the high-pass filter removes from signals of one size.

    It is little of the spectrum, and therefore computed at a low rate, in a quarter of the time of two
    transforms of the signal.

    Attributes:
        spline: the filter before and after the change of rate, a B-spline in pieces of one low-rate step,
            float32, shape (`SPLINE_ORDER`, step).
        shares: of the low-rate bins that are removed, the spline's own gain undone, float32, shape (bins,).
    """

    spline: np.ndarray
    shares: np.ndarray

    def removed_from(self, signal: np.ndarray) -> np.ndarray:
        """The low band of a signal that repeats itself, float32, of its shape."""
        pieces, step = self.spline.shape
        slow = signal.size // step
        sums = self.spline @ signal.reshape(slow, step).T
        low = sums[0]
        for piece in range(1, pieces):
            low[: slow - piece] += sums[piece, piece:]
            low[slow - piece :] += sums[piece, :piece]
        spectrum = fft.rfft(low, (0,))
        spectrum[: self.shares.size] *= self.shares
        spectrum[self.shares.size :] = 0
        low = fft.irfft(spectrum, (0,), slow)
        for piece in range(pieces):
            sums[piece, piece:] = low[: slow - piece]
            sums[piece, :piece] = low[slow - piece :]
        removed: np.ndarray = (sums.T @ self.spline).reshape(-1)
        return removed


@lru_cache(maxsize=64)
def _low_band(size: int, sample_rate: int, stop_hz: float, pass_hz: float) -> _LowBand:
    """The filter of signals of `size` samples.

    The low rate is far above `pass_hz`, so that the spline suppresses by 140 dB what is mirrored into it.
    """
    step = max(one for one in range(1, int(sample_rate / (LOW_RATE * pass_hz)) + 1) if size % one == 0)
    box = np.full(step, 1 / step)
    spline = np.ones(1)
    for _ in range(SPLINE_ORDER):
        spline = np.convolve(spline, box)
    frequencies = np.arange(int(pass_hz * size / sample_rate) + 1) * (sample_rate / size)
    gains = 0.5 - 0.5 * np.cos(np.pi * np.clip((frequencies - stop_hz) / (pass_hz - stop_hz), 0, 1))
    own = (np.sinc(step / sample_rate * frequencies) / np.sinc(frequencies / sample_rate)) ** SPLINE_ORDER
    pieces = np.zeros(SPLINE_ORDER * step)
    pieces[: spline.size] = spline
    return _LowBand(
        spline=pieces.reshape(SPLINE_ORDER, step).astype(np.float32),
        shares=(step * (1 - gains) / np.square(own)).astype(np.float32),
    )


def resample(signal: np.ndarray, source_rate: float, target_rate: float) -> np.ndarray:
    """Resample with soxr's high quality setting, as `librosa.resample` does by default.

    Args:
        signal: float32, shape (n,).
        source_rate: in Hz.
        target_rate: in Hz.

    Returns:
        float32, shape (⌈n × target_rate / source_rate⌉,), zero-padded or cut by a sample where needed.
    """
    if source_rate == target_rate:
        return signal
    resampled = soxr.resample(signal, source_rate, target_rate, quality="HQ")
    size = ceil(signal.size * (target_rate / source_rate))
    if resampled.size >= size:
        return resampled[:size]
    return np.pad(resampled, (0, size - resampled.size))


def bone_conduct(signal: np.ndarray) -> np.ndarray:
    """Simulate bone conduction: a first-order low-pass filter, the same for every speaker.

    The impulse response is 0.205 · 0.755ⁿ, the gain |0.205 / (1 − 0.755 e^(−jω))|: −1.5 dB at 0 Hz,
    3 dB less at 2.2 kHz, −18.7 dB at 24 kHz. The coefficients determine ω, not a frequency in Hz: they are
    valid at the 48 kHz of the paper's corpus. Recordings of another rate are resampled to it first (our
    choice), as corpora of different rates would be filtered differently otherwise.

    >>> bone_conduct(np.array([1, 0, 0])).astype(str).tolist()
    ['0.205', '0.154775', '0.11685512']

    Args:
        signal: float32, shape (n,), at `BONE_RATE`.

    Returns:
        float32, shape (n,).

    Source: the bone-conducted transformer paper, equations 1 and 2, averaged coefficients.
    """
    from scipy.signal import lfilter  # takes half a second, and few profiles need it

    return lfilter([BONE_GAIN], [1.0, -BONE_POLE], signal).astype(np.float32)


def peak_normalised(signal: np.ndarray) -> tuple[np.ndarray, float]:
    """Bring the largest amplitude to full scale.

    Args:
        signal: float32, shape (n,).

    Returns:
        float32, shape (n,), largest amplitude 1, and the gain in dB; digital silence unchanged, and 0.
    """
    peak = np.abs(signal).max()
    if not peak:
        return signal, 0.0
    return signal / peak, float(-20 * np.log10(peak))


def noise_reduced(signal: np.ndarray, sample_rate: int) -> np.ndarray:
    """Reduce stationary noise by spectral gating, as `noisereduce.reduce_noise(…, stationary=True)`.

    The threshold of each frequency is 1.5 standard deviations above its mean level in this recording, speech
    included: no other recording, and no random number, is involved.

    Args:
        signal: float32, shape (n,), at least 0.1 s.
        sample_rate: in Hz.

    Returns:
        float32, shape (n,).

    Raises:
        MissingExtraError: if noisereduce is not installed.

    Source: Sainburg, Thielk & Gentner, "Finding, visualizing, and quantifying latent structure across diverse
    animal vocal repertoires", PLOS Computational Biology 16(10), 2020.
    """
    require(*NOISE_REDUCTION)
    from noisereduce import reduce_noise  # takes a second, and few profiles need it

    reduced: np.ndarray = reduce_noise(signal, sample_rate, stationary=True)
    return reduced.astype(np.float32, copy=False)


def check_packages(config: AudioConfig) -> None:
    """Check that the packages of a profile's steps are installed, before any recording is read.

    Raises:
        MissingExtraError: if noise reduction needs one that is not.
    """
    if config.noise_reduction:
        require(*NOISE_REDUCTION)
