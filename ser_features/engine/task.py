"""Values that travel between the planning process and its workers: small and picklable, never arrays.

`Target` (where and what to compute) → `ShardTask` or `VariantTask` → worker → `ShardSummary` with `Failure`s
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ser_features.config import Profile
from ser_features.extractors import digest, row_columns, stored_apart, wide_columns
from ser_features.manifest import VARIANT_MARK, Column, Recording
from ser_features.sources import Part
from ser_features.store import layout
from ser_features.store.description import all_columns, variant_columns

if TYPE_CHECKING:
    from ser_features.augment import Variant

SECOND_COPY = "copy"
"""Stage of failures of a file in whose place another file of the same recording is stored."""

DONE, FAILED = b".", b"x"
"""Bytes that a worker appends to its progress file, one per recording."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a run writes, and what it computes.

    Attributes:
        root: folder of the store.
        profile: the feature configuration.
        digest: fingerprint of profile and extractors.
        families: families to compute, of columns and of frames.
        features: the feature columns.
        frame_families: families stored in files of their own: of frames, and wide ones.
        wide: columns of the latter, by family.
    """

    root: Path
    profile: Profile
    digest: str
    families: tuple[str, ...]
    features: tuple[Column, ...]
    frame_families: tuple[str, ...]
    wide: Mapping[str, tuple[Column, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path, profile: Profile, families: tuple[str, ...]) -> "Target":
        """Target for these families in the store at `root`, by this version's extractors."""
        return cls(
            root,
            profile,
            digest(profile, families),
            families,
            row_columns(families, profile),
            stored_apart(families),
            wide_columns(families, profile),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(ABC):
    """One shard to bring up to date: the unit of work, of storage and of commit.

    Attributes:
        table: folder of the store that it writes to.
        stores_empty: whether a table without rows is stored, to record that nothing is left to do.
        target: the store.
        dataset: name of the corpus.
        shard: name of the shard.
        data_root: folder that the recordings' paths are relative to.
        compute: recordings to decode and analyse, in `Recording.reading_order`.
        version: of the table when the task was planned (`store.part.version`); None if there was none.
        quarantined: reason why a recording is not tried again in this run, by file_id.
        progress: file that grows by one byte per finished recording of `compute`.
        own: further columns of the user's own table.
    """

    table: ClassVar[str]
    stores_empty: ClassVar[bool] = False
    target: Target
    dataset: str
    shard: str
    data_root: Path
    compute: tuple[Recording, ...]
    version: str | None = None
    quarantined: Mapping[str, str] = field(default_factory=dict)
    progress: Path | None = None
    own: tuple[Column, ...] = ()

    def source(self, recording: Recording) -> Part:
        """The part of a file that a recording is."""
        path = self.data_root / recording.path
        return Part(path, recording.start or 0.0, recording.end, recording.audio_channel)

    @property
    def part(self) -> Path:
        """Path of the table that it replaces."""
        return layout.part_path(self.target.root, self.table, self.dataset, self.shard)

    @property
    def label(self) -> str:
        """Name of the shard's files in frames/ and failures/, which files/ and variants/ share."""
        return self.shard

    @property
    @abstractmethod
    def columns(self) -> tuple[Column, ...]:
        """Columns of the table, before the user's own."""

    @property
    @abstractmethod
    def metadata(self) -> dict[str, Any]:
        """Metadata of the table, besides the checksums of its frames."""

    @abstractmethod
    def keeps(self) -> Callable[[str], bool]:
        """Return a predicate of file_ids: whether a stored row or failure stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardTask(Task):
    """A shard of recordings.

    Attributes:
        relabel: recordings whose audio is unchanged but whose labels or path have changed.
        drop: file_ids that leave this shard: another one has them as well, or the corpus no longer has them.
    """

    table = "files"
    relabel: tuple[Recording, ...] = ()
    drop: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns of files/."""
        return all_columns(self.target.features)

    @property
    def metadata(self) -> dict[str, Any]:
        """Profile, families, and digest: enough to restore store.json."""
        target = self.target
        return {
            "digest": target.digest,
            "profile": target.profile.name,
            "families": list(target.families),
        }

    def keeps(self) -> Callable[[str], bool]:
        """Rows stay unless they are computed again or leave the shard."""
        leaves = self.drop | {recording.file_id for recording in self.compute}
        return lambda file_id: file_id not in leaves


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantTask(Task):
    """The augmented copies of a shard's recordings.

    Attributes:
        variants: copies to compute of each recording of `compute`, which are all of the shard.
        seed: of the drawn parameters.
        sources: digest of the recordings' labels and bytes.
        kept: digest by name of the variants that the shard already has and keeps.
        made: digest by name of `variants`.
        hashes: SHA-256 of each recording's bytes when its features were stored, by file_id.
    """

    table = "variants"
    stores_empty = True
    variants: "tuple[Variant, ...]"
    seed: int
    sources: str
    kept: Mapping[str, str]
    made: Mapping[str, str]
    hashes: Mapping[str, str]

    @property
    def label(self) -> str:
        """Differs from that of the recordings themselves."""
        return variant_label(self.shard)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns of variants/."""
        return variant_columns(self.target.features)

    @property
    def metadata(self) -> dict[str, Any]:
        """Everything that determines the copies."""
        variants = {**self.kept, **self.made}
        return {"digest": self.target.digest, "sources": self.sources, "variants": variants}

    def keeps(self) -> Callable[[str], bool]:
        """Copies of the kept variants stay."""
        return lambda file_id: file_id.rpartition(VARIANT_MARK)[2] in self.kept


def variant_label(shard: str) -> str:
    """Name of a shard's files of copies in frames/ and failures/.

    >>> variant_label("00003")
    'variants-00003'
    """
    return f"{layout.OF_VARIANTS}{shard}"


@dataclass(frozen=True, slots=True)
class Failure:
    """A refused recording, or a copy that could not be computed, with the reason.

    Attributes are those columns of failures/ that do not depend on the attempt.
    """

    file_id: str
    path: str
    stage: str
    error_class: str
    message: str
    audio_sha256: str | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Failure":
        """Failure of a row of failures/."""
        return cls(*(row[name] for name in cls.__slots__))


@dataclass(frozen=True, slots=True)
class ShardSummary:
    """Result of one task.

    Attributes:
        dataset: name of the corpus.
        shard: name of the shard.
        stored: number of rows of the task that are stored now.
        failures: recordings or copies that could not be computed.
    """

    dataset: str
    shard: str
    stored: int
    failures: tuple[Failure, ...]
