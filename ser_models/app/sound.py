"""Samples → the sound that the page plays.

signal → WAV, or MP3 if it is long → data URL
"""

import base64
import io

import numpy as np
import soundfile

from ser_models.reporting.sound import mp3_url

LONGEST_WAV = 60.0
"""Longer signals are compressed, in s: ten minutes of WAV would be a page of 25 MB."""


def wav(signal: np.ndarray, sample_rate: int) -> bytes:
    """Encode samples, (n,), clipped to ±1, as a 16-bit WAV file in memory."""
    file = io.BytesIO()
    soundfile.write(file, np.clip(signal, -1, 1), sample_rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


def encoded_sound(signal: np.ndarray, sample_rate: int) -> str:
    """Return samples, (n,), as a data URL.

    >>> encoded_sound(np.zeros(16), 16_000)[:32]
    'data:audio/wav;base64,UklGRkQAAA'
    """
    if signal.size <= LONGEST_WAV * sample_rate:
        return f"data:audio/wav;base64,{base64.b64encode(wav(signal, sample_rate)).decode()}"
    return mp3_url(signal, sample_rate)
