"""Groups of input features that are permuted or occluded together: a column, a topic, or a range of bands.

`Inputs`, `Profile` → `feature_groups` → one `FeatureGroup` per column, topic, mel range, group of MFCC …
`Inputs`, `Profile` → `topic_groups` → one `FeatureGroup` per topic: pitch, rhythm, spectrum …

>>> from ser_features.config import SPEECH16K
>>> from ser_models.data.inputs import ColumnInputs
>>> from ser_models.data.frame_inputs import FrameInputs
>>> [group.name for group in feature_groups(ColumnInputs(("rms_mean", "pitch_mean")), SPEECH16K)]
['rms_mean', 'pitch_mean']
>>> [group.name for group in feature_groups(FrameInputs(("mel",), 300), SPEECH16K)][:2]
['mel 0–390 Hz', 'mel 390–770 Hz']
>>> both = JointInputs((ColumnInputs(("pitch_mean", "mfcc_mean_1")), FrameInputs(("mfcc",), 300)))
>>> [(group.name, [len(part) for part in group.indices]) for group in topic_groups(both, SPEECH16K)]
[('pitch', [1, 0]), ('MFCC', [1, 39])]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ser_features import extractors
from ser_features.config import FrameConfig, Profile
from ser_features.extractors.framewise import mel_filters
from ser_features.extractors.topics import TOPICS, topic_of
from ser_models.data.frame_inputs import ChunkInputs, FrameInputs
from ser_models.data.inputs import OWN, ColumnInputs, Inputs, JointInputs

MOST_COLUMNS = 64
"""Columns of a model that are explained one by one; those of a larger model are explained by topics."""

MEL_GROUPS = 8
"""Ranges of mel bands; single bands have little importance, as neighbouring bands are correlated."""

COEFFICIENTS = ((0, 1, "level"), (1, 5, "broad shape of the spectrum"), (5, None, "fine shape"))
"""First and last MFCC of each group, and its description."""

DERIVATIVES = ("", "Δ", "ΔΔ")


@dataclass(frozen=True, slots=True)
class FeatureGroup:
    """Input features of a model that belong together.

    Attributes:
        name: of the column, of the topic, or of the range of bands.
        unit: of the values; empty for a topic.
        description: one sentence.
        indices: of the columns or bands, for each part of the inputs; there is one part but for an ensemble.
    """

    name: str
    unit: str
    description: str
    indices: tuple[tuple[int, ...], ...]


def feature_groups(inputs: Inputs, profile: Profile, *, by_column: bool = False) -> tuple[FeatureGroup, ...]:
    """Group the input features of a model; every column or band is in exactly one group.

    A group is a column if there are at most `MOST_COLUMNS`, a range of bands if the model reads frames alone,
    and otherwise a topic.

    Args:
        inputs: of the model.
        profile: the feature configuration.
        by_column: whether every column is a group, however many there are.
    """
    if isinstance(inputs, FrameInputs | ChunkInputs):
        return _ranges(inputs, profile)
    if isinstance(inputs, ColumnInputs) and (by_column or len(inputs.columns) <= MOST_COLUMNS):
        return _columns(inputs, profile)
    return topic_groups(inputs, profile)


def topic_groups(inputs: Inputs, profile: Profile) -> tuple[FeatureGroup, ...]:
    """One group per topic; columns or ranges of bands where all features are of one topic.

    Own features are grouped by their names up to the first underscore, without digits at the end.
    """
    parts = inputs.parts if isinstance(inputs, JointInputs) else (inputs,)
    by_part = [_topics(part, profile) for part in parts]
    names = dict.fromkeys(topic for topics in by_part for topic in topics)
    if len(names) > 1:
        return tuple(_topic_group(name, by_part) for name in sorted(names, key=_order))
    [name] = names
    if len(parts) > 1:
        return (_topic_group(name, by_part),)
    [part] = parts
    return _columns(part, profile) if isinstance(part, ColumnInputs) else _ranges(part, profile)


def _columns(inputs: ColumnInputs, profile: Profile) -> tuple[FeatureGroup, ...]:
    """One group per column."""
    described = {column.name: column for column in extractors.columns(inputs.families, profile)}
    groups = []
    for index, name in enumerate(inputs.columns):
        column = described.get(name)
        unit, description = (column.unit, column.description) if column else ("", "Own feature.")
        groups.append(FeatureGroup(name.removeprefix(OWN), unit, description, ((index,),)))
    return tuple(groups)


def _topics(part: ColumnInputs | FrameInputs | ChunkInputs, profile: Profile) -> list[str]:
    """Topic of every column or band of one part."""
    if isinstance(part, ColumnInputs):
        return [_own_group(name) if name.startswith(OWN) else topic_of(name) for name in part.columns]
    return [topic_of(family) for family in part.families for _ in range(_width(family, profile))]


def _own_group(column: str) -> str:
    """Group of an own feature.

    >>> [_own_group(f"{OWN}{name}") for name in ("loudness_sma3_amean", "mfcc1_sma3", "mfcc2_sma3", "2")]
    ['loudness', 'mfcc', 'mfcc', 'columns']
    """
    return column.removeprefix(OWN).partition("_")[0].rstrip("0123456789") or "columns"


def _topic_group(name: str, by_part: Sequence[Sequence[str]]) -> FeatureGroup:
    indices = tuple(tuple(index for index, topic in enumerate(topics) if topic == name) for topics in by_part)
    return FeatureGroup(name, "", TOPICS.get(name, "Own features."), indices)


def _order(name: str) -> int:
    """Position of a topic in the registry; own groups come last, in the order of their columns."""
    return list(TOPICS).index(name) if name in TOPICS else len(TOPICS)


def _ranges(inputs: FrameInputs | ChunkInputs, profile: Profile) -> tuple[FeatureGroup, ...]:
    """Ranges of the bands of frames."""
    groups, first = [], 0
    for family in inputs.families:
        for group in _of_family(family, profile):
            [own] = group.indices
            groups.append(replace(group, indices=(tuple(first + index for index in own),)))
        first += _width(family, profile)
    return tuple(groups)


def _of_family(family: str, profile: Profile) -> Iterator[FeatureGroup]:
    if family == "mel":
        yield from _mel(profile)
    elif family == "mfcc":
        yield from _mfcc(profile.frames)
    else:
        extractor = extractors.FAMILIES[family].extractor
        yield FeatureGroup(
            family, extractor.unit, extractor.description, (tuple(range(_width(family, profile))),)
        )


def _mel(profile: Profile) -> Iterator[FeatureGroup]:
    hertz = _band_edges(profile)
    bounds = [round(bound) for bound in np.linspace(0, len(hertz) - 1, MEL_GROUPS + 1)]
    for first, end in pairwise(bounds):
        low, high = (int(round(hertz[index], -1)) for index in (first, end))
        description = f"Log-mel power of bands {first} to {end - 1}, about {low} to {high} Hz."
        yield FeatureGroup(f"mel {low}–{high} Hz", "dB", description, (tuple(range(first, end)),))


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
            yield FeatureGroup(name, "1", description, (indices,))


def _width(family: str, profile: Profile) -> int:
    """Number of bands of a frame family."""
    frames = profile.frames
    widths = {"mel": frames.n_mels, "mfcc": len(DERIVATIVES) * frames.n_mfcc}
    return {**widths, "pitch": 1, "intonation": 3, "chroma": 12, "contrast": 7, "tonnetz": 6}[family]
