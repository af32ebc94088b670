"""Scaling with training statistics only: raw values → what a network sees.

`Examples` (training) → `Scaler.fit` → scaler.skops
raw values of any recording → `Scaler.transform` → `Arrays`

Columns: median imputation, then zero mean and unit variance. Frames: zero mean and unit variance per band
over all training frames, then cropped or padded to one length; padding is 0, the training mean, and masked.
Several parts: each by a scaler of its own.
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

from ser_models.data.batches import Arrays, Streaming, arranged, joined, part_of
from ser_models.data.examples import Examples
from ser_models.data.inputs import ChunkInputs, ColumnInputs, FrameInputs, Frames, Inputs, JointInputs, Raw

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
        if isinstance(inputs, ChunkInputs):  # nothing is learned, so nothing need be read
            return cls(inputs, _as_it_is())
        return cls(inputs, _fit(inputs, train.read(inputs)), frozenset(train.rows["file_id"]))

    def source(self, raw: Raw) -> Streaming:
        """Return recordings that are scaled whenever they are read; one of them at least."""
        return Streaming(raw, self.transform)

    def transform(self, raw: Raw) -> Arrays:
        """Scale raw values.

        Returns:
            All float32: {"columns": (n, columns)}; or {"frames": (n, length, bands), "mask": (n, length)},
            the mask 1 where a frame is real and 0 where it is padding; or {"chunks": (n, chunks, bands,
            frames, 1)} from 0 to 1; of several parts those of each, as `framing.joined` names them.
        """
        if isinstance(self.inputs, JointInputs):
            return joined(
                [self.part(place).transform(part_of(raw, self.inputs, place)) for place in self._places]
            )
        arrays = arranged(self.inputs, raw)
        if isinstance(self.inputs, ColumnInputs):
            return {"columns": self.pipeline.transform(arrays["columns"]).astype(np.float32)}
        return self._scaled(arrays) if isinstance(self.inputs, FrameInputs) else arrays

    def part(self, place: int) -> "Scaler":
        """Return the scaler of one of several parts."""
        if not isinstance(self.inputs, JointInputs):
            raise ValueError(f"a scaler of {self.inputs.kind} has no parts")
        return Scaler(self.inputs.parts[place], self.pipeline[_shelf(place)], self.seen)

    @property
    def _places(self) -> range:
        return range(len(self.inputs.parts) if isinstance(self.inputs, JointInputs) else 0)

    def _scaled(self, arrays: dict[str, np.ndarray]) -> Arrays:
        frames, mask = arrays["frames"], arrays["mask"]
        # All in one call: scikit-learn's checks cost more than the scaling of one recording.
        scaled = self.pipeline.transform(frames.reshape(-1, frames.shape[-1])).reshape(frames.shape)
        scaled *= mask[..., None]
        return {"frames": scaled.astype(np.float32, copy=False), "mask": mask}


def _fit(inputs: Inputs, raw: Raw) -> Pipeline:
    if isinstance(inputs, JointInputs):
        # A pipeline only in name: a shelf for those of the parts, which are never run one after another.
        own = (_fit(part, part_of(raw, inputs, place)) for place, part in enumerate(inputs.parts))
        return Pipeline([(_shelf(place), pipeline) for place, pipeline in enumerate(own)])
    if isinstance(inputs, ChunkInputs):
        return _as_it_is()
    return fit_columns(raw) if isinstance(raw, np.ndarray) else _fit_frames(raw)


def _shelf(place: int) -> str:
    return f"part_{place}"


def _as_it_is() -> Pipeline:
    return Pipeline([("scale", "passthrough")])


def fit_columns(matrix: np.ndarray) -> Pipeline:
    """Learn medians, means and deviations of columns, (recordings, columns); NaN where missing."""
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
