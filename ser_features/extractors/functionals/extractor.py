"""Descriptors and statistics joined: names, units and values of all columns, in one order."""

from collections.abc import Iterator, Mapping

import numpy as np

from ser_features.config import Profile
from ser_features.extractors.base import Analysis
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

LEAST_VOICED = 5
"""Voiced frames below which nothing is said of the voice's course."""

WAYS: dict[str, tuple[tuple[str, ...], str]] = {
    "": (tuple(statistics.FULL), "{} of the {}"),
    "_delta": (statistics.SHORT, "{} of the change (Δ) of the {}"),
    "_delta2": (statistics.SHORT, "{} of the change of the change (ΔΔ) of the {}"),
    "_voiced": (statistics.VOICED, "{} over voiced frames of the {}"),
    "_unvoiced": (statistics.UNVOICED, "{} over unvoiced frames of the {}"),
}
"""Behind the descriptor's name: what is told of it in this way, and how that is worded."""


class Functionals:
    """Every functional of every descriptor; a family of columns that has its own folder in the store."""

    name = "functionals"
    version = 1
    unit = ""
    description = "Every functional of every descriptor; its columns are described one by one."

    @property
    def columns(self) -> tuple[Column, ...]:
        """What `extract` returns, in order; the same in every profile."""
        return FUNCTIONAL_COLUMNS

    def columns_in(self, profile: Profile) -> tuple[Column, ...]:
        """The same, as a wide family says it."""
        return FUNCTIONAL_COLUMNS

    def extract(self, analysis: Analysis) -> dict[str, float]:
        """One value per column; NaN of the voice where hardly anything is voiced."""
        return dict(zip(_NAMES, self.vector(analysis).tolist(), strict=True))

    def vector(self, analysis: Analysis) -> np.ndarray:
        """The same values, float64, shape (columns,)."""
        course, height = per_frame(analysis), semitones(analysis)
        voiced = ~np.isnan(height)
        frame_rate = analysis.sample_rate / analysis.profile.frames.hop_length
        width = analysis.profile.frames.delta_width
        found = [
            *_stacked(statistics.full(course)),
            *_stacked(statistics.some(delta(course, width, 1), statistics.SHORT)),
            *_stacked(statistics.some(delta(course, width, 2), statistics.SHORT)),
            *_stacked(statistics.some(course[voiced], statistics.VOICED)),
            *_stacked(statistics.some(course[~voiced], statistics.UNVOICED)),
            *_stacked(statistics.modulation(course, frame_rate)),
            *_stacked(statistics.thirds(course)),
            *_voice(height, harmonicity(analysis)),
            *_stacked(statistics.thirds(height[:, np.newaxis])),
            list(rhythm(voiced, course[:, _LEVEL], frame_rate).values()),
        ]
        return np.concatenate(list(map(np.asarray, found)))


def _voice(height: np.ndarray, ratio: np.ndarray) -> Iterator[np.ndarray]:
    """All functionals of F0, harmonicity and the change of F0, over voiced frames."""
    voiced = ~np.isnan(height)
    for course in (height[voiced], ratio[voiced], np.diff(height[voiced])):
        if course.size < LEAST_VOICED or np.isnan(course).any():
            yield np.full(len(statistics.FULL), np.nan)
        else:
            yield np.concatenate(list(_stacked(statistics.full(course[:, np.newaxis]))))


def _stacked(by_functional: Mapping[str, np.ndarray]) -> Iterator[np.ndarray]:
    yield from by_functional.values()


def _described() -> Iterator[Column]:
    """All columns in the order of `Functionals.vector`: functional by functional, all descriptors of each."""
    for way, (functionals, words) in WAYS.items():
        for functional in functionals:
            for name, (unit, meaning) in UNITS.items():
                told = words.format(statistics.FULL[functional], meaning)
                yield _column(f"{name}{way}__{functional}", _unit(functional, unit), told)
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


FUNCTIONAL_COLUMNS: tuple[Column, ...] = tuple(_described())
"""The columns of the family `functionals`, in order."""

_NAMES = tuple(column.name for column in FUNCTIONAL_COLUMNS)
_LEVEL = tuple(UNITS).index("level")
