"""`TrainingDistribution` ↔ reference.json and reference.npy; untrusted input."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from ser_features.errors import ArtifactError
from ser_models.ood.distance import TrainingDistribution
from ser_models.safe_io.strict import quoted, strict_json

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
