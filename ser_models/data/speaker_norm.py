"""What of raw values is a speaker's own, taken out without any label: transductive.

raw values of a speaker's recordings → `tallies` (sums that add up) → `Population.voice` → mean and deviation
raw values less the mean, over the deviation → what is scaled and learned from

A voice is estimated from the recordings that are there, and drawn towards the mean training speaker the more
the fewer they are: adaptation by relevance factor, of first and second moments (Reynolds, Quatieri & Dunn,
"Speaker verification using adapted Gaussian mixture models", 2000). No label is used, but every recording of
the speaker is: an answer depends on the others that are asked for together, so all figures are transductive.

>>> inputs = ColumnInputs(("rms_mean",))
>>> population = Population(inputs, mean=np.array([0.0]), variance=np.array([1.0]))
>>> voice = population.voice(tallies(inputs, np.array([[9.0], [11.0]] * 500)))
>>> voice.recordings, voice.mean.round(1).tolist()
(1000, [10.0])
>>> voice.adapted(inputs, np.array([[10.0]])).round(2).tolist()
[[0.03]]
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np

from ser_models.data.inputs import ColumnInputs, Frames, Inputs, JointInputs, Levelled, Raw
from ser_models.safe_io import arrays as safe_arrays

FILE = "speakers.npz"
"""Of an artifact: the mean training speaker."""

RELEVANCE = 4.0
"""Recordings after which a voice counts as much as the mean training speaker; see docs/accuracy.md."""

HEARD, COUNT, TOTAL, SQUARES = range(4)
"""Rows of a tally: recordings that have the value, how many they have, their sum, that of their squares."""


@dataclass(frozen=True)
class Voice:
    """What a speaker's values are like, whatever is said.

    Attributes:
        mean: of every column, then of every band, (values,).
        deviation: likewise, above 0.
        recordings: that it was estimated from.
    """

    mean: np.ndarray
    deviation: np.ndarray
    recordings: int

    def adapted(self, inputs: Inputs, raw: Raw) -> Raw:
        """Take the voice out of raw values of its speaker; they keep their form."""
        return adapted(inputs, raw, [self] * len(raw))


@dataclass(frozen=True)
class Population:
    """The mean training speaker.

    Attributes:
        inputs: what was read.
        mean: mean of the speakers' means, (values,).
        variance: mean of the speakers' variances, (values,).
    """

    inputs: Inputs
    mean: np.ndarray
    variance: np.ndarray

    @classmethod
    def fit(cls, inputs: Inputs, raw: Raw, voice_of: Sequence[str]) -> Self:
        """Learn what training speakers are like, every speaker weighing the same.

        Args:
            inputs: what was read.
            raw: of training recordings, as they were measured.
            voice_of: whose voice each of them has, (recordings,).
        """
        sums = _by_speaker(inputs, raw, voice_of)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = np.stack([tally[TOTAL] / tally[COUNT] for tally in sums.values()])
            squares = np.stack([tally[SQUARES] / tally[COUNT] for tally in sums.values()])
        variances = np.maximum(squares - means**2, 0)
        return cls(inputs, _mean(means, missing=0.0), _mean(variances, missing=1.0))

    def voice(self, heard: np.ndarray) -> Voice:
        """Estimate a voice.

        Args:
            heard: tallies of its recordings, (recordings, 4, values).
        """
        return self._voice(heard.sum(axis=0), len(heard))

    def voices(self, raw: Raw, voice_of: Sequence[str]) -> dict[str, Voice]:
        """Estimate the voice of every speaker from all of their recordings; arguments as of `fit`."""
        counts = Counter(voice_of)
        sums = _by_speaker(self.inputs, raw, voice_of)
        return {name: self._voice(tally, counts[name]) for name, tally in sums.items()}

    def save(self, folder: Path) -> None:
        """Write the population into the folder of an artifact."""
        safe_arrays.save(folder / FILE, {"mean": self.mean, "variance": self.variance})

    @classmethod
    def load(cls, folder: Path, inputs: Inputs) -> Self:
        """Read what `save` wrote.

        Raises:
            ArtifactError: if it is damaged.
        """
        arrays = safe_arrays.load(folder / FILE, {"mean": 1, "variance": 1})
        safe_arrays.expect(folder / FILE, "variance", arrays["variance"].shape, arrays["mean"].shape)
        return cls(inputs, arrays["mean"], np.maximum(arrays["variance"], 0))

    def _voice(self, tally: np.ndarray, recordings: int) -> Voice:
        known = np.maximum(tally[COUNT], 1)
        share = tally[HEARD] / (tally[HEARD] + RELEVANCE)
        mean = share * tally[TOTAL] / known + (1 - share) * self.mean
        square = share * tally[SQUARES] / known + (1 - share) * (self.variance + self.mean**2)
        variance = square - mean**2
        # What rounding leaves of a value that never changes is no deviation.
        steady = variance <= 1e-9 * np.maximum(square, np.finfo(np.float64).tiny)
        return Voice(mean, np.sqrt(np.where(steady, 1.0, variance)), recordings)


def adapted(inputs: Inputs, raw: Raw, voices: Sequence[Voice]) -> Raw:
    """Take the voice out of each recording's raw values.

    Args:
        inputs: what was read.
        raw: as `inputs` reads it.
        voices: of each recording, (recordings).

    Returns:
        Raw values of the same form; frames are computed when they are read.
    """
    if isinstance(inputs, JointInputs):
        recordings: list[Any] = list(raw)  # a tuple each, which the type leaves out
        places = _places(inputs, recordings[0])
        whole: list[Any] = [
            tuple(map(partial(_of_one, voice=voice), inputs.parts, recording, places))
            for recording, voice in zip(recordings, voices, strict=True)
        ]
        return whole
    found = [_of_one(inputs, values, slice(None), voice) for values, voice in zip(raw, voices, strict=True)]
    return np.stack(found) if isinstance(inputs, ColumnInputs) else found


def tallies(inputs: Inputs, raw: Raw) -> np.ndarray:
    """Sums over each recording, which add up to those of a speaker.

    Returns:
        (recordings, 4, values) float64; see `HEARD`.
    """
    return np.stack(list(_tallies(inputs, raw)))


def _tallies(inputs: Inputs, raw: Raw) -> Iterator[np.ndarray]:
    recordings: Iterable[Any] = raw  # of `JointInputs` a tuple each, which the type leaves out
    for recording in recordings:
        parts = recording if isinstance(inputs, JointInputs) else (recording,)
        yield np.concatenate([_tally(np.atleast_2d(np.asarray(part))) for part in parts], axis=1)


def _tally(rows: np.ndarray) -> np.ndarray:
    """Sums over the frames of a recording, or over its one row of columns, (4, values)."""
    real = np.isfinite(rows)
    values = np.where(real, rows, 0).astype(np.float64)
    counts = real.sum(axis=0)
    return np.stack([counts > 0, counts, values.sum(axis=0), (values**2).sum(axis=0)])


def _by_speaker(inputs: Inputs, raw: Raw, voice_of: Sequence[str]) -> dict[str, np.ndarray]:
    """Sum of the tallies of each speaker."""
    sums: dict[str, np.ndarray] = {}
    for name, tally in zip(voice_of, _tallies(inputs, raw), strict=True):
        sums[name] = sums[name] + tally if name in sums else tally
    return sums


def _mean(values: np.ndarray, *, missing: float) -> np.ndarray:
    """Mean over speakers, (values,); `missing` where none of them has the value."""
    known = np.isfinite(values)
    sums: np.ndarray = np.where(known, values, 0).sum(axis=0)
    return np.where(known.any(axis=0), sums / np.maximum(known.sum(axis=0), 1), missing)


def _of_one(inputs: Inputs, values: Frames, place: slice, voice: Voice) -> Frames:
    mean = voice.mean[place].astype(np.float32)
    deviation = voice.deviation[place].astype(np.float32)
    if isinstance(inputs, ColumnInputs):
        return (np.asarray(values) - mean) / deviation
    return Levelled(values, mean, deviation)


def _places(inputs: JointInputs, recording: Sequence[Frames]) -> list[slice]:
    """Where the values of each part lie among those of all."""
    widths = [
        len(own.columns) if isinstance(own, ColumnInputs) else int(part[:0].shape[1])
        for own, part in zip(inputs.parts, recording, strict=True)
    ]
    ends = np.cumsum(widths).tolist()
    return [slice(end - width, end) for end, width in zip(ends, widths, strict=True)]
