"""Array preparation: raw values → scaled arrays of one length → batches, in memory or streamed.

`Examples` (training) → `Scaler.fit` → `Scaler` ↔ arrays of scaler.npz
raw values, `Scaler` → `Streaming` (reads each batch on demand) → `InMemory` (read once, if it fits)
→ `Oversampled` (repeats recordings of the smaller classes)

Columns: median imputation, then zero mean and unit variance. Frames: zero mean and unit variance per band
over all training frames, then cropped or padded to one length; padding is 0, the training mean, and masked.
Joint inputs: each part has its own statistics. Chunks: scaled to 0–1 by the recording's own minimum and
maximum, so there are no statistics; then cropped or padded with 0 and cut.

scikit-learn computes the statistics; they are applied with numpy, as scikit-learn does it, so that prediction
need not import scikit-learn.

>>> source = InMemory({"columns": np.array([[1.0], [2.0], [3.0]])})
>>> source.shapes, source.batch(np.array([2, 0]))["columns"].ravel().tolist()
({'columns': (1,)}, [3.0, 1.0])
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from ser_models.data.frame_inputs import ChunkInputs, FrameInputs
from ser_models.data.frames import Frames
from ser_models.data.inputs import (
    ColumnInputs,
    Inputs,
    JointInputs,
    Raw,
    arranged,
    joined,
    part_of,
    separated,
)
from ser_models.data.stored_columns import StoredColumns
from ser_models.safe_io.arrays import Form, check

if TYPE_CHECKING:
    from sklearn.preprocessing import StandardScaler

    from ser_models.data.examples import Examples


Arrays = Mapping[str, np.ndarray]
"""Scaled arrays by name, one row per recording: "columns"; or "frames" and "mask"; or "chunks"."""

Shapes = dict[str, tuple[int, ...]]
"""Shape of one recording in each array."""

BLOCK = 256
"""Recordings per read while a source is loaded into memory."""


class BatchSource(Protocol):
    """Scaled recordings with random access."""

    def __len__(self) -> int:
        """Number of recordings."""

    @property
    def shapes(self) -> Shapes:
        """Shape of one recording in each array."""

    def batch(self, indices: np.ndarray) -> Arrays:
        """Read the recordings at `indices`, (n,) integers, in that order."""


@dataclass(frozen=True)
class InMemory:
    """Recordings in memory.

    Attributes:
        arrays: see `Arrays`.
    """

    arrays: Arrays

    def __len__(self) -> int:
        return len(next(iter(self.arrays.values())))

    @property
    def shapes(self) -> Shapes:
        """Shape of one recording in each array."""
        return {name: array.shape[1:] for name, array in self.arrays.items()}

    def batch(self, indices: np.ndarray) -> Arrays:
        """Read the recordings at `indices`."""
        return {name: array[indices] for name, array in self.arrays.items()}


@dataclass(frozen=True)
class Streaming:
    """Recordings that are read and scaled at every access; at least one.

    Attributes:
        raw: unscaled values; frames are memory-mapped.
        transform: scales a selection of them.
    """

    raw: Raw
    transform: Callable[[Raw], Arrays]

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def shapes(self) -> Shapes:
        """Shape of one recording in each array."""
        return {name: array.shape[1:] for name, array in self.transform(self.raw[:1]).items()}

    def batch(self, indices: np.ndarray) -> Arrays:
        """Read and scale the recordings at `indices`."""
        if isinstance(self.raw, np.ndarray | StoredColumns):
            return self.transform(self.raw[indices])
        return self.transform([self.raw[index] for index in indices])


@dataclass(frozen=True)
class Oversampled:
    """Recordings of another source, any of them more than once.

    Attributes:
        source: the other source.
        positions: index of each recording in `source`.
    """

    source: BatchSource
    positions: np.ndarray

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def shapes(self) -> Shapes:
        """Shape of one recording in each array."""
        return self.source.shapes

    def batch(self, indices: np.ndarray) -> Arrays:
        """Read the recordings at `indices`."""
        return self.source.batch(self.positions[indices])


@dataclass(frozen=True)
class Joined:
    """Recordings of two sources, those of the second after those of the first.

    Attributes:
        first: a source.
        second: another one, of the same shapes.
    """

    first: BatchSource
    second: BatchSource

    def __len__(self) -> int:
        return len(self.first) + len(self.second)

    @property
    def shapes(self) -> Shapes:
        """Shape of one recording in each array."""
        return self.first.shapes

    def batch(self, indices: np.ndarray) -> Arrays:
        """Read the recordings at `indices`."""
        is_second = indices >= len(self.first)
        sides = (
            (~is_second, self.first, indices[~is_second]),
            (is_second, self.second, indices[is_second] - len(self.first)),
        )
        arrays = {name: np.empty((len(indices), *shape), np.float32) for name, shape in self.shapes.items()}
        for positions, source, own in sides:
            for name, array in source.batch(own).items() if own.size else ():
                arrays[name][positions] = array
        return arrays


def memory_size(source: BatchSource) -> int:
    """Bytes that a source takes in memory; arrays that equal parts share count once."""
    first = source.batch(np.arange(1))
    return len(source) * sum(first[name].nbytes for name in {*shared(first).values()})


def bytes_each(inputs: Inputs, raw: Raw) -> int:
    """Bytes that the arrays of one recording take in memory, from at least one."""
    if isinstance(inputs, JointInputs):
        parts = inputs.distinct.items()
        return sum(bytes_each(part, part_of(raw[:1], inputs, index)) for part, index in parts)
    return sum(array[0].nbytes for array in arranged(inputs, raw[:1]).values())


def read_all(source: BatchSource) -> InMemory:
    """Read a whole source into memory, block by block; what equal parts share is kept once."""
    first = source.batch(np.arange(1))
    same = shared(first)
    arrays = {name: np.empty((len(source), *first[name].shape[1:]), np.float32) for name in {*same.values()}}
    for start in range(0, len(source), BLOCK):
        indices = np.arange(start, min(start + BLOCK, len(source)))
        batch = source.batch(indices)
        for name, array in arrays.items():
            array[indices] = batch[name]
    return InMemory({name: arrays[other] for name, other in same.items()})


def shared(arrays: Arrays) -> dict[str, str]:
    """The first name of the same array, by name.

    >>> columns = np.zeros((1, 2))
    >>> shared({"0/columns": columns, "1/columns": columns, "2/columns": np.zeros((1, 2))})
    {'0/columns': '0/columns', '1/columns': '0/columns', '2/columns': '2/columns'}
    """
    names: dict[int, str] = {}
    return {name: names.setdefault(id(array), name) for name, array in arrays.items()}


COLUMNS_AT_ONCE = 16 * 2**20
"""Bytes of columns of a large store whose statistics are computed at once, as a median needs all rows."""

FRAMES_AT_ONCE = 8192
"""Frames per update of the statistics; updates by single recordings take five times as long."""


@dataclass(frozen=True)
class Scaler:
    """Statistics of the training recordings, and the inputs they belong to.

    Attributes:
        inputs: what the model reads.
        statistics: "mean", "variance" and "scale" (standard deviation, 1 where it is 0) of each column
            or band, float64; "count" of recordings or frames; of columns also the "median". Those of a part
            of joint inputs have its number in front: "0/mean". Empty for chunks.
        seen: the recordings that it was fitted on, for the leak audit; empty after `restore`.
    """

    inputs: Inputs
    statistics: Mapping[str, np.ndarray]
    seen: frozenset[str] = frozenset()

    @classmethod
    def fit(cls, inputs: Inputs, train: "Examples") -> Self:
        """Compute the statistics of the training recordings."""
        if isinstance(inputs, ChunkInputs):  # not a statistic, so nothing need be read
            return cls(inputs, {})
        return cls(inputs, fit_statistics(inputs, train.read(inputs)), frozenset(train.rows["file_id"]))

    @classmethod
    def restore(cls, inputs: Inputs, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return a scaler with the statistics of another one.

        Args:
            inputs: of the model.
            arrays: `statistics`; they may come from an untrusted file.

        Raises:
            ValueError: if an array is missing, unexpected, or of another data type or shape.
        """
        check(arrays, _forms(inputs, arrays))
        return cls(inputs, arrays)

    def source(self, raw: Raw) -> Streaming:
        """Return at least one recording as a source that scales whenever it is read."""
        return Streaming(raw, self.transform)

    def transform(self, raw: Raw) -> Arrays:
        """Scale raw values.

        Returns:
            All float32: {"columns": (n, columns)}; or {"frames": (n, length, bands), "mask": (n, length)},
            the mask 1 where a frame is real and 0 where it is padding; or {"chunks": (n, chunks, bands,
            frames, 1)} from 0 to 1; of joint inputs those of each part, named by `inputs.joined`.
        """
        if isinstance(self.inputs, JointInputs):
            arrays_of = {
                part: self.part(index).transform(part_of(raw, self.inputs, index))
                for part, index in self.inputs.distinct.items()
            }
            return joined([arrays_of[part] for part in self.inputs.parts])
        arrays = arranged(self.inputs, raw)
        if isinstance(self.inputs, ColumnInputs):
            columns, median = arrays["columns"], self.statistics["median"].astype(np.float32)
            return {"columns": self._standardised(np.where(np.isnan(columns), median, columns))}
        if isinstance(self.inputs, FrameInputs):
            arrays["frames"] = self._standardised(arrays["frames"])
            arrays["frames"] *= arrays["mask"][..., None]
        return arrays

    def part(self, index: int) -> "Scaler":
        """Return the scaler of one part of joint inputs."""
        if not isinstance(self.inputs, JointInputs):
            raise ValueError(f"a scaler of {self.inputs.kind} has no parts")
        return Scaler(self.inputs.parts[index], separated(self.statistics, index), self.seen)

    def standard_scaler(self) -> "StandardScaler | tuple[StandardScaler, ...] | None":
        """Return the fitted scikit-learn scaler: a tuple for joint inputs, None for chunks."""
        from sklearn.preprocessing import StandardScaler

        if isinstance(self.inputs, JointInputs):
            parts = [self.part(index).standard_scaler() for index in range(len(self.inputs.parts))]
            return tuple(part for part in parts if isinstance(part, StandardScaler))
        if not self.statistics:
            return None
        scaler = StandardScaler()
        scaler.mean_, scaler.var_ = self.statistics["mean"], self.statistics["variance"]
        scaler.scale_, scaler.n_samples_seen_ = self.statistics["scale"], int(self.statistics["count"])
        scaler.n_features_in_ = len(scaler.mean_)
        return scaler

    def _standardised(self, values: np.ndarray) -> np.ndarray:
        """Subtract the mean and divide by the scale in float32, as scikit-learn does with float32 values."""
        centred = values - self.statistics["mean"].astype(np.float32)
        centred /= self.statistics["scale"].astype(np.float32)
        return centred


def fit_statistics(inputs: Inputs, raw: Raw) -> dict[str, np.ndarray]:
    """Compute the statistics of raw values; see `Scaler`."""
    if isinstance(inputs, JointInputs):
        of_part = {
            part: fit_statistics(part, part_of(raw, inputs, index)) for part, index in inputs.distinct.items()
        }
        return joined([of_part[part] for part in inputs.parts])
    if isinstance(inputs, ChunkInputs):
        return {}
    if isinstance(raw, StoredColumns):
        groups = [_column_statistics(group) for group in raw.groups(COLUMNS_AT_ONCE)]
        return {
            name: groups[0][name] if name == "count" else np.concatenate([one[name] for one in groups])
            for name in groups[0]
        }
    return _column_statistics(raw) if isinstance(raw, np.ndarray) else _frame_statistics(raw)


def _column_statistics(matrix: np.ndarray) -> dict[str, np.ndarray]:
    """Statistics of columns, (recordings, columns); NaN where missing."""
    from sklearn.impute import SimpleImputer
    from sklearn.preprocessing import StandardScaler

    # A column without a single value becomes 0 everywhere instead of vanishing from the matrix.
    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    scaler = StandardScaler().fit(imputer.fit_transform(matrix))
    return {"median": imputer.statistics_.astype(np.float64), **_moments(scaler)}


def _frame_statistics(recordings: Sequence[Frames]) -> dict[str, np.ndarray]:
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    for block in _blocks(recordings):
        scaler.partial_fit(block)
    return _moments(scaler)


def _moments(scaler: "StandardScaler") -> dict[str, np.ndarray]:
    return {
        "mean": scaler.mean_.astype(np.float64),
        "variance": scaler.var_.astype(np.float64),
        "scale": scaler.scale_.astype(np.float64),
        "count": np.array(np.max(scaler.n_samples_seen_), np.int64),
    }


def _forms(inputs: Inputs, arrays: Mapping[str, np.ndarray]) -> dict[str, Form]:
    """Expected statistics; the number of bands depends on the feature profile, but is the same in all."""
    if isinstance(inputs, JointInputs):
        parts = enumerate(inputs.parts)
        return {
            f"{index}/{name}": form
            for index, part in parts
            for name, form in _forms(part, separated(arrays, index)).items()
        }
    if isinstance(inputs, ChunkInputs):
        return {}
    columns = isinstance(inputs, ColumnInputs)
    size = len(inputs.columns) if isinstance(inputs, ColumnInputs) else arrays.get("mean", np.zeros(0)).size
    names = ("mean", "variance", "scale", *(("median",) if columns else ()))
    return {"count": ("int64", ()), **dict.fromkeys(names, ("float64", (size,)))}


def _blocks(recordings: Sequence[Frames]) -> Iterator[np.ndarray]:
    """Yield all frames, some recordings at a time: a corpus need not fit into memory."""
    waiting: list[np.ndarray] = []
    for frames in recordings:
        waiting.append(np.asarray(frames))
        if sum(map(len, waiting)) >= FRAMES_AT_ONCE:
            yield np.concatenate(waiting)
            waiting = []
    if waiting:
        yield np.concatenate(waiting)
