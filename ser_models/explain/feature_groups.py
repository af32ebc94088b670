"""Groups of input features that are permuted or occluded together: a column, or a range of frame bands.

`Inputs`, `Profile` → `feature_groups` → one `FeatureGroup` per column, mel range, group of MFCC …

>>> from ser_features.config import SPEECH16K
>>> from ser_models.data.inputs import ColumnInputs, FrameInputs
>>> [group.name for group in feature_groups(ColumnInputs(("rms_mean", "pitch_mean")), SPEECH16K)]
['rms_mean', 'pitch_mean']
>>> [group.name for group in feature_groups(FrameInputs(("mel",), 300), SPEECH16K)][:2]
['mel 0–390 Hz', 'mel 390–770 Hz']
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ser_features import extractors
from ser_features.config import FrameConfig, Profile
from ser_features.errors import InputError
from ser_features.extractors.framewise import mel_filters
from ser_models.data.inputs import ColumnInputs, Inputs, JointInputs

MEL_GROUPS = 8
"""Ranges of mel bands; single bands have little importance, as neighbouring bands are correlated."""

COEFFICIENTS = ((0, 1, "level"), (1, 5, "broad shape of the spectrum"), (5, None, "fine shape"))
"""First and last MFCC of each group, and its description."""

DERIVATIVES = ("", "Δ", "ΔΔ")


@dataclass(frozen=True, slots=True)
class FeatureGroup:
    """Input features of a model that belong together.

    Attributes:
        name: of the column, or of the range of bands.
        unit: of the values.
        description: one sentence.
        indices: of the columns or bands.
    """

    name: str
    unit: str
    description: str
    indices: tuple[int, ...]


def feature_groups(inputs: Inputs, profile: Profile) -> tuple[FeatureGroup, ...]:
    """Group the input features of a model; every column or band is in exactly one group.

    Raises:
        InputError: for an ensemble.
    """
    if isinstance(inputs, JointInputs):
        raise InputError(
            f"an ensemble has {len(inputs.parts)} kinds of input, expected a single model: "
            "train one of its members alone and explain that"
        )
    if isinstance(inputs, ColumnInputs):
        columns = {column.name: column for column in extractors.columns(inputs.families, profile)}
        return tuple(
            FeatureGroup(name, columns[name].unit, columns[name].description, (index,))
            for index, name in enumerate(inputs.columns)
        )
    groups: list[FeatureGroup] = []
    first = 0
    for family in inputs.families:
        own = tuple(_of_family(family, profile))
        groups += [replace(group, indices=tuple(first + index for index in group.indices)) for group in own]
        first += sum(len(group.indices) for group in own)
    return tuple(groups)


def _of_family(family: str, profile: Profile) -> Iterator[FeatureGroup]:
    if family == "mel":
        yield from _mel(profile)
    elif family == "mfcc":
        yield from _mfcc(profile.frames)
    else:
        extractor = extractors.FAMILIES[family].extractor
        yield FeatureGroup(family, extractor.unit, extractor.description, tuple(range(_width(family))))


def _mel(profile: Profile) -> Iterator[FeatureGroup]:
    hertz = _band_edges(profile)
    bounds = [round(bound) for bound in np.linspace(0, len(hertz) - 1, MEL_GROUPS + 1)]
    for first, end in pairwise(bounds):
        low, high = (int(round(hertz[index], -1)) for index in (first, end))
        description = f"Log-mel power of bands {first} to {end - 1}, about {low} to {high} Hz."
        yield FeatureGroup(f"mel {low}–{high} Hz", "dB", description, tuple(range(first, end)))


def _band_edges(profile: Profile) -> np.ndarray:
    """Return the frequencies between the mel bands, in Hz, (bands + 1,), from 0 to half the sample rate."""
    rate, frames = profile.audio.sample_rate, profile.frames
    filters = mel_filters(rate, frames.n_fft, frames.n_mels).astype(np.float64)
    centres = np.fft.rfftfreq(frames.n_fft, 1 / rate) @ filters / filters.sum(axis=0)
    return np.array([0.0, *(centres[1:] + centres[:-1]) / 2, rate / 2])


def _mfcc(frames: FrameConfig) -> Iterator[FeatureGroup]:
    for order, mark in enumerate(DERIVATIVES):
        for first, last, about in COEFFICIENTS:
            end = frames.n_mfcc if last is None else last
            name = f"{mark}MFCC {first}" + (f"–{end - 1}" if end - first > 1 else "")
            indices = tuple(range(order * frames.n_mfcc + first, order * frames.n_mfcc + end))
            description = f"{about.capitalize()}{', its derivative' * bool(order)}."
            yield FeatureGroup(name, "1", description, indices)


def _width(family: str) -> int:
    return {"pitch": 1, "chroma": 12, "contrast": 7, "tonnetz": 6}[family]
