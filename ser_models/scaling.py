"""Scaling with training statistics only: raw values → what a network sees.

`Examples` (training) → `Scaler.fit` → scaler.skops
raw values of any recording → `Scaler.transform` → `Arrays`

Columns: median imputation, then zero mean and unit variance. Frames: zero mean and unit variance per band
over all training frames, then cropped or padded to one length; padding is 0, the training mean, and masked.
Chunks: to 0–1 by the recording's own lowest and highest value, so nothing is learned; then cropped or padded
with 0 and cut.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from ser_models.dataset import Examples
from ser_models.inputs import ChunkInputs, ColumnInputs, FrameInputs, Frames, Inputs, Raw
from ser_models.source import Arrays, Streamed

FRAMES_AT_ONCE = 8192
"""Frames that the scaler is shown at once; single recordings would take it five times as long."""


@dataclass(frozen=True)
class Scaler:
    """A fitted scikit-learn pipeline and the inputs it belongs to.

    Attributes:
        inputs: what was read.
        pipeline: imputation and scaling of rows (columns) or of single frames (frames).
        seen: the recordings that it was fitted on, for the leak audit; empty for one that was loaded.
    """

    inputs: Inputs
    pipeline: Pipeline
    seen: frozenset[str] = frozenset()

    @classmethod
    def fit(cls, inputs: Inputs, train: Examples) -> Self:
        """Learn the statistics of the training recordings."""
        if isinstance(inputs, ChunkInputs):
            return cls(inputs, Pipeline([("scale", "passthrough")]))
        raw = train.read(inputs)
        pipeline = _fit_columns(raw) if isinstance(raw, np.ndarray) else _fit_frames(raw)
        return cls(inputs, pipeline, frozenset(train.rows["file_id"]))

    def source(self, raw: Raw) -> Streamed:
        """Return recordings that are scaled whenever they are read; one of them at least."""
        return Streamed(raw, self.transform)

    def transform(self, raw: Raw) -> Arrays:
        """Scale raw values.

        Returns:
            All float32: {"columns": (n, columns)}; or {"frames": (n, length, bands), "mask": (n, length)},
            the mask 1 where a frame is real and 0 where it is padding; or {"chunks": (n, chunks, bands,
            frames, 1)} from 0 to 1.
        """
        if isinstance(self.inputs, ColumnInputs):
            return {"columns": self.pipeline.transform(raw).astype(np.float32)}
        if isinstance(self.inputs, ChunkInputs):
            inputs = self.inputs
            return {"chunks": np.stack([chunked(frames, inputs.chunks, inputs.frames) for frames in raw])}
        return self._transform_frames(raw, self.inputs)

    def _transform_frames(self, raw: Raw, inputs: FrameInputs) -> Arrays:
        first, real = pad_or_crop(raw[0], inputs.length)
        frames = np.empty((len(raw), *first.shape), dtype=np.float32)
        mask = np.empty((len(raw), *real.shape), dtype=np.float32)
        for index, recording in enumerate(raw):
            frames[index], mask[index] = pad_or_crop(recording, inputs.length)
        # All in one call: scikit-learn's checks cost more than the scaling of one recording.
        scaled = self.pipeline.transform(frames.reshape(-1, frames.shape[-1])).reshape(frames.shape)
        scaled *= mask[..., None]
        return {"frames": scaled.astype(np.float32, copy=False), "mask": mask}


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


def _fit_columns(matrix: np.ndarray) -> Pipeline:
    # A column that no training recording has becomes 0 everywhere instead of vanishing from the matrix.
    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    return Pipeline([("impute", imputer), ("scale", StandardScaler())]).fit(matrix)


def _fit_frames(recordings: Sequence[Frames]) -> Pipeline:
    scaler = StandardScaler()
    for block in _blocks(recordings):
        scaler.partial_fit(block)
    return Pipeline([("scale", scaler)])


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
