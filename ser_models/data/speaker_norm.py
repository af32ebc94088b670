"""Speaker-level mean and variance normalisation with MAP smoothing, unlabelled: transductive.

raw values of a speaker → `accumulate` (additive sums) → `SpeakerPrior.estimate` → `SpeakerStats`
raw values, `SpeakerStats` → `normalize` → zero mean and unit variance per speaker → `batches`

A speaker's mean and variance are estimated from the available recordings and shrunk towards the mean training
speaker, the more the fewer they are: MAP adaptation with a relevance factor, of first and second moments
(Reynolds, Quatieri & Dunn, "Speaker verification using adapted Gaussian mixture models", 2000). No label is
used, but every recording of the speaker is: a prediction depends on the other recordings given
with it, so all figures are transductive.

>>> inputs = ColumnInputs(("rms_mean",))
>>> prior = SpeakerPrior(inputs, mean=np.array([0.0]), variance=np.array([1.0]))
>>> stats = prior.estimate(accumulate(inputs, np.array([[9.0], [11.0]] * 500)))
>>> stats.recordings, stats.mean.round(1).tolist()
(1000, [10.0])
>>> normalize(inputs, np.array([[10.0]]), [stats]).round(2).tolist()
[[0.03]]
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np

from ser_models.data.frames import Frames, NormalizedFrames
from ser_models.data.inputs import ColumnInputs, Inputs, JointInputs, Raw
from ser_models.safe_io import arrays as safe_arrays

FILE = "speakers.npz"
"""File of the prior in an artifact."""

RELEVANCE = 4.0
"""Relevance factor: recordings after which a speaker counts as much as the prior; see docs/accuracy.md."""

RECORDINGS, COUNT, TOTAL, SQUARES = range(4)
"""Rows of the sums: recordings that have the value, number of values, their sum, the sum of their squares."""


@dataclass(frozen=True)
class SpeakerStats:
    """Estimated mean and standard deviation of a speaker.

    Attributes:
        mean: of every column, then of every band, (values,).
        deviation: standard deviations, above 0, (values,).
        recordings: number of recordings behind the estimate.
    """

    mean: np.ndarray
    deviation: np.ndarray
    recordings: int


@dataclass(frozen=True)
class SpeakerPrior:
    """The mean training speaker.

    Attributes:
        inputs: the inputs that the values belong to.
        mean: mean of the speakers' means, (values,).
        variance: mean of the speakers' variances, (values,).
    """

    inputs: Inputs
    mean: np.ndarray
    variance: np.ndarray

    @classmethod
    def fit(cls, inputs: Inputs, raw: Raw, speakers: Sequence[str]) -> Self:
        """Average the statistics of the training speakers, each with equal weight.

        Args:
            inputs: the inputs that `raw` was read with.
            raw: unnormalised values of training recordings.
            speakers: speaker of each recording, (recordings,).
        """
        sums = _sums_by_speaker(inputs, raw, speakers).values()
        with np.errstate(invalid="ignore", divide="ignore"):
            means = np.stack([own[TOTAL] / own[COUNT] for own in sums])
            squares = np.stack([own[SQUARES] / own[COUNT] for own in sums])
        variances = np.maximum(squares - means**2, 0)
        return cls(inputs, _mean(means, missing=0.0), _mean(variances, missing=1.0))

    def estimate(self, sums: np.ndarray) -> SpeakerStats:
        """Estimate one speaker's statistics.

        Args:
            sums: `accumulate` of their recordings, (recordings, 4, values).
        """
        return self._smooth(sums.sum(axis=0), len(sums))

    def estimate_all(self, raw: Raw, speakers: Sequence[str]) -> dict[str, SpeakerStats]:
        """Estimate every speaker from all of their recordings; arguments as in `fit`."""
        counts = Counter(speakers)
        sums = _sums_by_speaker(self.inputs, raw, speakers)
        return {name: self._smooth(own, counts[name]) for name, own in sums.items()}

    def save(self, folder: Path) -> None:
        """Write the prior into the folder of an artifact."""
        safe_arrays.save(folder / FILE, {"mean": self.mean, "variance": self.variance})

    @classmethod
    def load(cls, folder: Path, inputs: Inputs) -> Self:
        """Read what `save` wrote.

        Raises:
            ArtifactError: if the file is damaged.
        """
        forms: dict[str, safe_arrays.Form] = dict.fromkeys(("mean", "variance"), ("float64", (None,)))
        arrays = safe_arrays.load(folder / FILE, forms)
        safe_arrays.check(arrays, dict.fromkeys(arrays, ("float64", arrays["mean"].shape)))
        return cls(inputs, arrays["mean"], np.maximum(arrays["variance"], 0))

    def _smooth(self, sums: np.ndarray, recordings: int) -> SpeakerStats:
        counts = np.maximum(sums[COUNT], 1)
        weight = sums[RECORDINGS] / (sums[RECORDINGS] + RELEVANCE)
        mean = weight * sums[TOTAL] / counts + (1 - weight) * self.mean
        square = weight * sums[SQUARES] / counts + (1 - weight) * (self.variance + self.mean**2)
        variance = square - mean**2
        # Rounding leaves a tiny variance where a value is constant: that is no deviation to divide by.
        constant = variance <= 1e-9 * np.maximum(square, np.finfo(np.float64).tiny)
        return SpeakerStats(mean, np.sqrt(np.where(constant, 1.0, variance)), recordings)


def normalize(inputs: Inputs, raw: Raw, stats: Sequence[SpeakerStats]) -> Raw:
    """Subtract the speaker's mean from each recording and divide by the speaker's deviation.

    Args:
        inputs: the inputs that `raw` was read with.
        raw: unnormalised values.
        stats: of the speaker of each recording, (recordings,).

    Returns:
        Raw values of the same form; frames are computed when they are read.
    """
    if isinstance(inputs, JointInputs):
        recordings: list[Any] = list(raw)  # a tuple each, which the type leaves out
        slices = _value_slices(inputs, recordings[0])
        joint: list[Any] = [
            tuple(map(partial(_normalize_one, stats=own), inputs.parts, recording, slices))
            for recording, own in zip(recordings, stats, strict=True)
        ]
        return joint
    single = [
        _normalize_one(inputs, values, slice(None), own) for values, own in zip(raw, stats, strict=True)
    ]
    return np.stack(single) if isinstance(inputs, ColumnInputs) else single


def accumulate(inputs: Inputs, raw: Raw) -> np.ndarray:
    """Sums over each recording; those of a speaker's recordings add up.

    Returns:
        (recordings, 4, values) float64; rows as in `RECORDINGS`.
    """
    return np.stack(list(_sums_by_recording(inputs, raw)))


def _sums_by_recording(inputs: Inputs, raw: Raw) -> Iterator[np.ndarray]:
    recordings: Iterable[Any] = raw  # of `JointInputs` a tuple each, which the type leaves out
    for recording in recordings:
        parts = recording if isinstance(inputs, JointInputs) else (recording,)
        yield np.concatenate([_sums(np.atleast_2d(np.asarray(part))) for part in parts], axis=1)


def _sums(rows: np.ndarray) -> np.ndarray:
    """Sums over the frames of a recording, or over its one row of columns, (4, values)."""
    real = np.isfinite(rows)
    values = np.where(real, rows, 0).astype(np.float64)
    counts = real.sum(axis=0)
    return np.stack([counts > 0, counts, values.sum(axis=0), (values**2).sum(axis=0)])


def _sums_by_speaker(inputs: Inputs, raw: Raw, speakers: Sequence[str]) -> dict[str, np.ndarray]:
    sums: dict[str, np.ndarray] = {}
    for name, own in zip(speakers, _sums_by_recording(inputs, raw), strict=True):
        sums[name] = sums[name] + own if name in sums else own
    return sums


def _mean(values: np.ndarray, *, missing: float) -> np.ndarray:
    """Mean over speakers, (values,); `missing` where no speaker has the value."""
    finite = np.isfinite(values)
    sums: np.ndarray = np.where(finite, values, 0).sum(axis=0)
    return np.where(finite.any(axis=0), sums / np.maximum(finite.sum(axis=0), 1), missing)


def _normalize_one(inputs: Inputs, values: Frames, part: slice, stats: SpeakerStats) -> Frames:
    mean = stats.mean[part].astype(np.float32)
    deviation = stats.deviation[part].astype(np.float32)
    if isinstance(inputs, ColumnInputs):
        return (np.asarray(values) - mean) / deviation
    return NormalizedFrames(values, mean, deviation)


def _value_slices(inputs: JointInputs, recording: Sequence[Frames]) -> list[slice]:
    """Position of each part's values among those of all parts."""
    widths = [
        len(own.columns) if isinstance(own, ColumnInputs) else int(part[:0].shape[1])
        for own, part in zip(inputs.parts, recording, strict=True)
    ]
    ends = np.cumsum(widths).tolist()
    return [slice(end - width, end) for end, width in zip(ends, widths, strict=True)]
