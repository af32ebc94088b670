"""The registry of extractors: families of columns and families of frames.

>>> len(CORE_COLUMNS), FAMILIES
(46, ('core', 'mel', 'mfcc'))
"""

from collections.abc import Mapping, Sequence

from ser_features.errors import InputError
from ser_features.extractors.base import Analysis, ColumnExtractor, FrameExtractor
from ser_features.extractors.level import Level, ZeroCrossings
from ser_features.extractors.mel import Mel
from ser_features.extractors.mfcc import MfccFrames, MfccStatistics
from ser_features.extractors.prosody import Prosody
from ser_features.extractors.rhythm import Rhythm
from ser_features.extractors.spectral import Spectral
from ser_features.manifest import Column

__all__ = ["CORE", "CORE_COLUMNS", "FAMILIES", "FRAMES", "Analysis", "check_families", "versions"]

CORE: tuple[ColumnExtractor, ...] = (
    Level(),
    Rhythm(),
    ZeroCrossings(),
    Prosody(),
    MfccStatistics(),
    Spectral(),
)
"""The extractors of the family `core`, in the order of its columns."""

FRAMES: Mapping[str, FrameExtractor] = {extractor.name: extractor for extractor in (Mel(), MfccFrames())}
"""Families of frames by name."""

FAMILIES: tuple[str, ...] = ("core", *FRAMES)
"""Everything that `ser extract --families` accepts."""

CORE_COLUMNS: tuple[Column, ...] = tuple(column for extractor in CORE for column in extractor.columns)
"""The 46 columns that every recording has in the store."""


def versions() -> dict[str, int]:
    """Version of every extractor, for the digest."""
    columns = {extractor.name: extractor.version for extractor in CORE}
    return columns | {extractor.name: extractor.version for extractor in FRAMES.values()}


def check_families(names: Sequence[str]) -> tuple[str, ...]:
    """Return the families in registry order; `core` is always among them.

    Raises:
        InputError: if a name is no family.
    """
    unknown = [name for name in names if name not in FAMILIES]
    if unknown:
        raise InputError(f"unknown family {unknown[0]!r}: expected some of {', '.join(FAMILIES)}")
    return tuple(family for family in FAMILIES if family == "core" or family in names)
