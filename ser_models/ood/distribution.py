"""Distance of recordings to the training data (out-of-distribution score), and percentiles of their features.

log-mel frames → `describe` (mean and deviation of each band) → standardised → Euclidean distance to the
nearest training recording, in units of the distance that unseen speakers of the training corpora reach

Noise, music and silence have large distances, because only speech varies so in all bands at once. So has
speech through another microphone, in another room or at another level: the model knows as little about that.

`build` ← rows of a store; `write`, `read` ↔ ood.npz of an artifact, untrusted when read

>>> describe([np.array([[0.0, 1.0], [2.0, 1.0]], dtype=np.float32)]).tolist()
[[1.0, 1.0, 1.0, 0.0]]
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ser_features.errors import ArtifactError
from ser_models.data.frames import Frames
from ser_models.safe_io import arrays
from ser_models.safe_io.arrays import Form
from ser_models.safe_io.strict import quoted

if TYPE_CHECKING:
    import pandas as pd

    from ser_features.store import Store

MEL = "mel"
"""Family of the frames that are compared; every extraction has it, whatever the model reads."""

FAMILIES = ("core", MEL)
"""Families of a recording that are compared with the training data: core columns, and frames."""

MAX_RECORDINGS = 2000
"""Maximum number of training recordings that are kept, evenly spread: half a megabyte with 64 bands."""

TAIL = 0.01
"""Share of the validation recordings with a score above 1."""

OOD_THRESHOLD = 1.0
"""Score above which a recording is out of distribution: the 99th percentile of held-out speakers."""

DURATION = "duration_sec"
"""Core column of the duration of a recording, trimmed."""

BLOCK_QUERIES = 256
"""Recordings that are compared with the training data at once, which bounds the memory."""

FILE = "ood.npz"
QUANTILES = "quantiles."
"""Prefix of the arrays that hold the percentiles of a column."""


@dataclass(frozen=True)
class TrainingDistribution:
    """Summary of the training recordings of a model.

    Attributes:
        mean: mean of each descriptor over the training recordings, (descriptors,).
        scale: standard deviation of each descriptor, above 0, (descriptors,).
        limit: 99th percentile of the distances of the validation recordings, above 0.
        recordings: standardised descriptors of training recordings, (recordings, descriptors).
        quantiles: percentiles 0 to 100 of core columns over the training recordings, (101,) ascending each.
    """

    mean: np.ndarray
    scale: np.ndarray
    limit: float
    recordings: np.ndarray
    quantiles: Mapping[str, np.ndarray]

    @property
    def longest(self) -> float:
        """Duration of the longest training recording, trimmed, in s; infinite if not known."""
        return float(self.quantiles[DURATION][-1]) if DURATION in self.quantiles else math.inf

    def ood_score(self, frames: Sequence[Frames]) -> np.ndarray:
        """Return the distance of recordings to the nearest training recording.

        Args:
            frames: log-mel frames of each, (frames, bands), of the model's feature profile.

        Returns:
            (recordings,), at least 0; above 1 for the farthest 1 % of the recordings of unseen speakers of
            the training corpora.
        """
        standard = ((describe(frames) - self.mean) / self.scale).astype(np.float32)
        return nearest(standard, self.recordings) / self.limit

    def percentiles(self, columns: Mapping[str, float]) -> dict[str, float]:
        """Return the share of the training recordings below each value, in percent.

        Args:
            columns: values by column name.

        Returns:
            0 to 100 by name; columns that are unknown or NaN are left out.
        """
        shares = np.arange(101.0)
        return {
            name: float(np.interp(value, self.quantiles[name], shares))
            for name, value in columns.items()
            if name in self.quantiles and not np.isnan(value)
        }


def describe(frames: Sequence[Frames]) -> np.ndarray:
    """Return the descriptors of recordings.

    Args:
        frames: of each recording, (frames, bands).

    Returns:
        (recordings, 2 × bands) float64: the mean of each band over time, then the standard deviation of each.
    """
    return np.stack([_moments(np.asarray(recording, dtype=np.float64)) for recording in frames])


def nearest(queries: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Euclidean distance from each of `queries` to the nearest of `others`, (queries,)."""
    distances = [np.zeros(0, np.float32)]
    lengths = np.square(others).sum(axis=1)
    for start in range(0, len(queries), BLOCK_QUERIES):
        some = queries[start : start + BLOCK_QUERIES]
        # |query − other|² without |query|²; of the nearest one then without the rounding errors of that.
        places = (lengths - 2 * (some @ others.T)).argmin(axis=1)
        distances.append(np.sqrt(np.square(others[places] - some).sum(axis=1)))
    return np.concatenate(distances)


def build(store: "Store", train: "pd.DataFrame", validation: "pd.DataFrame") -> TrainingDistribution | None:
    """Summarise the training recordings, and calibrate distances on unseen speakers.

    Args:
        store: has the log-mel frames.
        train: rows of the training recordings, without augmented copies.
        validation: rows of the validation speakers, on whom the model was not fitted.

    Returns:
        None if the store has no log-mel frames.
    """
    if MEL not in store.families:
        return None
    sample = train.iloc[np.unique(np.linspace(0, len(train) - 1, MAX_RECORDINGS).astype(int))]
    descriptors = describe(store.frames(sample, MEL))
    mean, scale = descriptors.mean(axis=0), np.maximum(descriptors.std(axis=0), 1e-3)
    # Rounded as they are saved, in half precision: a thousandth of a standard deviation does not matter.
    recordings = ((descriptors - mean) / scale).astype(np.float16).astype(np.float32)
    held_out = ((describe(store.frames(validation, MEL)) - mean) / scale).astype(np.float32)
    limit = float(np.quantile(nearest(held_out, recordings), 1 - TAIL))
    return TrainingDistribution(mean, scale, max(limit, 1e-3), recordings, _quantiles(train))


def write(folder: Path, distribution: TrainingDistribution) -> None:
    """Write the file; recordings in half precision."""
    content = {
        "mean": distribution.mean,
        "scale": distribution.scale,
        "limit": np.array(distribution.limit),
        "recordings": distribution.recordings.astype(np.float16),
        **{f"{QUANTILES}{name}": values for name, values in distribution.quantiles.items()},
    }
    arrays.save(folder / FILE, content)


def read(folder: Path, *, bands: int) -> TrainingDistribution:
    """Read the file.

    Args:
        folder: of the artifact.
        bands: mel bands of its feature profile.

    Raises:
        ArtifactError: if it is not what `write` writes.
    """
    content = arrays.load(folder / FILE)
    quantiles = sorted(name for name in content if name.startswith(QUANTILES))
    forms: dict[str, Form] = {
        "mean": ("float64", (2 * bands,)),
        "scale": ("float64", (2 * bands,)),
        "limit": ("float64", ()),
        "recordings": ("float16", (None, 2 * bands)),
        **dict.fromkeys(quantiles, ("float64", (101,))),
    }
    try:
        arrays.check(content, forms)
        if not len(content["recordings"]) or content["limit"] <= 0 or (content["scale"] <= 0).any():
            raise ValueError("it has no recordings, or a limit or scale that is not above 0")
    except ValueError as error:
        raise ArtifactError(f"{folder / FILE} is damaged ({quoted(error)}): train again") from error
    return TrainingDistribution(
        mean=content["mean"],
        scale=content["scale"],
        limit=float(content["limit"]),
        recordings=content["recordings"].astype(np.float32),
        quantiles={name.removeprefix(QUANTILES): np.sort(content[name]) for name in quantiles},
    )


def _quantiles(train: "pd.DataFrame") -> dict[str, np.ndarray]:
    """Percentiles of the core columns that have a value in at least one training recording."""
    from ser_features.extractors import CORE_COLUMNS

    quantiles = {}
    for column in CORE_COLUMNS:
        values = train[column.name].to_numpy(np.float64, na_value=np.nan)
        if np.isfinite(values).any():
            quantiles[column.name] = np.nanpercentile(values, np.arange(101))
    return quantiles


def _moments(frames: np.ndarray) -> np.ndarray:
    return np.concatenate([frames.mean(axis=0), frames.std(axis=0)])
