"""The base classes of transforms: parameters are drawn first, then applied without any randomness.

rng, ranges → `Transform.draw` → parameters; signal or spectrogram, parameters → `apply` → altered copy

`apply` depends on its arguments alone and does not change them; noise has its seed as a parameter.
A new transform is a class, and one line in `ser_features.augment.TRANSFORMS`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

Range = tuple[float, float]
"""Lowest and highest value, both allowed."""

Parameters = Mapping[str, float]
"""Drawn values by name, as they are stored with the copy."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a transform.

    Attributes:
        name: of the parameter.
        unit: "s", "dB", …, "1" for a pure number.
        default: range that it is drawn from by default.
        allowed: valid values.
        description: its meaning.
    """

    name: str
    unit: str
    default: Range
    allowed: Range
    description: str


class Transform(ABC):
    """A way to alter a recording without changing its emotion.

    Attributes:
        name: in recipes.
        version: raised whenever its values change, so that stored copies are computed again.
        parameters: in the order in which they are drawn.
        drawn_by_audio: whether parameters are drawn by the hash of the recording's audio instead of its
            file_id, so that a recording under another name has the same copies.
        by_library: whether `apply` uses audiomentations, which is an extra.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    drawn_by_audio: ClassVar[bool] = False
    by_library: ClassVar[bool] = False

    def draw(self, rng: np.random.Generator, ranges: Mapping[str, Range]) -> dict[str, float]:
        """Draw each parameter uniformly.

        Args:
            rng: the only source of randomness.
            ranges: range by parameter; the parameter's default where there is none.
        """
        return {
            parameter.name: rng.uniform(*ranges.get(parameter.name, parameter.default))
            for parameter in self.parameters
        }


class SignalTransform(Transform):
    """A transform of the signal."""

    @abstractmethod
    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Transform a signal.

        Args:
            signal: float32 mono, shape (n,).
            sample_rate: in Hz.
            parameters: as drawn.

        Returns:
            float32, shape (m,); m is n unless the transform says otherwise.
        """


class SpectrogramTransform(Transform):
    """A transform of the log-mel spectrogram and everything that is computed from it.

    Duration, level, zero crossings and pitch remain those of the signal.
    """

    @abstractmethod
    def apply(self, mel_db: np.ndarray, parameters: Parameters) -> np.ndarray:
        """Transform a log-mel spectrogram.

        Args:
            mel_db: float32 in dB, shape (frames, bands).
            parameters: as drawn.

        Returns:
            float32, the same shape.
        """


AnyTransform = SignalTransform | SpectrogramTransform
