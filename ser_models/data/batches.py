"""Scaled recordings by index: in memory, or one batch at a time from memory-mapped frames.

raw values, `Scaler.transform` → `Streaming` (reads each batch on demand) → `InMemory` (read once, if it fits)
→ `Oversampled` (repeats recordings of the smaller classes)

>>> source = InMemory({"columns": np.array([[1.0], [2.0], [3.0]])})
>>> source.shapes, source.batch(np.array([2, 0]))["columns"].ravel().tolist()
({'columns': (1,)}, [3.0, 1.0])
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ser_models.data.inputs import Raw

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
        if isinstance(self.raw, np.ndarray):
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


def memory_size(source: BatchSource) -> int:
    """Bytes that a source of float32 arrays takes in memory."""
    return 4 * len(source) * sum(int(np.prod(shape)) for shape in source.shapes.values())


def read_all(source: BatchSource) -> InMemory:
    """Read a whole source into memory, block by block."""
    arrays = {
        name: np.empty((len(source), *shape), dtype=np.float32) for name, shape in source.shapes.items()
    }
    for start in range(0, len(source), BLOCK):
        indices = np.arange(start, min(start + BLOCK, len(source)))
        for name, values in source.batch(indices).items():
            arrays[name][indices] = values
    return InMemory(arrays)
