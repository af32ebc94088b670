"""Core features of a recording with their percentiles in the training data.

`Inspection.columns`, `.percentiles` → `groups` → `Group`s of `FeatureRow`s → the tables of the page
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ser_features.extractors import CORE_COLUMNS
from ser_features.extractors.topics import TOPICS, topic_of
from ser_models.reporting.text import MISSING, number

RARE_PERCENT = 1.0
"""Percentiles below this, and as far from 100, are marked as rare."""

CONSTANT = "sample_rate"
"""The same for every recording, so that it has no percentile."""


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One feature of a recording.

    Attributes:
        name: of the column.
        description: of the column.
        value: formatted; a dash if it cannot be computed.
        unit: empty for a dimensionless number.
        percentile: share of training recordings with a smaller value, 0 to 100; None if not known.
    """

    name: str
    description: str
    value: str
    unit: str
    percentile: float | None

    @property
    def rounded(self) -> str:
        """The percentile as an integer; a dash if not known."""
        return MISSING if self.percentile is None else f"{min(max(self.percentile, 0), 100):.0f}"

    @property
    def rare(self) -> bool:
        """Whether at most one training recording in a hundred has a value as small or as large."""
        return self.percentile is not None and not RARE_PERCENT <= self.percentile <= 100 - RARE_PERCENT


@dataclass(frozen=True, slots=True)
class Group:
    """Features under one title."""

    title: str
    rows: list[FeatureRow]


def groups(columns: Mapping[str, float], percentiles: Mapping[str, float]) -> list[Group]:
    """Group the features of a recording by topic; topics without features are left out.

    Args:
        columns: values by name, NaN where a value cannot be computed.
        percentiles: 0 to 100 by name, of the columns that have one.
    """
    by_topic: dict[str, list[FeatureRow]] = {topic: [] for topic in TOPICS}
    for name, value in columns.items():
        by_topic[topic_of(name)].append(_row(name, value, percentiles.get(name)))
    return [Group(f"{topic[0].upper()}{topic[1:]}", rows) for topic, rows in by_topic.items() if rows]


def _row(name: str, value: float, percentile: float | None) -> FeatureRow:
    column = next((column for column in CORE_COLUMNS if column.name == name), None)
    unit = column.unit or "" if column else ""
    return FeatureRow(
        name=name,
        description=column.description if column else "",
        value=number(value),
        unit="" if unit == "1" else unit,
        percentile=None if name == CONSTANT or math.isnan(value) else percentile,
    )
