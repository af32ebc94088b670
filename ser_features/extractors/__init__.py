"""The registry of extractors: families of columns, few or thousands, and families of frames.

>>> len(CORE_COLUMNS), FAMILIES
(46, ('core', 'statistics', 'functionals', 'mel', 'mfcc', 'pitch', 'chroma', 'contrast', 'tonnetz'))
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain

from ser_features.config import SPEECH16K, FrameConfig, Profile
from ser_features.errors import InputError
from ser_features.extractors.base import Analysis, ColumnExtractor, FrameExtractor, WideExtractor
from ser_features.extractors.chroma import Chroma, Tonnetz
from ser_features.extractors.contrast import Contrast
from ser_features.extractors.functionals import FUNCTIONAL_COLUMNS, Functionals
from ser_features.extractors.level import Level, ZeroCrossings
from ser_features.extractors.mel import Mel
from ser_features.extractors.mfcc import MfccFrames, MfccStatistics
from ser_features.extractors.prosody import Pitch, Prosody
from ser_features.extractors.rhythm import Rhythm
from ser_features.extractors.spectral import Spectral
from ser_features.extractors.ssl import SslFrames, SslPooled
from ser_features.extractors.statistics import Statistics, summary_vector
from ser_features.manifest import Column

__all__ = [
    "COLUMNS",
    "CORE",
    "CORE_COLUMNS",
    "DEFAULT_FAMILIES",
    "ENCODED",
    "FAMILIES",
    "FILED",
    "FRAMES",
    "FUNCTIONAL_COLUMNS",
    "WIDE",
    "Analysis",
    "check_families",
    "column_extractors",
    "columns",
    "filed_extractors",
    "frame_extractors",
    "summary_vector",
    "versions",
    "wide_columns",
    "wide_extractors",
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
"""Everything that any profile gives of itself."""

ENCODED: Mapping[str, SslPooled | SslFrames] = {each.name: each for each in (SslPooled(), SslFrames())}
"""Families that only a profile with a pretrained encoder gives."""

_WIDE: Mapping[str, WideExtractor] = {**WIDE, SslPooled.name: SslPooled()}
_FRAMES: Mapping[str, FrameExtractor] = {**FRAMES, SslFrames.name: SslFrames()}
_ACCEPTED = (*COLUMNS, *_WIDE, *_FRAMES)
"""Everything that `ser extract --features` accepts."""

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
    return (*few, *chain.from_iterable(wide_columns(families, profile).values()))


def wide_extractors(families: Iterable[str]) -> dict[str, WideExtractor]:
    """The extractors of those of the families that have a table of their own, by family."""
    return {name: _WIDE[name] for name in families if name in _WIDE}


def wide_columns(families: Iterable[str], profile: Profile) -> dict[str, tuple[Column, ...]]:
    """The columns of those of the families that have a table of their own, by family.

    Raises:
        InputError: if a family needs an encoder, and the profile has none that it can run.
    """
    return {name: extractor.columns_in(profile) for name, extractor in wide_extractors(families).items()}


def frame_extractors(families: Iterable[str]) -> dict[str, FrameExtractor]:
    """The extractors of those of the families that are no columns, by family."""
    return {name: _FRAMES[name] for name in families if name not in COLUMNS and name not in _WIDE}


def filed_extractors(families: Iterable[str]) -> tuple[WideExtractor | FrameExtractor, ...]:
    """The extractors of those of the families that the store keeps in files of their own, in their order."""
    filed = {**FILED, **ENCODED}
    return tuple(filed[name] for name in families if name not in COLUMNS)


def versions(families: Sequence[str] = FAMILIES) -> dict[str, int]:
    """Version by name of the extractors of exactly these families, for the digest.

    Raises:
        InputError: if a name is no family.
    """
    _refuse_unknown(families)
    of_columns = column_extractors(families, SPEECH16K)  # versions are the same in every profile
    return {each.name: each.version for each in (*of_columns, *filed_extractors(families))}


def check_families(names: Sequence[str]) -> tuple[str, ...]:
    """Return the families in registry order; `core` is always among them, as no store is without it.

    What is pooled of an encoder's frames is among them with the frames, as it costs nothing beyond them.

    Raises:
        InputError: if a name is no family.
    """
    _refuse_unknown(names)
    wanted = {"core", *names, *(ENCODED if SslFrames.name in names else ())}
    return tuple(family for family in _ACCEPTED if family in wanted)


def _refuse_unknown(names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in _ACCEPTED]
    if unknown:
        raise InputError(f"unknown family {unknown[0]!r}: expected some of {', '.join(_ACCEPTED)}")
