r"""What was measured of a recording, set beside the recordings that the model learned from.

`Hearing.columns`, `.percentiles` → `groups` → `Group`s of `Measured` → the tables of the page
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ser_features.extractors import CORE_COLUMNS
from ser_features.manifest import Column
from ser_models.reporting.text import MISSING, number

EDGE = 1.0
"""Percent: a value below this percentile, or as far above, is as rare as one in a hundred recordings."""

TITLES = (
    ("Voice: pitch and its steadiness", ("pitch_", "voiced_ratio", "jitter", "shimmer")),
    ("Level and length", ("duration_", "sample_rate", "mean_amp", "peak_amp", "rms_", "intensity_")),
    ("Pace, noise and brightness", ("tempo_", "zcr_", "spectral_")),
    ("Timbre: mean of the cepstrum (MFCC)", ("mfcc_mean_",)),
    ("Timbre: movement of the cepstrum (MFCC)", ("mfcc_std_",)),
)
"""Groups of columns, by how their names begin."""
OTHER = "More"
CONSTANT = "sample_rate"
"""The same for every recording: it has no place among others."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One feature of a recording.

    Attributes:
        name: of the column.
        description: what it measures.
        value: as it is read; a dash if it cannot be computed.
        unit: empty for a plain number.
        percentile: share of training recordings with a smaller value, 0 to 100; None if not known.
    """

    name: str
    description: str
    value: str
    unit: str
    percentile: float | None

    @property
    def place(self) -> str:
        """The percentile as it is read."""
        if self.percentile is None:
            return MISSING
        return f"{min(max(self.percentile, 0), 100):.0f}"

    @property
    def rare(self) -> bool:
        """Whether so small or large a value is rarer than one in a hundred, on its side."""
        return self.percentile is not None and not EDGE <= self.percentile <= 100 - EDGE


@dataclass(frozen=True, slots=True)
class Group:
    """Features that belong together.

    Attributes:
        title: a few words.
        rows: its features.
    """

    title: str
    rows: tuple[Measured, ...]


def groups(columns: Mapping[str, float], percentiles: Mapping[str, float]) -> list[Group]:
    """Gather the features of a recording.

    Args:
        columns: values by name, NaN where one cannot be computed.
        percentiles: 0 to 100 by name, of those that have one.
    """
    known = {column.name: column for column in CORE_COLUMNS}
    rows = [_measured(known.get(name), name, value, percentiles) for name, value in columns.items()]
    found = [Group(title, tuple(_of(rows, starts))) for title, starts in TITLES]
    grouped = {row.name for group in found for row in group.rows}
    found.append(Group(OTHER, tuple(row for row in rows if row.name not in grouped)))
    return [group for group in found if group.rows]


def _of(rows: Sequence[Measured], starts: tuple[str, ...]) -> list[Measured]:
    return [row for row in rows if row.name.startswith(starts)]


def _measured(column: Column | None, name: str, value: float, percentiles: Mapping[str, float]) -> Measured:
    unit = column.unit or "" if column else ""
    return Measured(
        name=name,
        description=column.description if column else "",
        value=number(value),
        unit="" if unit == "1" else unit,
        percentile=None if name == CONSTANT or math.isnan(value) else percentiles.get(name),
    )
