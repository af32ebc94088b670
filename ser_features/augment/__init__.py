"""Augmentation: altered copies of recordings, for training only.

`Variant` (name, transform, ranges) → `draw` per recording → parameters → `apply` → signal or spectrogram

Randomness comes from the generator of `Variant.draw` alone, which depends on seed, recording and variant.

>>> variant = Variant("higher", "pitch_shift", {"semitones": (1, 3)})
>>> variant.draw(seed=0, file_id="ravdess/03-01-05-01-01-01-01")
{'semitones': ...}
>>> Variant("higher", "pitch_shft")
Traceback (most recent call last):
...
ser_features.errors.InputError: variant 'higher': unknown transform 'pitch_shft': expected one of
time_stretch, speed, ...
"""

from ser_features.augment.base import (
    AnyTransform,
    Parameter,
    Parameters,
    SignalTransform,
    SpectrogramTransform,
)
from ser_features.augment.transforms import TRANSFORMS
from ser_features.augment.variant import SPEED_PERTURBATIONS, Variant, check_variants, rooms

__all__ = [
    "SPEED_PERTURBATIONS",
    "TRANSFORMS",
    "AnyTransform",
    "Parameter",
    "Parameters",
    "SignalTransform",
    "SpectrogramTransform",
    "Variant",
    "check_variants",
    "rooms",
]
