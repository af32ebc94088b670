"""Descriptors × statistics: names, units and values of all columns, in one order."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ser_features.config import Profile
from ser_features.extractors.base import Analysis, WideExtractor
from ser_features.extractors.framewise import delta
from ser_features.extractors.functionals import statistics
from ser_features.extractors.functionals.descriptors import (
    UNITS,
    VOICE,
    harmonicity,
    per_frame,
    semitones,
)
from ser_features.extractors.functionals.rhythm import RHYTHM, rhythm
from ser_features.manifest import Column

MIN_VOICED = 5
"""With fewer voiced frames the functionals of F0 and harmonicity are NaN."""

GROUPS: dict[str, tuple[tuple[str, ...], str]] = {
    "": (tuple(statistics.FULL), "{} of the {}"),
    "_delta": (statistics.SHORT, "{} of the change (Δ) of the {}"),
    "_delta2": (statistics.SHORT, "{} of the change of the change (ΔΔ) of the {}"),
    "_voiced": (statistics.VOICED, "{} over voiced frames of the {}"),
    "_unvoiced": (statistics.UNVOICED, "{} over unvoiced frames of the {}"),
}
"""Functionals and wording of each group of columns, by the suffix of the descriptor's name."""


class Functionals(WideExtractor):
    """Every functional of every descriptor; the same columns in every profile."""

    name = "functionals"
    description = "Every functional of every descriptor; its columns are described one by one."

    def columns(self, profile: Profile) -> tuple[Column, ...]:
        """All 3,669 columns."""
        return FUNCTIONAL_COLUMNS

    def owns(self, column: str) -> bool:
        """Whether it is one of the columns."""
        return column in _POSITIONS

    def positions(self, names: Sequence[str], width: int) -> list[int]:
        """Positions of columns, which do not depend on `width`."""
        return [_POSITIONS[name] for name in names]

    def extract(self, analysis: Analysis) -> np.ndarray:
        """One value per column, float64; those of F0 are NaN if fewer than `MIN_VOICED` frames are voiced."""
        frames, height = per_frame(analysis), semitones(analysis)
        voiced = ~np.isnan(height)
        frame_rate = analysis.sample_rate / analysis.profile.frames.hop_length
        width = analysis.profile.frames.delta_width
        groups: list[np.ndarray | list[float]] = [
            *_values(statistics.full(frames)),
            *_values(statistics.some(delta(frames, width, 1), statistics.SHORT)),
            *_values(statistics.some(delta(frames, width, 2), statistics.SHORT)),
            *_values(statistics.some(frames[voiced], statistics.VOICED)),
            *_values(statistics.some(frames[~voiced], statistics.UNVOICED)),
            *_values(statistics.modulation(frames, frame_rate)),
            *_values(statistics.thirds(frames)),
            *_voice(height, harmonicity(analysis)),
            *_values(statistics.thirds(height[:, np.newaxis])),
            list(rhythm(voiced, frames[:, _LEVEL], frame_rate).values()),
        ]
        return np.concatenate([np.asarray(group) for group in groups])


def _voice(height: np.ndarray, ratio: np.ndarray) -> Iterator[np.ndarray]:
    """All functionals of F0, harmonicity and the change of F0, over voiced frames."""
    voiced = ~np.isnan(height)
    both = np.stack([height[voiced], ratio[voiced]], axis=1)
    yield from _of_voiced(both)
    yield from _of_voiced(np.diff(both[:, :1], axis=0))


def _of_voiced(frames: np.ndarray) -> np.ndarray:
    """All functionals of each descriptor, shape (descriptors, functionals); NaN if it has too few frames."""
    if len(frames) < MIN_VOICED:
        return np.full((frames.shape[1], len(statistics.FULL)), np.nan)
    functionals = np.stack(list(_values(statistics.full(frames))), axis=1)
    functionals[np.isnan(frames).any(axis=0)] = np.nan
    return functionals


def _values(by_functional: Mapping[str, np.ndarray]) -> Iterator[np.ndarray]:
    yield from by_functional.values()


def _all_columns() -> Iterator[Column]:
    """All columns in the order of `Functionals.extract`: per functional, all descriptors."""
    for suffix, (functionals, wording) in GROUPS.items():
        for functional in functionals:
            for name, (unit, meaning) in UNITS.items():
                description = wording.format(statistics.FULL[functional], meaning)
                yield _column(f"{name}{suffix}__{functional}", _unit(functional, unit), description)
    for functional, (low, high) in zip(statistics.modulation_names(), statistics.MODULATION, strict=True):
        for name, (_, meaning) in UNITS.items():
            yield _column(
                f"{name}__{functional}", "1", f"Power (log10) in {low:g}–{high:g} Hz of the {meaning}"
            )
    for third in range(1, statistics.THIRDS + 1):
        for name, (unit, meaning) in UNITS.items():
            yield _column(
                f"{name}__third_{third}", unit, f"Mean of third {third} less that of all, of the {meaning}"
            )
    for name, (unit, meaning) in VOICE.items():
        for functional, words in statistics.FULL.items():
            yield _column(f"{name}__{functional}", _unit(functional, unit), f"{words} of the {meaning}")
    for third in range(1, statistics.THIRDS + 1):
        yield _column(f"f0__third_{third}", "semitones", f"Mean F0 of third {third} less that of all")
    for name, (unit, description) in RHYTHM.items():
        yield Column(name, "float32", unit, description)


def _column(name: str, unit: str, description: str) -> Column:
    return Column(name, "float32", unit, f"{description}.")


def _unit(functional: str, unit: str) -> str:
    return "1" if functional in ("skewness", "kurtosis") else unit


FUNCTIONAL_COLUMNS: tuple[Column, ...] = tuple(_all_columns())
"""The columns of the family `functionals`, in order."""

_POSITIONS = {column.name: position for position, column in enumerate(FUNCTIONAL_COLUMNS)}
_LEVEL = tuple(UNITS).index("level")
