"""The registry of feature families, and what callers need of them.

family names → `check_families` → `of_kind` → extractors (imported on first use) → columns, wide rows, frames

A family is an extractor class and one line in `FAMILIES`; those extracted by default are in `core`. Importing
this package imports no extractor, so that shell completion and argument checks stay quick.

>>> encoder_free()[:5]
('core', 'statistics', 'functionals', 'loudness', 'mel')
>>> [family.name for family in FAMILIES.values() if family.needs_encoder]
['ssl_pooled', 'ssl']
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from ser_features.arguments import chosen
from ser_features.config import Profile
from ser_features.manifest import Column

if TYPE_CHECKING:
    from ser_features.extractors.base import Analysis
    from ser_features.extractors.statistics import summary_vector

    CORE_COLUMNS: tuple[Column, ...]
    FUNCTIONAL_COLUMNS: tuple[Column, ...]
    LEVEL_COLUMNS: tuple[str, ...]
    LOUDNESS_COLUMNS: tuple[Column, ...]

__all__ = [
    "CORE_COLUMNS",
    "DEFAULT_FAMILIES",
    "FAMILIES",
    "FUNCTIONAL_COLUMNS",
    "LEVEL_COLUMNS",
    "LOUDNESS_COLUMNS",
    "Analysis",
    "Family",
    "check_families",
    "columns",
    "digest",
    "encoder_free",
    "needs_encoder",
    "of_kind",
    "row_columns",
    "stored_apart",
    "summary_vector",
    "versions",
    "wide_columns",
    "wide_family_of",
]

Kind = Literal["columns", "wide", "frames"]


@dataclass(frozen=True, slots=True)
class Family:
    """A feature family.

    Attributes:
        name: on the command line, in the store and in recipes.
        kind: "columns" (few values per recording, stored in the rows), "wide" (hundreds of values or more,
            stored in a table of their own) or "frames" (one array of shape (frames, bands)).
        path: module and class of its extractor, "module:Class".
        needs_encoder: whether the profile must have a pretrained encoder.
        includes: families that are always extracted with it, because they cost nothing beyond it.
    """

    name: str
    kind: Kind
    path: str
    needs_encoder: bool = False
    includes: tuple[str, ...] = ()

    @property
    def extractor(self) -> Any:
        """The extractor, one of the three kinds in `ser_features.extractors.base`."""
        return _load(self.path)


FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family("core", "columns", "ser_features.extractors.core:Core"),
        Family("statistics", "columns", "ser_features.extractors.statistics:Statistics"),
        Family("functionals", "wide", "ser_features.extractors.functionals:Functionals"),
        Family("loudness", "wide", "ser_features.extractors.loudness:Loudness"),
        Family("ssl_pooled", "wide", "ser_features.extractors.ssl:SslPooled", needs_encoder=True),
        Family("mel", "frames", "ser_features.extractors.core:Mel"),
        Family("mfcc", "frames", "ser_features.extractors.core:MfccFrames"),
        Family("pitch", "frames", "ser_features.extractors.core:Pitch"),
        Family("intonation", "frames", "ser_features.extractors.intonation:Intonation"),
        Family("chroma", "frames", "ser_features.extractors.tonal:Chroma"),
        Family("contrast", "frames", "ser_features.extractors.tonal:Contrast"),
        Family("tonnetz", "frames", "ser_features.extractors.tonal:Tonnetz"),
        Family("ssl", "frames", "ser_features.extractors.ssl:SslFrames", True, includes=("ssl_pooled",)),
    )
}
"""All feature families by name, in the order in which stores list them."""

DEFAULT_FAMILIES: tuple[str, ...] = ("core", "mel", "mfcc", "pitch")
"""Extracted unless others are asked for."""

_LAZY = {
    "Analysis": "ser_features.extractors.base",
    "CORE_COLUMNS": "ser_features.extractors.core",
    "FUNCTIONAL_COLUMNS": "ser_features.extractors.functionals",
    "LEVEL_COLUMNS": "ser_features.extractors.core",
    "LOUDNESS_COLUMNS": "ser_features.extractors.loudness",
    "summary_vector": "ser_features.extractors.statistics",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def encoder_free() -> tuple[str, ...]:
    """Names of the families that every profile can extract, because they need no pretrained encoder."""
    return tuple(name for name, family in FAMILIES.items() if not family.needs_encoder)


def needs_encoder(names: Iterable[str]) -> bool:
    """Whether any of these families needs a pretrained encoder."""
    return any(FAMILIES[name].needs_encoder for name in names)


def of_kind(kind: Kind, names: Iterable[str]) -> tuple[Family, ...]:
    """The families of one kind among `names`, in the order of `names`."""
    return tuple(FAMILIES[name] for name in names if FAMILIES[name].kind == kind)


def columns(names: Iterable[str], profile: Profile) -> tuple[Column, ...]:
    """The feature columns of families under a profile: those in the rows, then those of wide tables.

    >>> from ser_features.config import SPEECH16K
    >>> [len(columns([name], SPEECH16K)) for name in ("core", "statistics", "functionals", "mel")]
    [47, 192, 3669, 0]
    """
    names = tuple(names)
    wide = (column for columns in wide_columns(names, profile).values() for column in columns)
    return (*row_columns(names, profile), *wide)


def row_columns(names: Iterable[str], profile: Profile) -> tuple[Column, ...]:
    """The columns that the families among `names` add to the rows of files/, in order."""
    families = of_kind("columns", names)
    return tuple(column for family in families for column in family.extractor.columns(profile))


def wide_columns(names: Iterable[str], profile: Profile) -> dict[str, tuple[Column, ...]]:
    """The columns of the wide families among `names`, by family.

    Raises:
        InputError: if a family needs an encoder and the profile has none, or has another sample rate.
    """
    return {family.name: family.extractor.columns(profile) for family in of_kind("wide", names)}


def stored_apart(names: Iterable[str]) -> tuple[str, ...]:
    """The families among `names` that a store keeps in files of their own, beside its rows."""
    return tuple(name for name in names if FAMILIES[name].kind != "columns")


def wide_family_of(column: str) -> Family | None:
    """The wide family that a column belongs to; None for columns that are stored in the rows.

    >>> wide_family_of("mel_07__mean").name, wide_family_of("ssl__0000__mean").name, wide_family_of("jitter")
    ('functionals', 'ssl_pooled', None)
    """
    wide = (family for family in FAMILIES.values() if family.kind == "wide")
    return next((family for family in wide if family.extractor.owns(column)), None)


def versions(names: Sequence[str] | None = None) -> dict[str, int]:
    """Version by extractor name, as it enters the digest of a store.

    Args:
        names: families; all that need no encoder by default.

    Raises:
        InputError: if a name is no family.
    """
    names = encoder_free() if names is None else _registered(names)
    by_name: dict[str, int] = {}
    for name in names:
        extractor = FAMILIES[name].extractor
        by_name |= {part.name: part.version for part in extractor.parts or (extractor,)}
    return by_name


def digest(profile: Profile, families: Sequence[str]) -> str:
    """Fingerprint of a profile and the extractors of feature families, in any order.

    The profile's encoder is included only if a family needs it, as it does not affect the others.

    Raises:
        InputError: if a name is no family.
    """
    if not needs_encoder(families):
        profile = replace(profile, encoder=None)
    return profile.digest(versions(families))


def check_families(names: Sequence[str]) -> tuple[str, ...]:
    """Return the families in registry order, with `core`, which every store has, and what they include.

    Raises:
        InputError: if a name is no family.
    """
    names = _registered(names)
    included = (other for name in names for other in FAMILIES[name].includes)
    complete = {"core", *names, *included}
    return tuple(name for name in FAMILIES if name in complete)


def _registered(names: Iterable[str]) -> list[str]:
    """Names as the registry writes them."""
    return [name if name in FAMILIES else chosen(name, FAMILIES, "feature family") for name in names]


@cache
def _load(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)()
