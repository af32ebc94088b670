"""Distance of a recording to the training data of a model, and where its features lie in theirs.

rows of a store → `build` → `TrainingDistribution` ↔ reference.json and reference.npy (untrusted input)
log-mel frames → `describe` (mean and deviation of each band) → standardised → distance to the most similar
training recording, in units of the distances of validation speakers

Noise, music and empty rooms are far away, because speech alone varies so much in all bands at once; so is
speech through another microphone, in another room or at another level, which the model knows as little.

>>> describe([np.array([[0.0, 1.0], [2.0, 1.0]], dtype=np.float32)]).tolist()
[[1.0, 1.0, 1.0, 0.0]]
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ser_features.errors import ArtifactError
from ser_features.extractors import CORE_COLUMNS
from ser_features.store import Store
from ser_models.data.inputs import Frames
from ser_models.safe_io.strict import quoted, strict_json

MEL = "mel"
"""The family that recordings are compared by; extraction has it anyway, whatever a model reads."""


@dataclass(frozen=True)
class TrainingDistribution:
    """The training recordings of a model, in short.

    Attributes:
        mean: of each descriptor over the training recordings, (descriptors,).
        scale: standard deviation of each, above 0, (descriptors,).
        limit: distance to the most similar training recording that a hundredth of the validation speakers'
            recordings exceeds, above 0.
        recordings: standardised descriptors of training recordings, (recordings, descriptors).
        quantiles: of each core column among the training recordings, 0 to 100 %, (101,) ascending.
    """

    mean: np.ndarray
    scale: np.ndarray
    limit: float
    recordings: np.ndarray
    quantiles: Mapping[str, np.ndarray]

    def distance(self, frames: Sequence[Frames]) -> np.ndarray:
        """Return how far recordings are from the training recordings.

        Args:
            frames: log-mel frames of each, (frames, bands), of the profile that the model was trained on.

        Returns:
            (recordings,), 0 and above; 1 is where the farthest hundredth of recordings of unheard voices of
            the same corpora begins.
        """
        standard = ((describe(frames) - self.mean) / self.scale).astype(np.float32)
        return nearest(standard, self.recordings) / self.limit

    def percentiles(self, columns: Mapping[str, float]) -> dict[str, float]:
        """Return the share of the training recordings that lie below each value, in percent.

        Args:
            columns: values by name.

        Returns:
            0 to 100 by name, of the columns that are known and could be computed.
        """
        shares = np.arange(101.0)
        return {
            name: float(np.interp(value, self.quantiles[name], shares))
            for name, value in columns.items()
            if name in self.quantiles and not np.isnan(value)
        }


def describe(frames: Sequence[Frames]) -> np.ndarray:
    """Return what kind of sound recordings are.

    Args:
        frames: of each, (frames, bands).

    Returns:
        (recordings, 2 × bands) float64: the mean of each band over time, then the standard deviation of each.
    """
    return np.stack([_moments(np.asarray(each, dtype=np.float64)) for each in frames])


def nearest(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Euclidean distance from each of `ones` to the nearest of `others`, (ones,)."""
    return np.array([np.sqrt(np.square(others - one).sum(axis=1).min()) for one in ones])


def _moments(frames: np.ndarray) -> np.ndarray:
    return np.concatenate([frames.mean(axis=0), frames.std(axis=0)])


MOST = 2000
"""Training recordings that are kept, evenly spread: half a megabyte of 64 bands."""

RARE = 0.01
"""Share of the validation recordings that lie beyond a distance of 1."""


def build(store: Store, train: pd.DataFrame, validation: pd.DataFrame) -> TrainingDistribution | None:
    """Learn what the training recordings are like, and how far unheard voices are from them.

    Args:
        store: where their log-mel frames are.
        train: rows of the training recordings, without augmented copies.
        validation: rows of the validation speakers, which the model was not fitted on.

    Returns:
        None if the store has no log-mel frames.
    """
    if MEL not in store.families:
        return None
    kept = train.iloc[np.unique(np.linspace(0, len(train) - 1, MOST).astype(int))]
    descriptors = describe(store.frames(kept, MEL))
    mean, scale = descriptors.mean(axis=0), np.maximum(descriptors.std(axis=0), 1e-3)
    # Halves suffice: a thousandth of a deviation is nothing.
    recordings = ((descriptors - mean) / scale).astype(np.float16).astype(np.float32)
    held_out = ((describe(store.frames(validation, MEL)) - mean) / scale).astype(np.float32)
    limit = float(np.quantile(nearest(held_out, recordings), 1 - RARE))
    return TrainingDistribution(mean, scale, max(limit, 1e-3), recordings, _quantiles(train))


def _quantiles(train: pd.DataFrame) -> dict[str, np.ndarray]:
    """Percentiles of the core columns that some training recording has."""
    found = {}
    for column in CORE_COLUMNS:
        values = train[column.name].to_numpy(np.float64, na_value=np.nan)
        if np.isfinite(values).any():
            found[column.name] = np.nanpercentile(values, np.arange(101))
    return found


NUMBERS, RECORDINGS = "reference.json", "reference.npy"

MAX_BYTES = 2**20
"""Of reference.json; what is written has 60 kB."""

DIGITS = 6
"""Significant ones."""


def write(folder: Path, reference: TrainingDistribution) -> None:
    """Write both files."""
    content = {
        "limit": _digits(reference.limit),
        "mean": _digits(reference.mean),
        "scale": _digits(reference.scale),
        "quantiles": {name: _digits(values) for name, values in reference.quantiles.items()},
    }
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    (folder / NUMBERS).write_text(text + "\n", encoding="utf-8")
    np.save(folder / RECORDINGS, reference.recordings.astype(np.float16), allow_pickle=False)


def read(folder: Path) -> TrainingDistribution:
    """Read both files.

    Raises:
        ArtifactError: if they are not of the form that `write` gives them.
    """
    with (folder / NUMBERS).open("rb") as file:
        text = file.read(MAX_BYTES + 1)
    try:
        if len(text) > MAX_BYTES:
            raise ValueError(f"{NUMBERS} has more than {MAX_BYTES} bytes")
        # Mapped, as that finds a shape that the file does not hold before any memory is taken for it.
        recordings = np.lib.format.open_memmap(folder / RECORDINGS, mode="r")
        return _reference(strict_json(text), recordings)
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise ArtifactError(f"{folder / NUMBERS} is damaged ({quoted(error)}): train again") from error


def _reference(content: Any, recordings: np.ndarray) -> TrainingDistribution:
    if recordings.dtype != np.float16 or recordings.ndim != 2 or not len(recordings):
        raise ValueError(f"{RECORDINGS} has {recordings.dtype} of shape {recordings.shape}")
    descriptors = recordings.shape[1]
    return TrainingDistribution(
        mean=_array(content["mean"], descriptors),
        scale=_above_zero(_array(content["scale"], descriptors)),
        limit=float(_above_zero(_array([content["limit"]], 1))[0]),
        recordings=_finite(np.array(recordings, dtype=np.float32)),
        quantiles={name: np.sort(_array(each, 101)) for name, each in content["quantiles"].items()},
    )


def _array(values: Any, size: int) -> np.ndarray:
    found = _finite(np.array(values, dtype=np.float64))
    if found.shape != (size,):
        raise ValueError(f"numbers of shape {found.shape}, expected {(size,)}")
    return found


def _finite(values: np.ndarray) -> np.ndarray:
    if not np.isfinite(values).all():
        raise ValueError("numbers that are not finite")
    return values


def _above_zero(values: np.ndarray) -> np.ndarray:
    if not (values > 0).all():
        raise ValueError("a width that is not above 0")
    return values


def _digits(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return [_digits(each) for each in value]
    return float(f"{value:.{DIGITS}g}")
