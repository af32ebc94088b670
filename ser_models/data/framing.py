"""Recordings of any length → arrays of one length, before anything is scaled.

raw values → `arranged` → {"columns"}, {"frames", "mask"} or {"chunks"}, a row per recording
raw values of several parts → `part_of`, `joined` → the same, each name behind its part's number: "0/columns"
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ser_models.data.inputs import ChunkInputs, ColumnInputs, Frames, Inputs, JointInputs, Raw


def arranged(inputs: Inputs, raw: Raw) -> dict[str, np.ndarray]:
    """Bring recordings to one length.

    Args:
        inputs: what was read.
        raw: at least one recording, as `inputs` reads them.

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
    for index, recording in enumerate(raw):  # written where it belongs: `pad_or_crop` would copy it first
        heard = recording[heard_frames(len(recording), inputs.length)]
        frames[index, : len(heard)] = heard
        mask[index, : len(heard)] = 1
    return {"frames": frames, "mask": mask}


def part_of(raw: Iterable[Any], inputs: JointInputs, place: int) -> Raw:
    """Take the raw values of one part out of those of all."""
    own = [recording[place] for recording in raw]
    return np.stack(own) if isinstance(inputs.parts[place], ColumnInputs) else own


def joined(parts: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Put the arrays of all parts side by side.

    >>> list(joined([{"columns": np.zeros((1, 2))}, {"frames": np.zeros((1, 3, 4))}]))
    ['0/columns', '1/frames']
    """
    return {f"{place}/{name}": array for place, part in enumerate(parts) for name, array in part.items()}


def separated(arrays: Mapping[str, np.ndarray], place: int) -> dict[str, np.ndarray]:
    """Take the arrays of one part out of those of all."""
    prefix = f"{place}/"
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def pad_or_crop(frames: Frames, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Bring a recording to `length` frames: its centre, or all of it with zeros behind.

    Args:
        frames: (n, bands).
        length: frames wanted, at least 1.

    Returns:
        (length, bands) in the dtype of `frames`, and its mask, (length,) float32.

    >>> pad_or_crop(np.array([[1.0], [2.0]]), 3)[1].tolist()
    [1.0, 1.0, 0.0]
    >>> pad_or_crop(np.array([[1.0], [2.0], [3.0]]), 1)[0].tolist()
    [[2.0]]
    """
    kept = frames[heard_frames(len(frames), length)]
    mask = (np.arange(length) < len(kept)).astype(np.float32)
    return np.pad(kept, [(0, length - len(kept)), (0, 0)]), mask


def heard_frames(frames: int, length: int) -> slice:
    """The frames of a recording that `pad_or_crop` keeps: those around the centre, or all of them.

    >>> heard_frames(5, 2), heard_frames(2, 3)
    (slice(1, 3, None), slice(0, 2, None))
    """
    start = max(0, (frames - length) // 2)
    return slice(start, min(frames, start + length))


def uncropped(values: np.ndarray, frames: int) -> np.ndarray:
    """Bring values of the frames that `pad_or_crop` gives back to those of the recording.

    Args:
        values: (length,).
        frames: of the recording.

    Returns:
        (frames,), 0 where it was cropped.

    >>> uncropped(np.array([0.5, 0.5]), 5).tolist(), uncropped(np.array([0.5, 0.5, 0.0]), 2).tolist()
    ([0.0, 0.5, 0.5, 0.0, 0.0], [0.5, 0.5])
    """
    heard = heard_frames(frames, len(values))
    return np.pad(values[: heard.stop - heard.start], (heard.start, frames - heard.stop))


def chunked(frames: Frames, chunks: int, length: int) -> np.ndarray:
    """Scale a recording to 0–1 by its own range and cut its centre into chunks; what is missing is 0.

    Args:
        frames: (n, bands).
        chunks: chunks wanted.
        length: frames of each.

    Returns:
        (chunks, bands, length, 1) float32.

    >>> chunked(np.array([[-80.0], [-40.0], [0.0]]), chunks=2, length=2)[:, 0, :, 0].tolist()
    [[0.0, 0.5], [1.0, 0.0]]
    """
    values = np.asarray(frames, dtype=np.float32)
    low, high = values.min(), values.max()
    scaled, _ = pad_or_crop((values - low) / (high - low if high > low else 1), chunks * length)
    return scaled.reshape(chunks, length, -1).transpose(0, 2, 1)[..., None]
