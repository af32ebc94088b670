"""The registry of extractors: families of columns, few or thousands, and families of frames.

>>> len(CORE_COLUMNS), FAMILIES
(46, ('core', 'statistics', 'functionals', 'mel', 'mfcc', 'pitch', 'chroma', 'contrast', 'tonnetz'))
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from ser_features.config import SPEECH16K, FrameConfig, Profile
from ser_features.errors import InputError
from ser_features.extractors.base import Analysis, ColumnExtractor, FrameExtractor
from ser_features.extractors.chroma import Chroma, Tonnetz
from ser_features.extractors.contrast import Contrast
from ser_features.extractors.functionals import FUNCTIONAL_COLUMNS, Functionals
from ser_features.extractors.level import Level, ZeroCrossings
from ser_features.extractors.mel import Mel
from ser_features.extractors.mfcc import MfccFrames, MfccStatistics
from ser_features.extractors.prosody import Pitch, Prosody
from ser_features.extractors.rhythm import Rhythm
from ser_features.extractors.spectral import Spectral
from ser_features.extractors.statistics import Statistics, summary_vector
from ser_features.manifest import Column

__all__ = [
    "COLUMNS",
    "CORE",
    "CORE_COLUMNS",
    "DEFAULT_FAMILIES",
    "FAMILIES",
    "FILED",
    "FRAMES",
    "FUNCTIONAL_COLUMNS",
    "WIDE",
    "Analysis",
    "check_families",
    "column_extractors",
    "columns",
    "summary_vector",
    "versions",
]

CORE: tuple[ColumnExtractor, ...] = (
    Level(),
    Rhythm(),
    ZeroCrossings(),
    Prosody(),
    MfccStatistics(),
    Spectral(),
)
"""The extractors of the family `core`, in the order of its columns; they are the same in every profile."""

COLUMNS: Mapping[str, Callable[[FrameConfig], tuple[ColumnExtractor, ...]]] = {
    "core": lambda frames: CORE,
    "statistics": lambda frames: (Statistics(frames.n_mels),),
}
"""Families of columns by name: their extractors under a frame configuration."""

FRAMES: Mapping[str, FrameExtractor] = {
    extractor.name: extractor for extractor in (Mel(), MfccFrames(), Pitch(), Chroma(), Contrast(), Tonnetz())
}
"""Families of frames by name."""

WIDE: Mapping[str, Functionals] = {extractor.name: extractor for extractor in (Functionals(),)}
"""Families of thousands of columns, each a table of its own in the store; the same in every profile."""

FILED: Mapping[str, FrameExtractor | Functionals] = {**WIDE, **FRAMES}
"""Families that the store keeps in files of their own, beside its rows."""

FAMILIES: tuple[str, ...] = (*COLUMNS, *WIDE, *FRAMES)
"""Everything that `ser extract --families` accepts."""

DEFAULT_FAMILIES: tuple[str, ...] = ("core", "mel", "mfcc", "pitch")
"""What is extracted unless something else is asked for."""

CORE_COLUMNS: tuple[Column, ...] = tuple(column for extractor in CORE for column in extractor.columns)
"""The 46 columns that every recording has in the store."""


def column_extractors(families: Iterable[str], profile: Profile) -> tuple[ColumnExtractor, ...]:
    """The extractors of those of the families that are columns, in the order of the families."""
    return tuple(
        extractor for name in families if name in COLUMNS for extractor in COLUMNS[name](profile.frames)
    )


def columns(families: Iterable[str], profile: Profile) -> tuple[Column, ...]:
    """The feature columns that families give under a profile, in order.

    >>> [len(columns([family], SPEECH16K)) for family in ("core", "statistics", "functionals", "mel")]
    [46, 192, 3669, 0]
    """
    few = (column for extractor in column_extractors(families, profile) for column in extractor.columns)
    return (*few, *(column for name in families if name in WIDE for column in WIDE[name].columns))


def versions(families: Sequence[str] = FAMILIES) -> dict[str, int]:
    """Version by name of the extractors of exactly these families, for the digest.

    Raises:
        InputError: if a name is no family.
    """
    _refuse_unknown(families)
    of_columns = column_extractors(families, SPEECH16K)  # versions are the same in every profile
    others = [FILED[name] for name in families if name not in COLUMNS]
    return {each.name: each.version for each in (*of_columns, *others)}


def check_families(names: Sequence[str]) -> tuple[str, ...]:
    """Return the families in registry order; `core` is always among them, as no store is without it.

    Raises:
        InputError: if a name is no family.
    """
    _refuse_unknown(names)
    return tuple(family for family in FAMILIES if family == "core" or family in names)


def _refuse_unknown(names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in FAMILIES]
    if unknown:
        raise InputError(f"unknown family {unknown[0]!r}: expected some of {', '.join(FAMILIES)}")
