"""How far a recording is from what a model was trained on, and where its features lie in the training's.

log-mel frames → `describe` (mean and deviation of each band) → standardised → distance to the most similar
training recording, in units of what unheard voices of the same corpora have

Noise, music and empty rooms are far away, as speech alone moves so much in all bands at once; so are voices
through another microphone, in another room or at another level, of which the model knows as little.

>>> describe([np.array([[0.0, 1.0], [2.0, 1.0]], dtype=np.float32)]).tolist()
[[1.0, 1.0, 1.0, 0.0]]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ser_models.data.inputs import Frames

MEL = "mel"
"""The family that recordings are compared by; extraction has it anyway, whatever a model reads."""


@dataclass(frozen=True)
class TrainingDistribution:
    """The training recordings of a model, in short.

    Attributes:
        mean: of each descriptor over the training recordings, (descriptors,).
        scale: standard deviation of each, above 0, (descriptors,).
        limit: distance to the most similar training recording that a hundredth of the validation speakers'
            recordings exceeds, above 0.
        recordings: standardised descriptors of training recordings, (recordings, descriptors).
        quantiles: of each core column among the training recordings, 0 to 100 %, (101,) ascending.
    """

    mean: np.ndarray
    scale: np.ndarray
    limit: float
    recordings: np.ndarray
    quantiles: Mapping[str, np.ndarray]

    def distance(self, frames: Sequence[Frames]) -> np.ndarray:
        """Return how far recordings are from the training recordings.

        Args:
            frames: log-mel frames of each, (frames, bands), of the profile that the model was trained on.

        Returns:
            (recordings,), 0 and above; 1 is where the farthest hundredth of recordings of unheard voices of
            the same corpora begins.
        """
        standard = ((describe(frames) - self.mean) / self.scale).astype(np.float32)
        return nearest(standard, self.recordings) / self.limit

    def percentiles(self, columns: Mapping[str, float]) -> dict[str, float]:
        """Return the share of the training recordings that lie below each value, in percent.

        Args:
            columns: values by name.

        Returns:
            0 to 100 by name, of the columns that are known and could be computed.
        """
        shares = np.arange(101.0)
        return {
            name: float(np.interp(value, self.quantiles[name], shares))
            for name, value in columns.items()
            if name in self.quantiles and not np.isnan(value)
        }


def describe(frames: Sequence[Frames]) -> np.ndarray:
    """Return what kind of sound recordings are.

    Args:
        frames: of each, (frames, bands).

    Returns:
        (recordings, 2 × bands) float64: the mean of each band over time, then the standard deviation of each.
    """
    return np.stack([_moments(np.asarray(each, dtype=np.float64)) for each in frames])


def nearest(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Euclidean distance from each of `ones` to the nearest of `others`, (ones,)."""
    return np.array([np.sqrt(np.square(others - one).sum(axis=1).min()) for one in ones])


def _moments(frames: np.ndarray) -> np.ndarray:
    return np.concatenate([frames.mean(axis=0), frames.std(axis=0)])
