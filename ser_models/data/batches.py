"""Array preparation: raw values → arrays of one length, scaled → batches, in memory or streamed.

`Examples` (training) → `Scaler.fit` → `Scaler` ↔ arrays of scaler.npz
raw values → `arranged` → {"columns"}, {"frames", "mask"} or {"chunks"}, one row per recording → `Scaler`
raw values of several parts → `part_of`, `joined` → the same, each name behind its part's number: "0/columns"
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

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np

from ser_models.data.inputs import ChunkInputs, ColumnInputs, FrameInputs, Frames, Inputs, JointInputs, Raw
from ser_models.data.stored_columns import StoredColumns
from ser_models.safe_io.arrays import Form, check

if TYPE_CHECKING:
    from sklearn.preprocessing import StandardScaler

    from ser_models.data.examples import Examples


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


def pad_or_crop(frames: Frames, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Crop a recording to its centre, or pad it with zeros at the end.

    Args:
        frames: (n, bands).
        length: number of frames, at least 1.

    Returns:
        (length, bands) in the dtype of `frames`, and its mask, (length,) float32.

    >>> pad_or_crop(np.array([[1.0], [2.0]]), 3)[1].tolist()
    [1.0, 1.0, 0.0]
    >>> pad_or_crop(np.array([[1.0], [2.0], [3.0]]), 1)[0].tolist()
    [[2.0]]
    """
    cropped = frames[frames_in_crop(len(frames), length)]
    mask = (np.arange(length) < len(cropped)).astype(np.float32)
    return np.pad(cropped, [(0, length - len(cropped)), (0, 0)]), mask


def frames_in_crop(frames: int, length: int) -> slice:
    """The frames that `pad_or_crop` keeps: those around the centre, or all of them.

    >>> frames_in_crop(5, 2), frames_in_crop(2, 3)
    (slice(1, 3, None), slice(0, 2, None))
    """
    start = max(0, (frames - length) // 2)
    return slice(start, min(frames, start + length))


def uncropped(values: np.ndarray, frames: int) -> np.ndarray:
    """Map values of the frames of `pad_or_crop` back to those of the recording.

    Args:
        values: (length,).
        frames: number of frames of the recording.

    Returns:
        (frames,), 0 where the recording was cropped.

    >>> uncropped(np.array([0.5, 0.5]), 5).tolist(), uncropped(np.array([0.5, 0.5, 0.0]), 2).tolist()
    ([0.0, 0.5, 0.5, 0.0, 0.0], [0.5, 0.5])
    """
    crop = frames_in_crop(frames, len(values))
    return np.pad(values[: crop.stop - crop.start], (crop.start, frames - crop.stop))


def chunked(frames: Frames, chunks: int, length: int) -> np.ndarray:
    """Scale a recording to 0–1 by its own range and cut its centre into chunks, padded with 0.

    Args:
        frames: (n, bands).
        chunks: number of chunks.
        length: frames per chunk.

    Returns:
        (chunks, bands, length, 1) float32.

    >>> chunked(np.array([[-80.0], [-40.0], [0.0]]), chunks=2, length=2)[:, 0, :, 0].tolist()
    [[0.0, 0.5], [1.0, 0.0]]
    """
    values = np.asarray(frames, dtype=np.float32)
    low, high = values.min(), values.max()
    scaled, _ = pad_or_crop((values - low) / (high - low if high > low else 1), chunks * length)
    return scaled.reshape(chunks, length, -1).transpose(0, 2, 1)[..., None]


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
        distinct = {part: index for index, part in enumerate(inputs.parts)}
        return sum(bytes_each(part, part_of(raw[:1], inputs, index)) for part, index in distinct.items())
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
            frames, 1)} from 0 to 1; of joint inputs those of each part, named by `batches.joined`.
        """
        if isinstance(self.inputs, JointInputs):
            distinct = {part: index for index, part in enumerate(self.inputs.parts)}
            arrays_of = {
                part: self.part(index).transform(part_of(raw, self.inputs, index))
                for part, index in distinct.items()
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
        positions = {part: index for index, part in enumerate(inputs.parts)}
        of_part = {
            part: fit_statistics(part, part_of(raw, inputs, index)) for part, index in positions.items()
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
