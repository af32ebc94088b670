"""The registry of transforms: a file each, in the order in which the papers list them."""

from collections.abc import Mapping

from ser_features.augment.base import AnyTransform
from ser_features.augment.clip import Clip
from ser_features.augment.compression import Compression
from ser_features.augment.echo import Echo
from ser_features.augment.gain import Gain
from ser_features.augment.noise import Noise
from ser_features.augment.pitch_shift import PitchShift
from ser_features.augment.polarity import Polarity
from ser_features.augment.spec_augment import SpecAugment
from ser_features.augment.spectrogram_shift import SpectrogramShift
from ser_features.augment.speed import Speed
from ser_features.augment.time_mask import TimeMask
from ser_features.augment.time_shift import TimeShift
from ser_features.augment.time_stretch import TimeStretch
from ser_features.augment.vocal_tract import VocalTract
from ser_features.augment.white_noise import WhiteNoise

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
