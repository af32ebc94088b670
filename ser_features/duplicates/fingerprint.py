"""A signal → a code of 32 bits for every 10 ms, which gain, resampling and lossy codecs hardly change.

signal → 8 kHz → energies of 33 bands, in dB → does the difference of neighbouring bands rise? → `Fingerprint`

A bit is 1 if the level difference of two neighbouring bands is larger than 40 ms before. Equal audio has
almost equal codes wherever it begins; two takes of a sentence by one speaker differ in 36 to 50 % of the bits
even at the best alignment.

>>> signal = np.random.default_rng(0).standard_normal(16_000).astype(np.float32)
>>> whole, cut = fingerprint(signal, 16_000), fingerprint(signal[1_600:] / 4, 16_000)
>>> similarity(whole, cut, offset=10)
1.0

Source: Haitsma & Kalker, "A highly robust audio fingerprinting system", ISMIR 2002. Ours has shorter frames
(128 instead of 370 ms), because utterances are short, levels in dB, a wider band, and a difference over 40 ms
instead of one frame.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from ser_features.preprocess import resample

RATE = 8_000
"""Sample rate that is compared, in Hz: the lowest at which speech is published."""

FRAME, HOP = 1_024, 80
"""Length of a frame and distance of two, in samples: 128 and 10 ms."""

LAG = 4
"""Number of frames over which a level difference rises or falls."""

BANDS, LOW_HZ, HIGH_HZ = 33, 300.0, 3_000.0
"""Number of bands and their range, of equal ratios: within that of a telephone, and above hum."""

ACTIVE_DB = 35.0
"""Frames that are quieter than the loudest one by more are not compared: noise, or silence that was added."""

FLOOR = 1e-12
"""Energy of a band relative to the loudest frame that counts as none."""

BLOCK = 4_096
"""Number of frames that are analysed together; a recording of an hour has 360,000."""

FEWEST_FRAMES, FEWEST_SHARE = 25, 0.8
"""Two recordings are compared if they have this many active frames in common, and this share of those of the
shorter one."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A recording as it is compared with others.

    Attributes:
        codes: uint32, shape (frames,); frame n describes the signal from n × 10 ms on.
        active: whether a frame is loud enough to be compared, bool, shape (frames,).
    """

    codes: np.ndarray
    active: np.ndarray


NO_FINGERPRINT = Fingerprint(np.zeros(0, np.uint32), np.zeros(0, bool))
"""Of a recording that is too short, or cannot be decoded."""


def fingerprint(signal: np.ndarray, sample_rate: int) -> Fingerprint:
    """Compute the codes of a signal.

    Args:
        signal: mono, float32, shape (n,).
        sample_rate: in Hz.

    Returns:
        One code for every 10 ms; none if the signal is shorter than 168 ms.
    """
    energies = _band_energies(resample(signal, sample_rate, RATE))
    if len(energies) <= LAG:
        return NO_FINGERPRINT
    totals = energies.sum(axis=1)
    loudest = totals.max()
    levels = np.log(energies + max(FLOOR * loudest, np.finfo(np.float32).tiny))
    differences = levels[:, :-1] - levels[:, 1:]
    bits = differences[LAG:] > differences[:-LAG]
    codes = np.packbits(bits, axis=1).view(">u4").ravel().astype(np.uint32)
    quieter = np.minimum(totals[LAG:], totals[:-LAG])
    return Fingerprint(codes, quieter > loudest * 10 ** (-ACTIVE_DB / 10))


def similarity(one: Fingerprint, other: Fingerprint, offset: int) -> float:
    """Share of equal bits of two recordings, over the active frames that they have in common.

    Args:
        one: a recording.
        other: another.
        offset: number of frames by which the same sound is later in `one`; negative if it is earlier.

    Returns:
        0.5 is expected of unrelated sounds, 1 of equal ones; 0 if fewer frames overlap than
        `FEWEST_FRAMES`, or than the share `FEWEST_SHARE` of those of the shorter recording.
    """
    first, last = max(offset, 0), min(len(one.codes), len(other.codes) + offset)
    if last <= first:
        return 0.0
    here, there = slice(first, last), slice(first - offset, last - offset)
    common = one.active[here] & other.active[there]
    count, shorter = int(common.sum()), min(int(one.active.sum()), int(other.active.sum()))
    if count < max(FEWEST_FRAMES, FEWEST_SHARE * shorter):
        return 0.0
    different = np.bitwise_count(one.codes[here][common] ^ other.codes[there][common])
    return 1.0 - float(different.sum()) / (count * (BANDS - 1))


def _band_energies(signal: np.ndarray) -> np.ndarray:
    """Energy of each band in each frame that lies within the signal, float32, shape (frames, BANDS)."""
    if signal.size < FRAME:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(signal, FRAME)[::HOP]
    window, edges = np.hanning(FRAME).astype(np.float32), _edges()
    energies = np.empty((len(frames), BANDS), np.float32)
    for start in range(0, len(frames), BLOCK):
        spectrum = np.fft.rfft(frames[start : start + BLOCK] * window, axis=1)[:, : edges[-1]]
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        energies[start : start + BLOCK] = np.add.reduceat(power, edges[:-1], axis=1)
    return energies


@cache
def _edges() -> np.ndarray:
    """First bin of each band and, at the end, the bin behind the last one, int64, shape (BANDS + 1,)."""
    frequencies = np.fft.rfftfreq(FRAME, 1 / RATE)
    return np.searchsorted(frequencies, np.geomspace(LOW_HZ, HIGH_HZ, BANDS + 1))
