"""Scan + store → the shard tasks that are missing. Nothing is decoded here; known recordings are only hashed.

A corpus is cut into cells of its sorted recordings; what is new in a cell goes to the shard of that number.
The cut depends on the corpus alone, so every writer cuts alike. A recording that the store holds never
changes its shard, so no file_id is ever stored twice, however the corpus grows.

>>> shard_size(120), shard_size(1440), shard_size(11_970)
(64, 90, 512)
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ser_features import audio
from ser_features.engine.task import ShardTask, Target
from ser_features.manifest import NAME_COLUMNS, Recording, Scan
from ser_features.store import Store, layout, read_part

MAX_SHARD = 512
"""Most recordings in one shard."""

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
    """

    tasks: tuple[ShardTask, ...]
    unchanged: int
    known_failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store says of a recording of the scan."""

    recording: Recording
    shard: str
    audio_sha256: str | None
    failed: bool = False
    relabelled: bool = False
    broken: bool = False


@dataclass(slots=True)
class _Work:
    """Recordings to work on, by shard."""

    compute: dict[str, list[Recording]] = field(default_factory=lambda: defaultdict(list))
    relabel: dict[str, list[Recording]] = field(default_factory=lambda: defaultdict(list))


def plan(scan: Scan, store: Store, target: Target, limit: int | None = None) -> Plan:
    """Find out what the store lacks of a corpus.

    Args:
        scan: the corpus.
        store: the store.
        target: passed on to the tasks.
        limit: take at most so many recordings, evenly spread over the corpus.

    Returns:
        The tasks, and what needs none.
    """
    chosen = {recording.file_id: recording for recording in spread(scan.recordings, limit)}
    sizes: dict[str, int] = {}
    known = {item.recording.file_id: item for item in _failures(store, scan.dataset, chosen)}
    known |= {item.recording.file_id: item for item in _rows(store, scan.dataset, chosen, sizes)}
    work, unchanged, failures = _Work(), 0, []
    for item, digest in zip(known.values(), _hashes(scan.root, known.values()), strict=True):
        if item.broken or digest is None or digest != item.audio_sha256:
            work.compute[item.shard].append(item.recording)
        elif item.failed:
            failures.append(item.recording.file_id)
        elif item.relabelled:
            work.relabel[item.shard].append(item.recording)
        else:
            unchanged += 1
    for cell, recordings in enumerate(_cells(scan.recordings)):
        new = [r for r in recordings if r.file_id in chosen and r.file_id not in known]
        if new:
            work.compute[_shard(cell, new, sizes)].extend(new)
    return Plan(tuple(_tasks(work, scan, target)), unchanged, tuple(sorted(failures)))


def spread(recordings: Sequence[Recording], limit: int | None) -> Sequence[Recording]:
    """At most `limit` recordings, evenly spread, so that a small sample has all speakers and emotions."""
    if limit is None or limit >= len(recordings):
        return recordings
    return [recordings[index * len(recordings) // limit] for index in range(limit)]


def shard_size(recordings: int) -> int:
    """How many recordings of a corpus share a shard."""
    return min(MAX_SHARD, max(MIN_SHARD, -(-recordings // SHARDS_PER_CORPUS)))


def _cells(recordings: Sequence[Recording]) -> Iterator[Sequence[Recording]]:
    size = shard_size(len(recordings))
    for start in range(0, len(recordings), size):
        yield recordings[start : start + size]


def _shard(cell: int, new: Sequence[Recording], sizes: dict[str, int]) -> str:
    """Name of the shard for a cell's new recordings: the cell's own, unless that would overflow."""
    name = f"{cell:05d}"
    if sizes.get(name, 0) + len(new) <= MAX_SHARD:
        return name
    content = "\n".join(recording.file_id for recording in new)
    return f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def _tasks(work: _Work, scan: Scan, target: Target) -> Iterator[ShardTask]:
    for shard in sorted({*work.compute, *work.relabel}):
        compute = sorted(work.compute.get(shard, ()), key=lambda recording: recording.file_id)
        relabel = tuple(work.relabel.get(shard, ()))
        yield ShardTask(
            target=target,
            dataset=scan.dataset,
            shard=shard,
            data_root=scan.root,
            compute=tuple(compute),
            relabel=relabel,
        )


def _rows(
    store: Store, dataset: str, chosen: dict[str, Recording], sizes: dict[str, int]
) -> Iterator[_Known]:
    """The chosen recordings that have a row; notes the number of rows of every shard in `sizes`."""
    names = [*(column.name for column in NAME_COLUMNS), *_extra(chosen), "audio_sha256", "frame_shard"]
    for part in store.parts(dataset):
        shard = layout.shard_of(part)
        rows = read_part(part, names)
        sizes[shard] = len(rows)
        shards = rows.column("frame_shard").unique().to_pylist()
        broken = not frames_exist(store.root, dataset, shards, store.description.frame_families)
        for row in rows.to_pylist():
            recording = chosen.get(row["file_id"])
            if recording is not None:
                relabelled = _relabelled(recording, row)
                yield _Known(recording, shard, row["audio_sha256"], relabelled=relabelled, broken=broken)


def _extra(chosen: dict[str, Recording]) -> frozenset[str]:
    """A user's own columns; every recording of a corpus has the same."""
    return frozenset(next(iter(chosen.values())).extra) if chosen else frozenset()


def _relabelled(recording: Recording, row: dict[str, Any]) -> bool:
    """Whether the corpus says something else of the recording than its row; where it lies does not count."""
    said = {c.name: getattr(recording, c.name) for c in NAME_COLUMNS if c.name != "path"}
    return any(row.get(name) != value for name, value in (said | dict(recording.extra)).items())


def frames_exist(
    root: Path, dataset: str, frame_shards: Sequence[str | None], families: Sequence[str]
) -> bool:
    """Whether all frame files that rows refer to are where they should be.

    Args:
        root: of the store.
        dataset: name of the corpus.
        frame_shards: the rows' column of that name.
        families: of frames, which every row has.
    """
    return all(
        shard is not None and layout.frame_path(root, dataset, shard, family).is_file()
        for shard in frame_shards
        for family in families
    )


def sweep(store: Store) -> None:
    """Remove what dead runs left unfinished."""
    layout.sweep(store.root)
    for dataset in layout.datasets(store.root, "frames"):
        layout.sweep_frames(store.root, dataset, store.frame_shards(dataset))


def _failures(store: Store, dataset: str, chosen: dict[str, Recording]) -> Iterator[_Known]:
    """The chosen recordings that were refused before."""
    for part in layout.parts(store.root, "failures", dataset):
        rows = read_part(part, ["file_id", "audio_sha256"])
        for row in rows.to_pylist():
            recording = chosen.get(row["file_id"])
            if recording is not None:
                yield _Known(recording, layout.shard_of(part), row["audio_sha256"], failed=True)


def _hashes(root: Path, known: Iterable[_Known]) -> list[str | None]:
    """Hash of each known recording's bytes as they are now; None where they cannot be read."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda item: audio.sha256_if_readable(root / item.recording.path), known))
