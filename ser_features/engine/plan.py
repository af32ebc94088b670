"""Scan + store → the shard tasks that are missing. Nothing is decoded, and unchanged files are not read.

A corpus is cut into cells of its sorted recordings; new recordings of a cell go to the shard of that number.
The cut depends on the corpus alone, so all writers cut alike. A stored recording never changes its shard, so
no file_id is stored twice however the corpus grows.

>>> shard_size(120), shard_size(1440), shard_size(11_970)
(60, 90, 499)
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from ser_features.engine.changes import StoreDiff, diff
from ser_features.engine.task import ShardTask, Target
from ser_features.foreign import is_lossy
from ser_features.manifest import Recording, Scan, batches
from ser_features.recordings import Chosen, Recordings
from ser_features.store import Store

T = TypeVar("T")

MAX_SHARD = 512
"""Largest number of recordings in a shard that was not made by `store.compact`."""

MIN_SHARD = 64
"""More recordings are cut into several shards; smaller ones would cost more in commits than they gain."""

SHARDS_PER_CORPUS = 16
"""Target number, so that a few workers finish at about the same time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Work that one corpus needs.

    Attributes:
        tasks: shards to compute.
        unchanged: number of recordings that the store holds as they are now.
        relabelled: number of recordings whose labels or path have changed.
        removed: file_ids of rows whose recordings the corpus no longer has.
        failed: file_ids that failed before and whose bytes have not changed since.
        referenced: every `frame_shard` of the corpus's rows and of their copies.
        damaged: damaged tables, at the path that they were moved to.
    """

    tasks: tuple[ShardTask, ...]
    unchanged: int
    relabelled: int
    removed: tuple[str, ...]
    failed: tuple[str, ...]
    referenced: frozenset[str]
    damaged: tuple[Path, ...]


def plan(
    scan: Scan, store: Store, target: Target, limit: int | None = None, *, keep_missing: bool = False
) -> Plan:
    """Determine what a store lacks of a corpus; damaged tables are moved to damaged/.

    Args:
        scan: the corpus.
        store: the store.
        target: passed on to the tasks.
        limit: maximum number of recordings, evenly spread over the corpus.
        keep_missing: whether rows stay whose recordings are gone; those of refused recordings leave anyway.

    Returns:
        The tasks, and what needs none.
    """
    recordings = Recordings.of(scan.recordings)
    chosen = Chosen(recordings, spread(range(len(recordings)), limit))
    changes = diff(store, scan, chosen, keep_missing=keep_missing)
    if chosen.awaited.any():  # `diff` has removed all that the store has: the rest is new
        start = 0
        for cell, of_cell in enumerate(cells(recordings)):
            awaited = chosen.awaited[start : start + len(of_cell)]
            if awaited.any():
                new = list(compress(of_cell, awaited))
                changes.compute[_shard(cell, new, changes.sizes)].extend(new)
            start += len(of_cell)
    return Plan(
        tuple(_tasks(changes, scan, target)),
        changes.unchanged,
        sum(map(len, changes.relabel.values())),
        tuple(sorted(file_id for file_ids in changes.removed.values() for file_id in file_ids)),
        tuple(sorted(changes.failed)),
        frozenset(changes.referenced),
        tuple(changes.damaged),
    )


def spread(recordings: Sequence[T], limit: int | None) -> Sequence[T]:
    """At most `limit` recordings, evenly spread, so that a small sample has all speakers and emotions."""
    if limit is None or limit >= len(recordings):
        return recordings
    return [recordings[index * len(recordings) // limit] for index in range(limit)]


def shard_size(recordings: int) -> int:
    """Number of recordings per shard for so many recordings: shards of one size, an even number of them.

    >>> [(count, shard_size(count)) for count in (64, 100, 150, 1440, 100_000)]
    [(64, 64), (100, 50), (150, 38), (1440, 90), (100000, 511)]
    """
    largest = min(MAX_SHARD, max(MIN_SHARD, -(-recordings // SHARDS_PER_CORPUS)))
    shards = max(1, -(-recordings // largest))
    if shards > 1:
        shards += shards % 2
    return max(1, -(-recordings // shards))


def cells(recordings: Sequence[Recording]) -> Iterator[Sequence[Recording]]:
    """Cut the sorted recordings of a corpus into those that share a shard."""
    size = shard_size(len(recordings))
    if isinstance(recordings, Recordings) and "start" not in recordings.filled:  # no parts of files
        return (recordings[start : start + size] for start in range(0, len(recordings), size))
    return batches(recordings, size, _decoded)


def _decoded(recording: Recording) -> str | None:
    return recording.path if recording.is_part and is_lossy(recording.path) else None


def _shard(cell: int, new: Sequence[Recording], sizes: Mapping[str, int]) -> str:
    """Name of the shard for new recordings of a cell: that of the cell, unless it would get too large."""
    name = f"{cell:05d}"
    if sizes.get(name, 0) + len(new) <= MAX_SHARD:
        return name
    content = "\n".join(recording.file_id for recording in new)
    return f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def _tasks(changes: StoreDiff, scan: Scan, target: Target) -> Iterator[ShardTask]:
    leaving = (changes.duplicated, changes.removed, changes.outdated)
    for shard in sorted({*changes.compute, *changes.relabel, *(name for one in leaving for name in one)}):
        yield ShardTask(
            target=target,
            dataset=scan.dataset,
            shard=shard,
            data_root=scan.root,
            compute=tuple(sorted(changes.compute.get(shard, ()), key=attrgetter("reading_order"))),
            version=changes.versions.get(shard),
            relabel=tuple(changes.relabel.get(shard, ())),
            drop=frozenset(file_id for one in leaving for file_id in one.get(shard, ())),
            own=scan.own,
        )
