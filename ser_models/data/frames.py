"""Frames of one recording: joined or normalised on access, and brought to one length.

memory-mapped frames of families → `JoinedFrames` → `NormalizedFrames` → `pad_or_crop` or `chunked` → arrays
values of cropped frames → `uncropped` → values of the recording's frames
"""

from dataclasses import dataclass
from typing import Any

import numpy as np


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
