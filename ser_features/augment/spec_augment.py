"""Log-mel spectrogram → with a stretch of time and a range of bands blanked."""

import numpy as np

from ser_features.augment.base import Parameter, Parameters, SpectrogramTransform

_ANYWHERE = (0.0, 1.0)


class SpecAugment(SpectrogramTransform):
    """One time mask and one frequency mask (Park et al. 2019, policy LB without time warping).

    Masked cells get the spectrogram's mean: what is 0 in the normalised spectrograms of the source.
    """

    name = "spec_augment"
    parameters = (
        Parameter("time_share", "1", (0.0, 0.2), (0.0, 1.0), "Share of the frames that are masked."),
        Parameter("time_position", "1", _ANYWHERE, _ANYWHERE, "Where: 0 at the start, 1 at the end."),
        Parameter("band_share", "1", (0.0, 0.2), (0.0, 1.0), "Share of the bands that are masked."),
        Parameter("band_position", "1", _ANYWHERE, _ANYWHERE, "Where: 0 at the bottom, 1 at the top."),
    )

    def apply(self, mel_db: np.ndarray, parameters: Parameters) -> np.ndarray:
        """Return the same number of frames."""
        masked = mel_db.copy()
        mean = mel_db.mean(dtype=np.float64)
        frames, bands = mel_db.shape
        masked[_span(frames, parameters["time_share"], parameters["time_position"])] = mean
        masked[:, _span(bands, parameters["band_share"], parameters["band_position"])] = mean
        return masked


def _span(size: int, share: float, position: float) -> slice:
    """At most `share` of `size` cells, at a position from 0 (the first ones) to 1 (the last ones)."""
    length = int(share * size)
    start = round(position * (size - length))
    return slice(start, start + length)
