"""What every transform is: parameters drawn from a generator, then a function that draws nothing.

rng, ranges → `Transform.draw` → parameters; signal or spectrogram, parameters → `apply` → the altered one

`apply` depends on its arguments alone: noise takes its seed as a parameter, and no argument is changed.
A new transform is one file, and one line in `ser_features.augment.TRANSFORMS`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

Range = tuple[float, float]
"""Lowest and highest value, both allowed."""

Parameters = Mapping[str, float]
"""Drawn values by name, as they are stored with the copy that they made."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number that a transform needs.

    Attributes:
        name: of the number.
        unit: "s", "dB", …, "1" for a pure number.
        default: where it is drawn from if nothing else is asked for.
        allowed: what may be asked for.
        description: what it does.
    """

    name: str
    unit: str
    default: Range
    allowed: Range
    description: str


class Transform(ABC):
    """One way to make another recording out of a recording without changing its emotion.

    Attributes:
        name: its word in recipes.
        version: raised whenever its numbers change, so that stored copies are made again.
        parameters: what it draws, in this order.
        by_library: whether `apply` is audiomentations', which is an extra.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    by_library: ClassVar[bool] = False

    def draw(self, rng: np.random.Generator, ranges: Mapping[str, Range]) -> dict[str, float]:
        """Draw each parameter uniformly.

        Args:
            rng: the only source of randomness.
            ranges: where to draw from, by parameter; its default where there is none.
        """
        return {each.name: rng.uniform(*ranges.get(each.name, each.default)) for each in self.parameters}


class SignalTransform(Transform):
    """A transform of the signal."""

    @abstractmethod
    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Transform a signal.

        Args:
            signal: float32 mono, shape (n,); is not changed.
            sample_rate: in Hz.
            parameters: as drawn.

        Returns:
            float32, shape (m,); m is n unless the transform says otherwise.
        """


class SpectrogramTransform(Transform):
    """A transform of the log-mel spectrogram and all that is computed from it.

    Duration, level, zero crossings and pitch remain those of the untouched signal.
    """

    @abstractmethod
    def apply(self, mel_db: np.ndarray, parameters: Parameters) -> np.ndarray:
        """Transform a log-mel spectrogram.

        Args:
            mel_db: float32 in dB, shape (frames, bands); is not changed.
            parameters: as drawn.

        Returns:
            float32, the same shape.
        """


AnyTransform = SignalTransform | SpectrogramTransform
