"""Log-mel spectrogram → moved in time."""

import numpy as np

from ser_features.augment.base import Parameter, Parameters, SpectrogramTransform


class SpectrogramShift(SpectrogramTransform):
    """What was at t is at t + fraction; silence moves in, what leaves is lost.

    Not circular: that would leave every mean and deviation over time as it is, and the copy would be the
    recording itself once more. Silence is the spectrogram's quietest value.
    """

    name = "spectrogram_shift"
    parameters = (
        Parameter(
            "fraction", "1", (0.25, 0.25), (-0.9, 0.9), "Share of the frames; above 0 is to the right."
        ),
    )

    def apply(self, mel_db: np.ndarray, parameters: Parameters) -> np.ndarray:
        """Return the same number of frames."""
        frames = round(parameters["fraction"] * len(mel_db))
        shifted = np.roll(mel_db, frames, axis=0)
        entered = slice(None, frames) if frames >= 0 else slice(frames, None)
        shifted[entered] = mel_db.min()
        return shifted
