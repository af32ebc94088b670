"""Log-mel spectrogram → masked in time and frequency, or shifted in time."""

import numpy as np

from ser_features.augment.base import Parameter, Parameters, SpectrogramTransform

_ANYWHERE = (0.0, 1.0)


class SpecAugment(SpectrogramTransform):
    """One time mask and one frequency mask (Park et al. 2019, policy LB without time warping).

    Masked cells get the spectrogram's mean, which is 0 in the normalised spectrograms of the source.
    """

    name = "spec_augment"
    parameters = (
        Parameter("time_share", "1", (0.0, 0.2), (0.0, 1.0), "Share of masked frames."),
        Parameter("time_position", "1", _ANYWHERE, _ANYWHERE, "Position: 0 at the start, 1 at the end."),
        Parameter("band_share", "1", (0.0, 0.2), (0.0, 1.0), "Share of masked bands."),
        Parameter(
            "band_position", "1", _ANYWHERE, _ANYWHERE, "Position: 0 at the lowest bands, 1 at the highest."
        ),
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
    """At most `share` of `size` cells, at a position from 0 (the first cells) to 1 (the last cells)."""
    length = int(share * size)
    start = round(position * (size - length))
    return slice(start, start + length)


class SpectrogramShift(SpectrogramTransform):
    """Shift in time by a share of the frames; the gap is filled with the spectrogram's minimum.

    Not circular: a circular shift would not change any mean or deviation over time.
    """

    name = "spectrogram_shift"
    parameters = (
        Parameter("fraction", "1", (0.25, 0.25), (-0.9, 0.9), "Share of the frames; positive is later."),
    )

    def apply(self, mel_db: np.ndarray, parameters: Parameters) -> np.ndarray:
        """Return the same number of frames."""
        frames = round(parameters["fraction"] * len(mel_db))
        shifted = np.roll(mel_db, frames, axis=0)
        entered = slice(None, frames) if frames >= 0 else slice(frames, None)
        shifted[entered] = mel_db.min()
        return shifted
