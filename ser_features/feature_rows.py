"""Recordings → a row of features each, without labels and without a store.

paths, bytes, signals, `Part`s → `measure`, in this process or in workers → `FeatureRow`s → `frame`

>>> plan = Plan.of(["core"], "speech16k-compiled")
>>> len(plan.names), plan.names[0]
(47, 'duration_sec')
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from ser_features import extractors, pipeline
from ser_features.arguments import same
from ser_features.audio import read_bytes
from ser_features.config import Profile
from ser_features.config import profile as find_profile
from ser_features.engine.runner import KILLED
from ser_features.errors import AudioError, InputError
from ser_features.manifest import Column
from ser_features.sources import Part
from ser_features.workers.worker import Job

if TYPE_CHECKING:
    import pandas as pd

MIN_PARALLEL = 16
"""Fewer recordings are measured in this process: starting workers takes as long as some dozens of them."""

TABULAR = tuple(name for name in extractors.encoder_free() if extractors.FAMILIES[name].kind != "frames")
"""Families of which every recording has one value per column."""

Audio = Path | bytes | Part


@dataclass(frozen=True, slots=True)
class Plan:
    """What is computed of each recording.

    Attributes:
        profile: the feature configuration.
        families: of columns, one value per recording.
        columns: of these families, in order.
    """

    profile: Profile
    families: tuple[str, ...]
    columns: tuple[Column, ...]

    @classmethod
    def of(cls, families: Sequence[str], profile: str | Profile) -> Self:
        """Check the names of families and profile.

        Raises:
            InputError: for an unknown name, a family of frames, or one that needs an encoder.
        """
        config = find_profile(profile) if isinstance(profile, str) else profile
        with_core = extractors.check_families(families)
        chosen = [name for name in with_core if name != "core" or same(name, families)]
        if wrong := [name for name in chosen if name not in TABULAR] or ([] if chosen else ["no family"]):
            raise InputError(
                f"{', '.join(wrong)} in a table with a row per recording: expected one or several of "
                f"{', '.join(TABULAR)}; others are extracted into a store"
            )
        return cls(config, tuple(chosen), extractors.columns(chosen, config))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """The features of one recording.

    Attributes:
        values: (columns,) float32, NaN where a value cannot be computed; None of a refused recording.
        notes: what is unusual about the file, separated by semicolons; None if nothing is.
        error: why the recording was refused; None if it was not.
    """

    values: np.ndarray | None = None
    notes: str | None = None
    error: str | None = None


def measure(plan: Plan, audio: Audio, channel: int | None = None) -> FeatureRow:
    """Compute the features of a recording; one that is refused has its reason.

    Args:
        plan: what is computed.
        audio: the recording.
        channel: of a file, as in `pipeline.decode`.
    """
    try:
        if isinstance(audio, Part):
            features = pipeline.extract_part(audio, plan.profile, plan.families)
        else:
            content = audio if isinstance(audio, bytes) else read_bytes(audio)
            features = pipeline.extract_bytes(content, plan.profile, plan.families, channel)
    except AudioError as error:
        return FeatureRow(error=str(error))
    wide = [features.wide[family.name] for family in extractors.of_kind("wide", plan.families)]
    narrow = np.array([*features.columns.values()], np.float32)
    return FeatureRow(np.concatenate([narrow, *wide]), features.audio_notes)


def measure_all(
    plan: Plan,
    audio: Sequence[Audio],
    channels: Sequence[int | None] | None = None,
    *,
    workers: int | None = 1,
) -> Iterator[FeatureRow]:
    """Yield the features of recordings in order.

    A recording that ends its worker process is refused; the others are computed all the same.

    Args:
        plan: what is computed.
        audio: the recordings.
        channels: of each, as in `measure`; None for that of the profile.
        workers: processes; None for one per core.
    """
    calls = zip(audio, channels or [None] * len(audio), strict=True)
    if workers == 1 or len(audio) < MIN_PARALLEL:
        yield from (measure(plan, *call) for call in calls)
        return
    from ser_features.workers.pool import DIED, Pool, cpu_count  # here, as few recordings need no workers

    with Pool(min(workers or cpu_count(), len(audio)), Job(partial(measure, plan))) as pool:
        for row in pool.map(calls):
            yield FeatureRow(error=KILLED) if row is DIED else row


def matrix(plan: Plan, rows: Iterable[FeatureRow]) -> np.ndarray:
    """Features as an array, (recordings, columns) float32; NaN for refused recordings."""
    missing = np.full(len(plan.columns), np.nan, np.float32)
    values = [missing if row.values is None else row.values for row in rows]
    return np.stack(values) if values else np.empty((0, len(missing)), np.float32)


def frame(
    plan: Plan,
    names: Sequence[str],
    rows: Sequence[FeatureRow],
    places: Mapping[str, Sequence[float | None]] | None = None,
) -> "pd.DataFrame":
    """Features as a pandas table.

    Args:
        plan: what was computed.
        names: of the recordings.
        rows: their features.
        places: start, end (s) and channel of each, left out where no recording has one; None without parts.

    Returns:
        Columns file, those places, the columns of the plan, notes and error.
    """
    import pandas as pd

    placed = {
        name: pd.array(values, "Float64")
        for name, values in (places or {}).items()
        if any(value is not None for value in values)
    }
    values = pd.DataFrame(matrix(plan, rows), columns=plan.names)
    texts = {name: pd.array([getattr(row, name) for row in rows], "str") for name in ("notes", "error")}
    return pd.concat([pd.DataFrame({"file": names, **placed}), values, pd.DataFrame(texts)], axis=1)
