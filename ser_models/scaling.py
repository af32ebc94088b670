"""Scaling with training statistics only: raw values → what a network sees.

`Examples` (training) → `Scaler.fit` → scaler.skops
raw values of any recording → `Scaler.transform` → `Arrays`

Columns: median imputation, then zero mean and unit variance. Frames: zero mean and unit variance per band
over all training frames, then cropped or padded to one length; padding is 0, the training mean, and masked.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from ser_models.dataset import Examples
from ser_models.inputs import ColumnInputs, Inputs, Raw
from ser_models.models.base import Arrays


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
        raw = train.read(inputs)
        pipeline = _fit_columns(raw) if isinstance(raw, np.ndarray) else _fit_frames(raw)
        return cls(inputs, pipeline, frozenset(train.rows["file_id"]))

    def transform(self, raw: Raw) -> Arrays:
        """Scale raw values.

        Returns:
            {"columns": (n, columns)}, or {"frames": (n, length, bands), "mask": (n, length)}, all float32;
            the mask is 1 where a frame is real and 0 where it is padding.
        """
        if isinstance(self.inputs, ColumnInputs):
            return {"columns": self.pipeline.transform(raw).astype(np.float32)}
        pairs = [pad_or_crop(frames, self.inputs.length) for frames in raw]
        scaled = [self.pipeline.transform(frames) * mask[:, None] for frames, mask in pairs]
        return {
            "frames": np.stack(scaled).astype(np.float32),
            "mask": np.stack([mask for _, mask in pairs]),
        }


def pad_or_crop(frames: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
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
    start = max(0, (len(frames) - length) // 2)
    kept = frames[start : start + length]
    mask = (np.arange(length) < len(kept)).astype(np.float32)
    return np.pad(kept, [(0, length - len(kept)), (0, 0)]), mask


def _fit_columns(matrix: np.ndarray) -> Pipeline:
    # A column that no training recording has becomes 0 everywhere instead of vanishing from the matrix.
    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    return Pipeline([("impute", imputer), ("scale", StandardScaler())]).fit(matrix)


def _fit_frames(recordings: list[np.ndarray]) -> Pipeline:
    scaler = StandardScaler()
    for frames in recordings:  # one at a time: a corpus of frames need not fit into memory
        scaler.partial_fit(frames)
    return Pipeline([("scale", scaler)])
