"""Inputs of a model: per-file columns, frames, or frames cut into chunks.

store rows, or `Features` of a file → `Inputs` → equal raw values.

>>> ColumnInputs(("rms_mean",)).to_json()
{'kind': 'columns', 'columns': ['rms_mean'], 'corpus_level': []}
>>> FrameInputs(("mel",), length=300).to_json()
{'kind': 'frames', 'families': ['mel'], 'length': 300, 'corpus_level': []}
>>> ChunkInputs("mel", chunks=3, frames=60).length
180
>>> JointInputs((ColumnInputs(("rms_mean",)), FrameInputs(("mel",), length=300))).families
('core', 'mel')
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from ser_features.errors import InputError, listed

if TYPE_CHECKING:
    import pandas as pd

    from ser_features.pipeline import Features
    from ser_features.store import Store


class FrameSource(Protocol):
    """Source of stored frames and wide columns: a `ser_features.store.Store`."""

    def frames(self, rows: "pd.DataFrame", family: str) -> list[np.ndarray]:
        """Return one (frames, bands) float32 per row."""

    def wide(self, rows: "pd.DataFrame", family: str, names: Sequence[str]) -> np.ndarray:
        """Return columns of a wide family, (rows, names) float32."""


@dataclass(frozen=True, slots=True)
class JoinedFrames:
    """Frames of one recording, of several families; read and joined on access.

    Attributes:
        parts: by family, (frames, bands of the family), all of the same number of frames.

    >>> joined = JoinedFrames((np.zeros((5, 2)), np.ones((5, 3))))
    >>> len(joined), joined[1:3].shape
    (5, (2, 5))
    """

    parts: tuple[np.ndarray, ...]

    def __len__(self) -> int:
        return len(self.parts[0])

    def __getitem__(self, frames: slice) -> np.ndarray:
        return np.concatenate([part[frames] for part in self.parts], axis=1)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self[:], dtype=dtype)


@dataclass(frozen=True, slots=True)
class NormalizedFrames:
    """Frames of one recording with speaker normalisation; computed on access.

    Attributes:
        frames: unnormalised, (frames, bands).
        mean: of the speaker, (bands,) float32.
        deviation: of the speaker, (bands,) float32, above 0.

    >>> mean, deviation = np.array([5.0]), np.array([2.0])
    >>> normalized = NormalizedFrames(np.array([[3.0], [5.0], [7.0]]), mean, deviation)
    >>> len(normalized), normalized[1:].tolist()
    (3, [[0.0], [1.0]])
    """

    frames: "Frames"
    mean: np.ndarray
    deviation: np.ndarray

    def __len__(self) -> int:
        return len(self.frames)

    def __getitem__(self, frames: slice) -> np.ndarray:
        normalized: np.ndarray = (self.frames[frames] - self.mean) / self.deviation
        return normalized

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self[:], dtype=dtype)


Frames = np.ndarray | JoinedFrames | NormalizedFrames
"""Frames of one recording, (frames, bands) float32."""

Raw = np.ndarray | Sequence[Frames]
"""Unscaled values: (recordings, columns) float32, also as `StoredColumns`, or `Frames` per recording.
`JointInputs` reads a tuple per recording, which the type omits."""

WITH_GAPS = frozenset({"pitch"})
"""Frame families that are NaN where there is nothing to measure, which no network could learn from."""


OWN = "own/"
"""Beginning of the names of columns that no extractor computes: a user's own features."""


@dataclass(frozen=True, slots=True)
class ColumnInputs:
    """Per-file values.

    Attributes:
        columns: store columns, in the order the model sees them, of any families of columns. Those of
            `OWN` are columns of the rows, too.
        corpus_level: those of them whose values depend on other recordings (normalised over a corpus,
            say); a leak, so `leakage` names them.
    """

    kind: ClassVar[str] = "columns"
    columns: tuple[str, ...]
    corpus_level: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """Of some columns: to hash thousands of names at every use takes longer than to read the values."""
        return hash((len(self.columns), self.columns[:8]))

    @property
    def families(self) -> tuple[str, ...]:
        """Feature families to extract from a new file; "statistics" has what is not core or functional."""
        return _families_of(self.columns)

    @property
    def has_own(self) -> bool:
        """Whether some columns are a user's own features, which cannot be computed from a new file."""
        return any(name.startswith(OWN) for name in self.columns)

    def from_store(self, store: FrameSource | None, rows: "pd.DataFrame") -> np.ndarray:
        """Read the columns of stored recordings.

        Returns:
            (rows, columns) float32, NaN where a value could not be computed.

        Raises:
            InputError: if the store lacks a column.
        """
        wide = _wide_columns(self.columns)
        is_narrow = _is_narrow(self.columns)
        narrow = [name for name, apart in zip(self.columns, is_narrow, strict=True) if apart]
        if missing := [name for name in narrow if name not in rows]:
            raise InputError(
                f"the store has no column {listed(missing, 5)}: extract into a new store with "
                f"--features {' '.join(self.families)} and a profile that gives them"
            )
        if not wide:
            return rows[list(self.columns)].to_numpy(dtype=np.float32, na_value=np.nan)
        if store is None:
            raise InputError(f"{' and '.join(wide)} need a store, found rows without one: open the store")
        values = np.empty((len(rows), len(self.columns)), np.float32)
        for family, positions in wide.items():
            names = [self.columns[position] for position in positions]
            values[:, positions] = store.wide(rows, family, names)
        values[:, is_narrow] = rows[narrow].to_numpy(dtype=np.float32, na_value=np.nan)
        return values

    def from_features(self, features: "Sequence[Features]") -> np.ndarray:
        """Read the columns of freshly extracted files; shape and dtype as `from_store`."""
        values = np.empty((len(features), len(self.columns)), np.float32)
        is_narrow = _is_narrow(self.columns)
        narrow = [name for name, apart in zip(self.columns, is_narrow, strict=True) if apart]
        for row, recording in zip(values, features, strict=True):
            row[is_narrow] = [recording.columns[name] for name in narrow]
        for family, positions in _wide_columns(self.columns).items():
            wide = [recording.wide[family] for recording in features]
            among = _wide_positions(self.columns, family, wide[0].size) if wide else np.empty(0, int)
            for row, own in zip(values, wide, strict=True):
                row[positions] = own[among]
        return values

    def unused(self, features: "Features") -> str | None:
        """Return None: columns describe a whole recording."""
        return None

    def to_json(self) -> dict[str, Any]:
        """Describe the inputs as JSON values."""
        return {"kind": self.kind, **_lists(asdict(self))}


@dataclass(frozen=True, slots=True)
class FrameInputs:
    """Frames brought to one length: cropped around the centre, or padded at the end.

    Attributes:
        families: frame families of the store, their bands side by side in this order.
        length: number of frames.
        corpus_level: as in `ColumnInputs`.
    """

    kind: ClassVar[str] = "frames"
    families: tuple[str, ...]
    length: int
    corpus_level: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if gappy := sorted(WITH_GAPS.intersection(self.families)):
            raise InputError(
                f"{gappy[0]} frames are NaN where nothing is voiced, expected families without gaps: "
                "leave it out"
            )

    def from_store(self, store: FrameSource | None, rows: "pd.DataFrame") -> list[Frames]:
        """Read the frames of stored recordings.

        Returns:
            One (frames, bands) float32 per row, at full length, memory-mapped.

        Raises:
            InputError: if there is no store, or it was extracted without a family.
        """
        return _stored_frames(store, rows, self.families)

    def from_features(self, features: "Sequence[Features]") -> list[Frames]:
        """Read the frames of freshly extracted files; shapes as `from_store`."""
        return [_joined([file.frames[family] for family in self.families]) for file in features]

    def unused(self, features: "Features") -> str | None:
        """Warn of the part of a recording that the model does not use; None if it uses all."""
        return _unused(features, self.families[0], self.length)

    def to_json(self) -> dict[str, Any]:
        """Describe the inputs as JSON values."""
        return {"kind": self.kind, **_lists(asdict(self))}


@dataclass(frozen=True, slots=True)
class ChunkInputs:
    """Frames of one family, scaled to 0–1 by the recording's own range and cut into chunks.

    Attributes:
        family: frame family of the store.
        chunks: number of consecutive chunks.
        frames: frames per chunk.
        corpus_level: as in `ColumnInputs`.
    """

    kind: ClassVar[str] = "chunks"
    family: str
    chunks: int
    frames: int
    corpus_level: tuple[str, ...] = ()

    @property
    def families(self) -> tuple[str, ...]:
        """Feature families to extract from a new file."""
        return (self.family,)

    @property
    def length(self) -> int:
        """Number of frames in all chunks."""
        return self.chunks * self.frames

    def from_store(self, store: FrameSource | None, rows: "pd.DataFrame") -> list[Frames]:
        """Read the frames of stored recordings, as `FrameInputs.from_store`."""
        return _stored_frames(store, rows, self.families)

    def from_features(self, features: "Sequence[Features]") -> list[Frames]:
        """Read the frames of freshly extracted files; shapes as `from_store`."""
        return [file.frames[self.family] for file in features]

    def unused(self, features: "Features") -> str | None:
        """Warn of the part of a recording that the model does not use; None if it uses all."""
        return _unused(features, self.family, self.length)

    def to_json(self) -> dict[str, Any]:
        """Describe the inputs as JSON values."""
        return {"kind": self.kind, **_lists(asdict(self))}


@dataclass(frozen=True, slots=True)
class JointInputs:
    """Inputs of several models together.

    Attributes:
        parts: the inputs of each model.
    """

    kind: ClassVar[str] = "joint"
    parts: "tuple[ColumnInputs | FrameInputs | ChunkInputs, ...]"

    @property
    def corpus_level(self) -> tuple[str, ...]:
        """As in `ColumnInputs`, of all parts."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.corpus_level))

    @property
    def families(self) -> tuple[str, ...]:
        """Feature families to extract from a new file."""
        return tuple(dict.fromkeys(family for part in self.parts for family in part.families))

    @property
    def length(self) -> int:
        """Largest number of frames of a part; 1 if none reads frames."""
        return max((part.length for part in self.parts if not isinstance(part, ColumnInputs)), default=1)

    def from_store(self, store: FrameSource | None, rows: "pd.DataFrame") -> list[Any]:
        """Read stored recordings.

        Returns:
            Per row a tuple with its raw values for each part.

        Raises:
            InputError: if the store lacks columns or frames.
        """
        read = {part: part.from_store(store, rows) for part in dict.fromkeys(self.parts)}
        return list(zip(*(read[part] for part in self.parts), strict=True))

    def from_features(self, features: "Sequence[Features]") -> list[Any]:
        """Read freshly extracted files; as `from_store`."""
        read = {part: part.from_features(features) for part in dict.fromkeys(self.parts)}
        return list(zip(*(read[part] for part in self.parts), strict=True))

    def unused(self, features: "Features") -> str | None:
        """Warn of the part of a recording that no member uses; None if one of them uses all."""
        warnings = [part.unused(features) for part in self.parts]
        return None if None in warnings else warnings[0]

    def to_json(self) -> dict[str, Any]:
        """Describe the inputs as JSON values."""
        return {"kind": self.kind, "parts": [part.to_json() for part in self.parts]}


Inputs = ColumnInputs | FrameInputs | ChunkInputs | JointInputs


def digest_of_inputs(store: "Store", inputs: Inputs) -> str:
    """Fingerprint of the features that a model reads from a store.

    It is the store's own digest if other extractors than those of this version made it: no artifact has that.
    """
    from ser_features.extractors import digest

    current = digest(store.profile, store.families)
    return digest(store.profile, inputs.families) if store.digest == current else store.digest


@lru_cache(maxsize=8)
def _families_of(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Families of columns; cached, because it is called for every file with thousands of names."""
    from ser_features.extractors import wide_family_of

    others = [name for name in columns if name not in _core_columns() and not name.startswith(OWN)]
    wide = {name: wide_family_of(name) for name in others}
    families = dict.fromkeys(family.name for family in wide.values() if family)
    return ("core", *["statistics"] * (None in wide.values()), *families)


@lru_cache(maxsize=8)
def _wide_columns(columns: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Positions of the columns of each wide family among all, by family."""
    from ser_features.extractors import wide_family_of

    core = _core_columns()
    positions: dict[str, list[int]] = {}
    for position, name in enumerate(columns):
        if name not in core and not name.startswith(OWN) and (family := wide_family_of(name)):
            positions.setdefault(family.name, []).append(position)
    return {family: np.array(own) for family, own in positions.items()}


@lru_cache(maxsize=8)
def _is_narrow(columns: tuple[str, ...]) -> np.ndarray:
    """Whether each column belongs to no wide family, bool, shape (columns,)."""
    result = np.ones(len(columns), dtype=bool)
    for positions in _wide_columns(columns).values():
        result[positions] = False
    return result


@lru_cache(maxsize=8)
def _wide_positions(columns: tuple[str, ...], family: str, width: int) -> np.ndarray:
    """Positions of a wide family's columns in its array, which has `width` values."""
    from ser_features.extractors import FAMILIES

    names = [columns[position] for position in _wide_columns(columns)[family]]
    return np.array(FAMILIES[family].extractor.positions(names, width))


@lru_cache(maxsize=1)
def _core_columns() -> frozenset[str]:
    from ser_features.extractors import CORE_COLUMNS, LEVEL_COLUMNS

    return frozenset((*(column.name for column in CORE_COLUMNS), *LEVEL_COLUMNS))


def _stored_frames(store: FrameSource | None, rows: "pd.DataFrame", families: Sequence[str]) -> list[Frames]:
    if store is None:
        names = " and ".join(families)
        raise InputError(f"{names} frames need a store, found rows without one: open the store")
    by_family = [store.frames(rows, family) for family in families]
    return [_joined(parts) for parts in zip(*by_family, strict=True)]


def _joined(parts: Sequence[np.ndarray]) -> Frames:
    return parts[0] if len(parts) == 1 else JoinedFrames(tuple(parts))


def _unused(features: "Features", family: str, length: int) -> str | None:
    frames = len(features.frames[family])
    if frames <= length:
        return None
    seconds = features.seconds
    return f"uses only the middle {seconds * length / frames:.1f} s of {seconds:.1f} s"


def _lists(content: dict[str, Any]) -> dict[str, Any]:
    """Turn tuples into lists, as JSON has them."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in content.items()}
