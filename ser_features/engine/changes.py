"""What a store knows of a corpus, set against what its files say now; column by column, not row by row.

tables of files/ and failures/ → `compare` → `Known`: what is unchanged, to be computed, renamed, doubled

A recording is unchanged if its size and modification time are those of its row; only where they are not is it
read, and then its SHA-256 decides. A table or a file of frames that is not as it was written does not count:
its recordings are computed again.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

import pyarrow as pa

from ser_features import audio
from ser_features.manifest import NAME_COLUMNS, Recording, Scan
from ser_features.store import Store, layout
from ser_features.store.frames import broken
from ser_features.store.part import READERS, Held, read_whole
from ser_features.store.sweep import set_aside
from ser_features.store.verify import doubled

SAID = tuple(column.name for column in NAME_COLUMNS if column.name not in ("file_id", "path"))
"""What a corpus says of a recording; where the recording lies does not count."""

AHEAD = 2
"""Tables that are read while one is compared; more would fight with who compares for the interpreter."""

ROWS = 8_192
"""Rows that are compared at once: a table that was compacted has more."""


@dataclass(slots=True)
class Known:
    """What a store knows of some recordings, by shard where it is about shards.

    Attributes:
        unchanged: how many need nothing.
        failed: file_ids that were refused, and whose bytes are still the same.
        compute: recordings whose bytes or stored frames have changed.
        relabel: recordings of which only the names say something else.
        doubled: file_ids that an earlier shard has as well.
        sizes: number of rows.
        versions: of the table, as `store.part.version`.
        referenced: every `frame_shard` of the corpus's rows and of their copies.
        damaged: tables that were set aside, and where they are kept now.
    """

    unchanged: int = 0
    failed: list[str] = field(default_factory=list)
    compute: dict[str, list[Recording]] = field(default_factory=lambda: defaultdict(list))
    relabel: dict[str, list[Recording]] = field(default_factory=lambda: defaultdict(list))
    doubled: dict[str, list[str]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    versions: dict[str, str | None] = field(default_factory=dict)
    referenced: set[str] = field(default_factory=set)
    damaged: list[Path] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A recording whose bytes must be read to know whether they are those of its row."""

    recording: Recording
    shard: str
    audio_sha256: str | None
    relabelled: bool = False
    failed: bool = False


def compare(store: Store, scan: Scan, chosen: dict[str, Recording]) -> Known:
    """Set a store against a corpus. Damaged tables are set aside.

    Args:
        store: the store.
        scan: the corpus.
        chosen: the recordings that count, by file_id; those that the store knows are taken out.

    Returns:
        What the store knows.
    """
    known = Known()
    columns = ["file_id", *SAID, *_extra(scan), "audio_sha256", "source_size", "source_mtime", "frame_shard"]
    families = store.description.frame_families
    suspects: list[_Suspect] = []
    file_ids: dict[str, pa.ChunkedArray] = {}
    for part, table, held in _tables(store, scan.dataset, "files", columns, known):
        shard, checksums = layout.shard_of(part), held.metadata.get("frames", {})
        known.sizes[shard], known.versions[shard] = len(table), held.version
        file_ids[shard] = table["file_id"]
        known.referenced.update(checksums)
        bad: set[str | None] = {None} if families else set()
        bad |= broken(store.root, scan.dataset, part, checksums, families, store.description.wide)
        for start in range(0, len(table), ROWS):
            suspects += _compare_rows(known, shard, table.slice(start, ROWS), bad, scan, chosen)
    for part, table, _ in _tables(store, scan.dataset, "failures", ["file_id", "audio_sha256"], known):
        suspects += _refused(layout.shard_of(part), table, chosen)
    for _, _, held in _tables(store, scan.dataset, "variants", [], known):
        known.referenced.update(held.metadata.get("frames", {}))
    known.doubled = doubled(file_ids)
    _read_suspects(known, scan.root, suspects)
    return known


def _tables(
    store: Store, dataset: str, table: str, columns: Sequence[str], known: Known
) -> Iterator[tuple[Path, pa.Table, Held]]:
    """Every whole table of a corpus; those that are not are set aside, and noted."""
    parts = layout.parts(store.root, table, dataset)
    for part, held in _read_ahead(parts, columns):
        if held is None:
            known.damaged.append(set_aside(store.root, part))
        elif held.table is not None:
            yield part, held.table, held


def _read_ahead(parts: Sequence[Path], columns: Sequence[str]) -> Iterator[tuple[Path, Held | None]]:
    """Read tables while others are compared, a few at a time: all of them would need much memory."""
    ahead: deque[tuple[Path, Future[Held | None]]] = deque()
    with ThreadPoolExecutor(AHEAD) as pool:
        for part in parts:
            ahead.append((part, pool.submit(read_whole, part, columns)))
            if len(ahead) > AHEAD:
                first, future = ahead.popleft()
                yield first, future.result()
        for last, future in ahead:
            yield last, future.result()


def _extra(scan: Scan) -> Iterable[str]:
    """A user's own columns; every recording of a corpus has the same."""
    return scan.recordings[0].extra if scan.recordings else ()


def _compare_rows(
    known: Known,
    shard: str,
    table: pa.Table,
    bad: set[str | None],
    scan: Scan,
    chosen: dict[str, Recording],
) -> Iterator[_Suspect]:
    """Sort some rows' recordings into `known`; yield those that must be read."""
    found = [chosen.pop(file_id, None) for file_id in table["file_id"].to_pylist()]
    recordings = [recording for recording in found if recording is not None]
    if len(recordings) < len(found):
        table = table.filter(pa.array([recording is not None for recording in found], pa.bool_()))
    renamed = _renamed(recordings, table)
    frames = table["frame_shard"].to_pylist()
    stored = list(zip(table["source_size"].to_pylist(), table["source_mtime"].to_pylist(), strict=True))
    now = [audio.stamp(f"{scan.root}/{recording.path}") for recording in recordings]
    if now == stored and not renamed and bad.isdisjoint(frames):
        known.unchanged += len(recordings)
        return
    hashes = table["audio_sha256"].to_pylist()
    for index, recording in enumerate(recordings):
        if frames[index] in bad:
            known.compute[shard].append(recording)
        elif now[index] != stored[index]:
            yield _Suspect(recording, shard, hashes[index], index in renamed)
        elif index in renamed:
            known.relabel[shard].append(recording)
        else:
            known.unchanged += 1


def _renamed(recordings: Sequence[Recording], table: pa.Table) -> set[int]:
    """Indices of the recordings of which the corpus says something else than their row."""
    if not recordings:
        return set()
    said: dict[str, list[Any]] = {name: list(map(attrgetter(name), recordings)) for name in SAID}
    said |= {name: [each.extra.get(name) for each in recordings] for name in recordings[0].extra}
    renamed: set[int] = set()
    for name, values in said.items():
        stored = table[name].to_pylist() if name in table.column_names else [None] * len(values)
        if values != stored:
            pairs = zip(values, stored, strict=True)
            renamed |= {index for index, (value, old) in enumerate(pairs) if value != old}
    return renamed


def _refused(shard: str, table: pa.Table, chosen: dict[str, Recording]) -> Iterator[_Suspect]:
    """The chosen recordings that were refused before, and have no row."""
    for row in table.to_pylist():
        recording = chosen.pop(row["file_id"], None)
        if recording is not None:
            yield _Suspect(recording, shard, row["audio_sha256"], failed=True)


def _read_suspects(known: Known, root: Path, suspects: Sequence[_Suspect]) -> None:
    """Read the recordings that may have changed, and sort them into `known`."""
    with ThreadPoolExecutor(READERS) as pool:
        digests = pool.map(lambda suspect: audio.sha256_if_readable(root / suspect.recording.path), suspects)
        for suspect, digest in zip(suspects, digests, strict=True):
            if digest is None or digest != suspect.audio_sha256:
                known.compute[suspect.shard].append(suspect.recording)
            elif suspect.failed:
                known.failed.append(suspect.recording.file_id)
            elif suspect.relabelled:
                known.relabel[suspect.shard].append(suspect.recording)
            else:
                known.unchanged += 1
