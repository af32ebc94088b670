"""The registry of transforms: those of the papers in their order, then those of `ser extract --rooms`."""

from collections.abc import Mapping

from ser_features.augment.amplitude import Clip, Compression, Gain, Polarity
from ser_features.augment.base import AnyTransform
from ser_features.augment.channel import Channel, Equaliser
from ser_features.augment.noise import ColouredNoise, Noise, WhiteNoise
from ser_features.augment.other_room import OtherRoom
from ser_features.augment.room import Reverberation
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
        Reverberation(),
        ColouredNoise(),
        Equaliser(),
        Channel(),
        OtherRoom(),
    )
}
"""Transforms by name."""
