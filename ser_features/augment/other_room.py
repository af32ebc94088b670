"""Signal → as another voice in another room through another channel: a chain of the other transforms.

signal → speed → vocal tract → reverberation → noise → equaliser → channel → gain
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np

from ser_features.augment.base import Parameter, Parameters, Range, SignalTransform
from ser_features.augment.channel import Channel, Equaliser
from ser_features.augment.noise import ColouredNoise, with_seed
from ser_features.augment.room import Reverberation
from ser_features.augment.time_and_pitch import Speed
from ser_features.augment.vocal_tract import VocalTract
from ser_features.preprocess import amplified

T = TypeVar("T")

STEPS: tuple[SignalTransform, ...] = (
    Speed(),
    VocalTract(),
    Reverberation(),
    ColouredNoise(),
    Equaliser(),
    Channel(),
)
"""In the order in which sound passes them: the speaker, the room, the microphone, the transmission."""

SPEAKER: Mapping[str, Range] = {"speed_rate": (0.9, 1.1), "vocal_tract_alpha": (0.9, 1.1)}
"""Ranges of the first two steps, which are single values by default."""

GAIN = Parameter("gain_db", "dB", (-12.0, 6.0), (-60.0, 60.0), "Gain of the whole copy.")


def _of_step(step: SignalTransform, parameter: Parameter) -> Parameter:
    """A step's parameter as one of the chain."""
    name = f"{step.name}_{parameter.name}"
    return replace(parameter, name=name, default=SPEAKER.get(name, parameter.default))


class OtherRoom(SignalTransform):
    """Speech in another room and through another channel: every step of `STEPS`, then a gain.

    All of it is drawn for each copy, by the recording's audio: its copies are the same under any name.
    """

    name = "other_room"
    drawn_by_audio = True
    parameters = (*(_of_step(step, parameter) for step in STEPS for parameter in step.parameters), GAIN)

    def draw(self, rng: np.random.Generator, ranges: Mapping[str, Range]) -> dict[str, float]:
        """Draw the parameters of each step, and one seed for all of them."""
        chosen = {
            parameter.name: ranges.get(parameter.name, parameter.default) for parameter in self.parameters
        }
        drawn = {
            f"{step.name}_{parameter.name}": values[parameter.name]
            for step in STEPS
            for values in [step.draw(rng, _own(step, chosen))]
            for parameter in step.parameters
        }
        return with_seed(drawn | {GAIN.name: rng.uniform(*chosen[GAIN.name])}, rng)

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return ⌈n / speed_rate⌉ samples."""
        for step in STEPS:
            signal = step.apply(signal, sample_rate, {**_own(step, parameters), "seed": parameters["seed"]})
        return amplified(signal, parameters[GAIN.name])


def _own(step: SignalTransform, values: Mapping[str, T]) -> dict[str, T]:
    """What belongs to a step among the values by the chain's names."""
    return {parameter.name: values[f"{step.name}_{parameter.name}"] for parameter in step.parameters}
