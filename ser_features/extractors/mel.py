"""Log-mel spectrogram → frames."""

import numpy as np

from ser_features.extractors.base import Analysis


class Mel:
    """The log-mel spectrogram itself, as the networks read it."""

    name = "mel"
    version = 1
    unit = "dB"
    description = (
        "Log-mel power in dB re 1, clipped 80 dB below the recording's maximum; one column per band."
    )

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, n_mels)."""
        return analysis.mel_db
