"""What travels between the planning process and its workers: small, picklable values, never arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ser_features.config import Profile
from ser_features.manifest import Column, Recording


@dataclass(frozen=True, slots=True)
class Target:
    """Where a run writes, and how.

    Attributes:
        root: of the store.
        profile: the feature configuration.
        digest: of profile and extractors.
        features: the feature columns.
        frame_families: families of frames to store.
        run: names the run's unfinished files (`store.layout.run_id`).
    """

    root: Path
    profile: Profile
    digest: str
    features: tuple[Column, ...]
    frame_families: tuple[str, ...]
    run: str


@dataclass(frozen=True, slots=True)
class ShardTask:
    """One shard to bring up to date: the unit of work, of storage and of commit.

    Rows that the shard already has and that are neither in `compute` nor in `relabel` are kept as they are.

    Attributes:
        target: the store.
        dataset: name of the corpus.
        shard: name of the shard.
        data_root: folder that the recordings' paths are relative to.
        compute: recordings to decode and analyse, sorted by file_id.
        relabel: recordings whose audio is unchanged but whose names say something else now.
        quarantined: why a recording is not tried again in this run, by file_id.
        progress: file that grows by one byte per finished recording of `compute`.
    """

    target: Target
    dataset: str
    shard: str
    data_root: Path
    compute: tuple[Recording, ...]
    relabel: tuple[Recording, ...] = ()
    quarantined: Mapping[str, str] = field(default_factory=dict)
    progress: Path | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A recording that was refused, and why."""

    file_id: str
    path: str
    stage: str
    error_class: str
    message: str
    audio_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class ShardSummary:
    """What a worker did with a shard."""

    dataset: str
    shard: str
    stored: int
    failures: tuple[Failure, ...]
