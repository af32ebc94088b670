"""Imputation and scaling with statistics of the training recordings: raw values → what a model reads.

`Examples` (training) → `Scaler.fit` → `Scaler` ↔ arrays of scaler.npz
raw values of any recording → `Scaler.transform` → `Arrays`

Columns: median imputation, then zero mean and unit variance. Frames: zero mean and unit variance per band
over all training frames, then cropped or padded to one length; padding is 0, the training mean, and masked.
Joint inputs: each part has its own statistics. Chunks: scaled to 0–1 by the recording's own minimum and
maximum, so there are no statistics; then cropped or padded with 0 and cut.

scikit-learn computes the statistics; they are applied with numpy, as scikit-learn does it, so that prediction
need not import scikit-learn.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from ser_models.data.batches import Arrays, Streaming, arranged, joined, part_of, separated
from ser_models.data.inputs import ChunkInputs, ColumnInputs, FrameInputs, Frames, Inputs, JointInputs, Raw
from ser_models.safe_io.arrays import Form, check

if TYPE_CHECKING:
    from sklearn.preprocessing import StandardScaler

    from ser_models.data.examples import Examples

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
            indices = range(len(self.inputs.parts))
            return joined([self.part(index).transform(part_of(raw, self.inputs, index)) for index in indices])
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
        parts = enumerate(inputs.parts)
        return joined([fit_statistics(part, part_of(raw, inputs, index)) for index, part in parts])
    if isinstance(inputs, ChunkInputs):
        return {}
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
