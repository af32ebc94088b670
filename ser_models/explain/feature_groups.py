"""What of a model's input is shuffled or hidden together: a column, or a group of frame bands.

`Inputs`, `Profile` → `parts` → one `Part` per column, mel range, group of MFCC …

>>> from ser_features.config import SPEECH16K
>>> from ser_models.data.inputs import ColumnInputs, FrameInputs
>>> [part.name for part in parts(ColumnInputs(("rms_mean", "pitch_mean")), SPEECH16K)]
['rms_mean', 'pitch_mean']
>>> [part.name for part in parts(FrameInputs(("mel",), 300), SPEECH16K)][:2]
['mel 0–390 Hz', 'mel 390–770 Hz']
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ser_features import extractors
from ser_features.config import FrameConfig, Profile
from ser_features.errors import InputError
from ser_features.extractors.filters import mel_filters
from ser_models.data.inputs import ColumnInputs, Inputs, JointInputs

MEL_GROUPS = 8
"""Ranges that the mel bands are put into; single bands say too little, as their neighbours say the same."""

COEFFICIENTS = ((0, 1, "level"), (1, 5, "broad shape of the spectrum"), (5, None, "fine shape"))
"""First and last MFCC of each group, and what it is about."""

DERIVATIVES = ("", "Δ", "ΔΔ")


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the numbers that a model reads of every recording.

    Attributes:
        name: of the column, or of the group of bands.
        unit: of the values.
        description: one sentence.
        places: their positions among the columns or bands.
    """

    name: str
    unit: str
    description: str
    places: tuple[int, ...]


def parts(inputs: Inputs, profile: Profile) -> tuple[Part, ...]:
    """Cut what a model reads into parts; every column or band is in exactly one.

    Raises:
        InputError: if it reads with several models at once.
    """
    if isinstance(inputs, JointInputs):
        raise InputError(
            f"an ensemble reads in {len(inputs.parts)} ways at once, expected a single model: "
            "explain one of its members, trained alone"
        )
    if isinstance(inputs, ColumnInputs):
        known = {column.name: column for column in extractors.columns(inputs.families, profile)}
        return tuple(
            Part(name, known[name].unit, known[name].description, (place,))
            for place, name in enumerate(inputs.columns)
        )
    found: list[Part] = []
    first = 0
    for family in inputs.families:
        own = tuple(_of_family(family, profile))
        found += [replace(part, places=tuple(first + place for place in part.places)) for part in own]
        first += sum(len(part.places) for part in own)
    return tuple(found)


def _of_family(family: str, profile: Profile) -> Iterator[Part]:
    if family == "mel":
        yield from _mel(profile)
    elif family == "mfcc":
        yield from _mfcc(profile.frames)
    else:
        described = extractors.FAMILIES[family].extractor
        yield Part(family, described.unit, described.description, tuple(range(_width(family))))


def _mel(profile: Profile) -> Iterator[Part]:
    hertz = _band_edges(profile)
    bounds = [round(bound) for bound in np.linspace(0, len(hertz) - 1, MEL_GROUPS + 1)]
    for first, end in pairwise(bounds):
        low, high = (int(round(hertz[place], -1)) for place in (first, end))
        words = f"Log-mel power of bands {first} to {end - 1}, about {low} to {high} Hz."
        yield Part(f"mel {low}–{high} Hz", "dB", words, tuple(range(first, end)))


def _band_edges(profile: Profile) -> np.ndarray:
    """Frequencies between the mel bands, in Hz, (bands + 1,): from 0 to half the sample rate."""
    rate, frames = profile.audio.sample_rate, profile.frames
    filters = mel_filters(rate, frames.n_fft, frames.n_mels).astype(np.float64)
    centres = np.fft.rfftfreq(frames.n_fft, 1 / rate) @ filters / filters.sum(axis=0)
    return np.array([0.0, *(centres[1:] + centres[:-1]) / 2, rate / 2])


def _mfcc(frames: FrameConfig) -> Iterator[Part]:
    for order, mark in enumerate(DERIVATIVES):
        for first, last, about in COEFFICIENTS:
            end = frames.n_mfcc if last is None else last
            name = f"{mark}MFCC {first}" + (f"–{end - 1}" if end - first > 1 else "")
            places = tuple(range(order * frames.n_mfcc + first, order * frames.n_mfcc + end))
            yield Part(name, "1", f"{about.capitalize()}{', its change' * bool(order)}.", places)


def _width(family: str) -> int:
    return {"pitch": 1, "chroma": 12, "contrast": 7, "tonnetz": 6}[family]
