"""The registry of transforms, in the order in which the papers list them."""

from collections.abc import Mapping

from ser_features.augment.amplitude import Clip, Compression, Gain, Polarity
from ser_features.augment.base import AnyTransform
from ser_features.augment.noise import Noise, WhiteNoise
from ser_features.augment.spectrogram import SpecAugment, SpectrogramShift
from ser_features.augment.time_and_pitch import Echo, PitchShift, Speed, TimeMask, TimeShift, TimeStretch
from ser_features.augment.vocal_tract import VocalTract

TRANSFORMS: Mapping[str, AnyTransform] = {
    transform.name: transform
    for transform in (
        TimeStretch(),
        Speed(),
        TimeShift(),
        TimeMask(),
        PitchShift(),
        Gain(),
        Noise(),
        Clip(),
        Polarity(),
        Echo(),
        Compression(),
        VocalTract(),
        WhiteNoise(),
        SpecAugment(),
        SpectrogramShift(),
    )
}
"""Transforms by name."""
