"""Samples → MP3 as a data URL, for pages that play sound."""

import base64
import io

import numpy as np
import soundfile


def mp3_url(signal: np.ndarray, sample_rate: int) -> str:
    """Encode samples, (n,), clipped to ±1.

    >>> mp3_url(np.zeros(16_000), 16_000)[:23]
    'data:audio/mpeg;base64,'
    """
    file = io.BytesIO()
    soundfile.write(file, np.clip(signal, -1, 1), sample_rate, format="MP3", subtype="MPEG_LAYER_III")
    return f"data:audio/mpeg;base64,{base64.b64encode(file.getvalue()).decode()}"
