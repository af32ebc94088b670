"""Inputs of a model: per-file columns, frames (see `frame_inputs`), or several of them together.

store rows, or `Features` of a file → `Inputs` → equal raw values
raw values → `arranged` → {"columns"}, {"frames", "mask"} or {"chunks"}, one row per recording
raw values of several parts → `part_of`, `joined` → the same, each name behind its part's number: "0/columns"

>>> ColumnInputs(("rms_mean",)).to_json()
{'kind': 'columns', 'columns': ['rms_mean'], 'corpus_level': []}
>>> JointInputs((ColumnInputs(("rms_mean",)), FrameInputs(("mel",), length=300))).families
('core', 'mel')
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ser_features.errors import InputError, listed
from ser_models.data.frame_inputs import ChunkInputs, FrameInputs, FrameSource
from ser_models.data.frames import Frames, chunked, frames_in_crop

if TYPE_CHECKING:
    import pandas as pd

    from ser_features.pipeline import Features
    from ser_features.store import Store


Raw = np.ndarray | Sequence[Frames]
"""Unscaled values: (recordings, columns) float32, also as `StoredColumns`, or `Frames` per recording.
`JointInputs` reads a tuple per recording, which the type omits."""


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
        wide, (is_narrow, narrow) = _wide_columns(self), _narrow_columns(self)
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
        is_narrow, narrow = _narrow_columns(self)
        for row, recording in zip(values, features, strict=True):
            row[is_narrow] = [recording.columns[name] for name in narrow]
        for family, positions in _wide_columns(self).items():
            wide = [recording.wide[family] for recording in features]
            among = _wide_positions(self, family, wide[0].size) if wide else np.empty(0, int)
            for row, own in zip(values, wide, strict=True):
                row[positions] = own[among]
        return values

    def unused(self, features: "Features") -> str | None:
        """Return None: columns describe a whole recording."""
        return None

    def to_json(self) -> dict[str, Any]:
        """Describe the inputs as JSON values."""
        return {
            "kind": self.kind,
            "columns": list(self.columns),
            "corpus_level": list(self.corpus_level),
        }


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
    def distinct(self) -> "dict[ColumnInputs | FrameInputs | ChunkInputs, int]":
        """Position of each part; of equal parts, which are prepared once, that of the last."""
        return {part: index for index, part in enumerate(self.parts)}

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


def arranged(inputs: Inputs, raw: Raw) -> dict[str, np.ndarray]:
    """Bring recordings to one length.

    Args:
        inputs: the inputs that `raw` was read with.
        raw: unscaled values of at least one recording.

    Returns:
        All float32: {"columns": (n, columns)}; or {"frames": (n, length, bands), "mask": (n, length)}, the
        mask 1 where a frame is real and 0 where it is padding; or {"chunks": (n, chunks, bands, frames, 1)}
        from 0 to 1, which needs no further scaling.
    """
    if isinstance(inputs, ColumnInputs):
        return {"columns": np.asarray(raw, dtype=np.float32)}
    if isinstance(inputs, ChunkInputs):
        return {"chunks": np.stack([chunked(frames, inputs.chunks, inputs.frames) for frames in raw])}
    frames = np.zeros((len(raw), inputs.length, raw[0][:0].shape[1]), dtype=np.float32)
    mask = np.zeros(frames.shape[:2], dtype=np.float32)
    for index, recording in enumerate(raw):  # in place: `pad_or_crop` would copy
        cropped = recording[frames_in_crop(len(recording), inputs.length)]
        frames[index, : len(cropped)] = cropped
        mask[index, : len(cropped)] = 1
    return {"frames": frames, "mask": mask}


def array_shapes(inputs: Inputs) -> dict[str, tuple[int | None, ...]]:
    """Shape of one recording in each array of `arranged`; None for the number of bands."""
    if isinstance(inputs, ColumnInputs):
        return {"columns": (len(inputs.columns),)}
    if isinstance(inputs, ChunkInputs):
        return {"chunks": (inputs.chunks, None, inputs.frames, 1)}
    return {"frames": (inputs.length, None), "mask": (inputs.length,)}


def part_of(raw: Iterable[Any], inputs: JointInputs, index: int) -> Raw:
    """Select the raw values of one part from those of all."""
    part = [recording[index] for recording in raw]
    return np.stack(part) if isinstance(inputs.parts[index], ColumnInputs) else part


def joined(parts: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Combine the arrays of all parts.

    >>> list(joined([{"columns": np.zeros((1, 2))}, {"frames": np.zeros((1, 3, 4))}]))
    ['0/columns', '1/frames']
    """
    return {f"{index}/{name}": array for index, part in enumerate(parts) for name, array in part.items()}


def separated(arrays: Mapping[str, np.ndarray], index: int) -> dict[str, np.ndarray]:
    """Select the arrays of one part from those of all."""
    prefix = f"{index}/"
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


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


# By the inputs, as a tuple of thousands of names is hashed anew at every use.


@lru_cache(maxsize=8)
def _wide_columns(inputs: ColumnInputs) -> dict[str, np.ndarray]:
    """Positions of the columns of each wide family among all, by family."""
    from ser_features.extractors import wide_family_of

    core = _core_columns()
    positions: dict[str, list[int]] = {}
    for position, name in enumerate(inputs.columns):
        if name not in core and not name.startswith(OWN) and (family := wide_family_of(name)):
            positions.setdefault(family.name, []).append(position)
    return {family: np.array(own) for family, own in positions.items()}


@lru_cache(maxsize=8)
def _narrow_columns(inputs: ColumnInputs) -> tuple[np.ndarray, list[str]]:
    """Whether each column belongs to no wide family, bool, shape (columns,); the names of those."""
    is_narrow = np.ones(len(inputs.columns), dtype=bool)
    for positions in _wide_columns(inputs).values():
        is_narrow[positions] = False
    return is_narrow, [inputs.columns[position] for position in np.flatnonzero(is_narrow).tolist()]


@lru_cache(maxsize=8)
def _wide_positions(inputs: ColumnInputs, family: str, width: int) -> np.ndarray:
    """Positions of a wide family's columns in its array, which has `width` values."""
    from ser_features.extractors import FAMILIES

    names = [inputs.columns[position] for position in _wide_columns(inputs)[family]]
    return np.array(FAMILIES[family].extractor.positions(names, width))


@lru_cache(maxsize=1)
def _core_columns() -> frozenset[str]:
    from ser_features.extractors import CORE_COLUMNS, LEVEL_COLUMNS

    return frozenset((*(column.name for column in CORE_COLUMNS), *LEVEL_COLUMNS))
