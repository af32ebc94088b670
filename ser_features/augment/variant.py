"""One kind of augmented copy: a transform, the ranges of its parameters, and the copy's name.

recipe → `Variant` (validated before any audio is read) → `draw` → parameters per recording and seed
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from ser_features.augment import library
from ser_features.augment.base import AnyTransform, Parameter, Range, SignalTransform
from ser_features.augment.transforms import TRANSFORMS
from ser_features.errors import InputError
from ser_features.extras import require

_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Variant:
    """One augmented copy per recording.

    Attributes:
        name: of the copy; its file_id is that of the recording, "#", and this name.
        transform: one of `TRANSFORMS`.
        ranges: (lowest, highest) or value by parameter; the transform's defaults for the others.
        sample_rate: at which the transform is applied, before the copy is resampled to the profile's rate, in
            Hz; None: to the prepared signal, at the profile's rate.

    Raises:
        InputError: if the transform or a parameter is unknown, or a range is not allowed.
    """

    name: str
    transform: str
    ranges: Mapping[str, Range | float] = field(default_factory=dict, hash=False)
    sample_rate: int | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InputError(f"variant {self.name!r}: expected a name of letters, digits, _ and -")
        if self.transform not in TRANSFORMS:
            raise self._error(
                f"unknown transform {self.transform!r}: expected one of {', '.join(TRANSFORMS)}"
            )
        parameters = {parameter.name: parameter for parameter in self.kind.parameters}
        for name in self.ranges:
            if name not in parameters:
                expected = ", ".join(parameters) or "no parameter"
                raise self._error(f"{self.transform} has no parameter {name!r}: expected {expected}")
        if self.sample_rate is not None and not isinstance(self.kind, SignalTransform):
            raise self._error(
                f"{self.transform} with a sample rate of {self.sample_rate} Hz, expected none: "
                "it alters the spectrogram"
            )
        checked = {name: self._range(parameters[name], value) for name, value in self.ranges.items()}
        object.__setattr__(self, "ranges", checked)

    @property
    def kind(self) -> AnyTransform:
        """The transform."""
        return TRANSFORMS[self.transform]

    def draw(self, seed: int, file_id: str, audio_sha256: str = "") -> dict[str, float]:
        """Draw the parameters of one recording's copy, which depend on the arguments and the variant alone.

        Args:
            seed: of all copies.
            file_id: of the recording.
            audio_sha256: of its file, which replaces `file_id` for transforms that are drawn by the audio.
        """
        recording = audio_sha256 if self.kind.drawn_by_audio else file_id
        text = json.dumps([seed, recording, self.name])
        digest = hashlib.sha256(text.encode()).digest()
        return self.kind.draw(np.random.default_rng(int.from_bytes(digest)), self._pairs)

    def as_json(self) -> dict[str, Any]:
        """The variant and its transform's version as JSON values, equal for equal copies."""
        content = {
            "name": self.name,
            "transform": self.transform,
            "version": self.kind.version,
            "ranges": {name: list(pair) for name, pair in sorted(self._pairs.items())},
        }
        return content if self.sample_rate is None else content | {"sample_rate": self.sample_rate}

    @property
    def _pairs(self) -> Mapping[str, Range]:
        return cast(Mapping[str, Range], self.ranges)  # after __post_init__

    def _range(self, parameter: Parameter, value: Any) -> Range:
        """The value as a range, after validation."""
        numbers = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value] * 2
        if len(numbers) != 2 or not all(_is_number(number) for number in numbers):
            raise self._error(f"{parameter.name} is {value!r}, expected a number, or [lowest, highest]")
        low, high = map(float, numbers)
        if low > high:
            raise self._error(f"{parameter.name} is from {low:g} to {high:g}, expected the lower one first")
        least, most = parameter.allowed
        if not least <= low <= high <= most:
            value = f"{low:g}" if low == high else f"from {low:g} to {high:g}"
            unit = "" if parameter.unit == "1" else f" {parameter.unit}"
            raise self._error(f"{parameter.name} is {value}, expected {least:g} to {most:g}{unit}")
        return low, high

    def _error(self, problem: str) -> InputError:
        return InputError(f"variant {self.name!r}: {problem}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def check_variants(variants: Sequence[Variant]) -> None:
    """Check that variants can be stored together and computed on this machine.

    Raises:
        InputError: if two have the same name.
        MissingExtraError: if one needs a package that is not installed.
    """
    names = [variant.name for variant in variants]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"two variants are called {twice[0]!r}: expected different names")
    for variant in variants:
        if variant.kind.by_library:
            require(f"variant {variant.name!r}: {variant.transform}", library.PACKAGE)


SPEED_PERTURBATIONS: tuple[Variant, ...] = (
    Variant("slower", "speed", {"rate": 0.9}),
    Variant("faster", "speed", {"rate": 1.1}),
)
"""Two other voices for each: `ser extract --speed-perturb` stores them for models that learn from them.

Three speeds of every recording are the usual augmentation of speech recognition (Ko, Peddinti, Povey &
Khudanpur, "Audio augmentation for speech recognition", 2015).
"""

ROOM_RATE = 16_000
"""Sample rate at which copies in other rooms are made, in Hz: that of wideband speech."""


def rooms(count: int) -> tuple[Variant, ...]:
    """`count` copies in other rooms and through other channels: `ser extract --rooms` stores them.

    The first copies are the same whatever their number. They are made before the signal is conditioned, as a
    recording in that room would be.
    """
    return tuple(
        Variant(f"room{number}", "other_room", sample_rate=ROOM_RATE) for number in range(1, count + 1)
    )
