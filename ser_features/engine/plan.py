"""Scan + store → the shard tasks that are missing. Nothing is decoded here, and nothing read that is known.

A corpus is cut into cells of its sorted recordings; what is new in a cell goes to the shard of that number.
The cut depends on the corpus alone, so every writer cuts alike. A recording that the store holds never
changes its shard, so no file_id is ever stored twice, however the corpus grows.

>>> shard_size(120), shard_size(1440), shard_size(11_970)
(64, 90, 512)
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ser_features.engine.changes import Known, compare
from ser_features.engine.task import ShardTask, Target
from ser_features.manifest import Recording, Scan
from ser_features.store import Store

MAX_SHARD = 512
"""Most recordings in one shard, unless tables were joined by `store.compact`."""

MIN_SHARD = 64
"""Smaller shards would cost more in commits than they gain in balance."""

SHARDS_PER_CORPUS = 16
"""Aimed at, so that a few workers end at about the same time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one corpus needs.

    Attributes:
        tasks: shards to work on.
        unchanged: how many recordings the store holds as they are now.
        known_failures: file_ids that failed before and whose bytes have not changed since.
        referenced: frame files that the corpus's rows and their copies refer to, as `frame_shard`.
        damaged: tables that were set aside, where they are kept now.
    """

    tasks: tuple[ShardTask, ...]
    unchanged: int
    known_failures: tuple[str, ...]
    referenced: frozenset[str]
    damaged: tuple[Path, ...]


def plan(scan: Scan, store: Store, target: Target, limit: int | None = None) -> Plan:
    """Find out what the store lacks of a corpus; tables that are damaged are set aside.

    Args:
        scan: the corpus.
        store: the store.
        target: passed on to the tasks.
        limit: take at most so many recordings, evenly spread over the corpus.

    Returns:
        The tasks, and what needs none.
    """
    chosen = {recording.file_id: recording for recording in spread(scan.recordings, limit)}
    known = compare(store, scan, chosen)
    if chosen:  # what is left in it is new
        for cell, recordings in enumerate(cells(scan.recordings)):
            new = [recording for recording in recordings if recording.file_id in chosen]
            if new:
                known.compute[_shard(cell, new, known.sizes)].extend(new)
    return Plan(
        tuple(_tasks(known, scan, target)),
        known.unchanged,
        tuple(sorted(known.failed)),
        frozenset(known.referenced),
        tuple(known.damaged),
    )


def spread(recordings: Sequence[Recording], limit: int | None) -> Sequence[Recording]:
    """At most `limit` recordings, evenly spread, so that a small sample has all speakers and emotions."""
    if limit is None or limit >= len(recordings):
        return recordings
    return [recordings[index * len(recordings) // limit] for index in range(limit)]


def shard_size(recordings: int) -> int:
    """How many recordings of a corpus share a shard."""
    return min(MAX_SHARD, max(MIN_SHARD, -(-recordings // SHARDS_PER_CORPUS)))


def cells(recordings: Sequence[Recording]) -> Iterator[Sequence[Recording]]:
    """Cut a corpus's sorted recordings into what shares a shard."""
    size = shard_size(len(recordings))
    for start in range(0, len(recordings), size):
        yield recordings[start : start + size]


def _shard(cell: int, new: Sequence[Recording], sizes: Mapping[str, int]) -> str:
    """Name of the shard for a cell's new recordings: the cell's own, unless that would overflow."""
    name = f"{cell:05d}"
    if sizes.get(name, 0) + len(new) <= MAX_SHARD:
        return name
    content = "\n".join(recording.file_id for recording in new)
    return f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def _tasks(known: Known, scan: Scan, target: Target) -> Iterator[ShardTask]:
    for shard in sorted({*known.compute, *known.relabel, *known.doubled}):
        yield ShardTask(
            target=target,
            dataset=scan.dataset,
            shard=shard,
            data_root=scan.root,
            compute=tuple(sorted(known.compute.get(shard, ()), key=lambda recording: recording.file_id)),
            version=known.versions.get(shard),
            relabel=tuple(known.relabel.get(shard, ())),
            drop=frozenset(known.doubled.get(shard, ())),
        )
