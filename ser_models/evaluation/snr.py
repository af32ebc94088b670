"""Signal-to-noise ratio of a recording, estimated from the levels of its frames.

log-mel frames → level of each frame → 75th percentile (speech) and 10th (pauses) → SNR in dB

As NIST's STNR, which needs no clean reference either, it takes quiet frames for noise: a recording without
pauses, or a voice that trails off, is estimated too low. The ratio of the percentiles is `EXCESS_DB` above
that of active speech to white noise. Corrected by it, 40 recordings of EmoDB with white noise at 0, 10, 20
and 30 dB (re the level of active speech after ITU-T P.56) have medians of 0.6, 10.2, 19.2 and 27.7 dB, and
interquartile ranges of at most 2.3 dB. Above 25 dB, noise and reverberation of the recording limit it.
"""

import numpy as np

SPEECH, NOISE = 75, 10
"""Percentiles of the levels that count as speech and as noise."""
EXCESS_DB = 5.5
"""Median difference of the percentiles' ratio to the SNR of added white noise, at 0 to 20 dB."""
LOWEST = 1e-2
"""Lower limit of the ratio of speech to noise, as a power; −20 dB."""


def estimated_snr(mel: np.ndarray) -> float:
    """Estimate the signal-to-noise ratio of a recording.

    Args:
        mel: log-mel power in dB, shape (frames, bands); at least one frame.

    Returns:
        In dB; at least −25.5.
    """
    powers = (10 ** (np.asarray(mel, dtype=np.float64) / 10)).sum(axis=1)
    speech, noise = np.percentile(powers, (SPEECH, NOISE))
    return float(10 * np.log10(max(speech / noise - 1, LOWEST))) - EXCESS_DB
