"""Whether a signal has speech at all, as a test of its own beside any model of emotions.

samples → 16 kHz → `SileroVad`, second by second until there is enough speech → True or False
"""

import numpy as np
import soxr

from ser_features.vad.silero import RATE, SileroVad

THRESHOLD = 0.35
"""Probability of speech of a frame; below that of a segment's begin, as soft speech over a telephone is."""

MIN_FRAMES = 4
"""Frames with speech, 0.13 s; in the sounds of `benchmarks.robustness.sound_kinds` at most two reach 0.35."""


def has_speech(signal: np.ndarray, rate: int) -> bool:
    """Whether a signal has `MIN_FRAMES` frames with speech.

    Args:
        signal: mono, float32, shape (n,), full scale at ±1.
        rate: its sample rate, in Hz.

    Raises:
        MissingExtraError: if the extra vad is not installed.
    """
    samples = signal if rate == RATE else soxr.resample(signal, rate, RATE)
    vad, speech = SileroVad(), 0
    for start in range(0, samples.size, RATE):
        is_last = start + RATE >= samples.size
        values = vad.probabilities(samples[start : start + RATE], is_last=is_last)
        speech += sum(value >= THRESHOLD for value in values)
        if speech >= MIN_FRAMES:
            return True
    return False
