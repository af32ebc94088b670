"""Difference between a store and a corpus, computed column by column instead of row by row.

tables of files/ and failures/, `Scan` → `diff` → `StoreDiff`: unchanged, to compute, to relabel, duplicated

A recording is unchanged if its size and modification time equal those of its row. Otherwise the file is read
and its SHA-256 decides. Tables and frame files that fail their checksum do not count: their recordings are
computed again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from ser_features import audio
from ser_features.engine import unchanged
from ser_features.engine.task import SECOND_COPY
from ser_features.engine.withdrawn import StoredRow, withdrawn
from ser_features.errors import DamagedError
from ser_features.manifest import NAME_COLUMNS, Column, Recording, Scan
from ser_features.recordings import ROWS, Chosen, Recordings
from ser_features.store import Store, layout
from ser_features.store.part import (
    READERS,
    StoredTable,
    WholeFile,
    ahead,
    broken,
    duplicated_ids,
    parsed,
    read_whole,
)
from ser_features.store.write import STAMP, set_aside

T = TypeVar("T")

LABEL_COLUMNS = tuple(column.name for column in NAME_COLUMNS if column.name != "file_id")
"""Columns that the corpus determines, the path among them: a moved recording is not decoded again."""

FAILURE_COLUMNS = ("file_id", "path", "stage", "audio_sha256")

OTHER_STAGES = ("name", "augment")
"""Stages of failures that no shard of recordings has: names that do not parse, and copies."""


@dataclass(slots=True)
class StoreDiff:
    """Difference between a store and the chosen recordings of a corpus, by shard where it applies.

    Attributes:
        unchanged: number of recordings that need no work.
        failed: file_ids that were refused and whose bytes are unchanged.
        compute: recordings whose bytes or stored frames have changed.
        relabel: recordings of which only the labels have changed.
        duplicated: file_ids that an earlier shard has as well.
        removed: file_ids of rows whose recordings the corpus no longer has.
        outdated: file_ids of refused recordings that the corpus no longer has.
        sizes: number of rows.
        versions: of the table, as `store.part.version`.
        referenced: every `frame_shard` of the corpus's rows and of their copies.
        damaged: damaged tables, at the path that they were moved to.
    """

    unchanged: int = 0
    failed: list[str] = field(default_factory=list)
    compute: dict[str, list[Recording]] = field(default_factory=lambda: defaultdict(list))
    relabel: dict[str, list[Recording]] = field(default_factory=lambda: defaultdict(list))
    duplicated: dict[str, list[str]] = field(default_factory=dict)
    removed: dict[str, list[str]] = field(default_factory=dict)
    outdated: dict[str, list[str]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    versions: dict[str, str | None] = field(default_factory=dict)
    referenced: set[str] = field(default_factory=set)
    damaged: list[Path] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A recording whose SHA-256 must be compared with that of its row."""

    recording: Recording
    shard: str
    audio_sha256: str | None
    relabelled: bool = False
    failed: bool = False


def diff(store: Store, scan: Scan, chosen: Chosen, *, keep_missing: bool = False) -> StoreDiff:
    """Compare a store with a corpus. Damaged tables are moved to damaged/.

    Args:
        store: the store.
        scan: the corpus.
        chosen: recordings to compare; those that the store has are no longer awaited.
        keep_missing: whether rows stay whose recordings are gone.

    Returns:
        The difference.
    """
    result = StoreDiff()
    columns = ["file_id", *LABEL_COLUMNS, *(column.name for column in scan.own)]
    columns += ["audio_sha256", *STAMP, "frame_shard"]
    families = store.description.frame_families
    suspects: list[_Suspect] = []
    file_ids: dict[str, pa.ChunkedArray] = {}
    unmatched: dict[str, list[StoredRow]] = defaultdict(list)
    unmatched_failures: dict[str, list[StoredRow]] = defaultdict(list)
    failures = list(_tables(store, scan.dataset, "failures", FAILURE_COLUMNS, result))
    refused = _refused_first(table for _, table, _ in failures)
    read = partial(unchanged.read, store=store, scan=scan, chosen=chosen)
    for part, file in _whole(store, scan.dataset, "files", read, result):
        shard = layout.shard_of(part)
        if file.unchanged and chosen.take(file.unchanged.positions):
            recordings = chosen.recordings[file.unchanged.positions]
            result.unchanged += len(recordings)
            result.sizes[shard], result.versions[shard] = len(recordings), file.whole.version
            result.referenced.update(file.unchanged.checksums)
            file_ids[shard] = recordings.column("file_id")
            continue
        stored = _parsed(store, part, file.whole, columns, result)
        if stored is None or stored.table is None:
            continue
        table, checksums = stored.table, stored.metadata.get("frames", {})
        result.sizes[shard], result.versions[shard] = len(table), stored.version
        file_ids[shard] = table["file_id"]
        result.referenced.update(checksums)
        bad: set[str | None] = {None} if families else set()
        bad |= broken(store.root, scan.dataset, part, checksums, families, store.description.wide)
        for start in range(0, len(table), ROWS):
            rows, by_row, again = _matched(table.slice(start, ROWS), chosen, unmatched[shard], refused, scan)
            if again:
                result.compute[shard] += again
            suspects += _compare_rows(result, shard, rows, bad, scan, by_row)
    for part, table, _ in failures:
        shard = layout.shard_of(part)
        suspects += _refused(shard, table, chosen, unmatched_failures[shard])
    for _, _, stored in _tables(store, scan.dataset, "variants", [], result):
        result.referenced.update(stored.metadata.get("frames", {}))
    if any(unmatched.values()):  # the second row of a recording is always among them
        result.duplicated = duplicated_ids(file_ids)
        result.removed = withdrawn(unmatched, scan, keep_missing=keep_missing)
    if any(unmatched_failures.values()):
        result.outdated = withdrawn(unmatched_failures, scan, keep_missing=keep_missing)
    _read_suspects(result, scan.root, suspects)
    return result


def _tables(
    store: Store, dataset: str, table: str, columns: Sequence[str], result: StoreDiff
) -> Iterator[tuple[Path, pa.Table, StoredTable]]:
    """Every undamaged table of a corpus; damaged ones are moved away and recorded in `result`."""
    for part, whole in _whole(store, dataset, table, read_whole, result):
        stored = _parsed(store, part, whole, columns, result)
        if stored and stored.table is not None:
            yield part, stored.table, stored


def _parsed(
    store: Store, part: Path, whole: WholeFile, columns: Sequence[str], result: StoreDiff
) -> StoredTable | None:
    try:
        return parsed(part, whole, columns, if_filled=LABEL_COLUMNS)
    except DamagedError:
        result.damaged.append(set_aside(store.root, part))
        return None


def _whole(
    store: Store, dataset: str, table: str, read: Callable[[Path], T | None], result: StoreDiff
) -> Iterator[tuple[Path, T]]:
    """What `read` gives of each undamaged file of a table; damaged ones are as for `_tables`."""
    for part, file in ahead(layout.parts(store.root, table, dataset), read):
        try:
            if content := file.result():
                yield part, content
        except DamagedError:
            result.damaged.append(set_aside(store.root, part))


def _refused_first(tables: Iterable[pa.Table]) -> dict[str, str | None]:
    """SHA-256 of refused files in whose place another file is stored, by file_id."""
    rows = (row for table in tables for row in table.to_pylist())
    return {row["file_id"]: row["audio_sha256"] for row in rows if row["stage"] == SECOND_COPY}


def _matched(
    table: pa.Table,
    chosen: Chosen,
    unmatched: list[StoredRow],
    refused: Mapping[str, str | None],
    scan: Scan,
) -> tuple[pa.Table, Recordings, list[Recording]]:
    """Match rows to the chosen recordings; the others are added to `unmatched`.

    A row may be of another file than the recording's best one: it counts as long as that one is the file that
    was refused.

    Returns:
        The matched rows, their recordings, and recordings of which a better file must be tried.
    """
    positions = chosen.matched(table["file_id"])
    here = positions >= 0
    if not here.all():
        left = table.filter(pa.array(~here))
        unmatched += map(StoredRow, left["file_id"].to_pylist(), left["path"].to_pylist())
        table = table.filter(pa.array(here))
    recordings = chosen.recordings.take(positions[here])
    if recordings.column("path").equals(table["path"]):
        return table, recordings, []
    kept: list[Recording] = []
    again: dict[int, Recording] = {}
    for row, (recording, path) in enumerate(zip(recordings, table["path"].to_pylist(), strict=True)):
        if path not in recording.alternatives:
            kept.append(recording)
        elif _is_refused(recording, refused, scan):
            kept.append(replace(recording, path=path, alternatives=()))
        else:
            again[row] = recording
    stay = pa.array([row not in again for row in range(len(table))], pa.bool_())
    return table.filter(stay), Recordings.of(kept), list(again.values())


def _is_refused(recording: Recording, refused: Mapping[str, str | None], scan: Scan) -> bool:
    """Whether the best file of a recording was refused, and is unchanged."""
    best = refused.get(recording.file_id)
    return best is not None and best == audio.sha256_if_readable(scan.root / recording.path)


def _compare_rows(
    result: StoreDiff,
    shard: str,
    table: pa.Table,
    bad: set[str | None],
    scan: Scan,
    recordings: Recordings,
) -> Iterator[_Suspect]:
    """Add some rows' recordings to `result`; yield those that must be read."""
    relabelled = _relabelled(recordings, table, scan.own)
    frames = table["frame_shard"].to_pylist()
    stored = list(zip(table["source_size"].to_pylist(), table["source_mtime"].to_pylist(), strict=True))
    now = unchanged.stamps(recordings, scan)
    if now == stored and not relabelled and bad.isdisjoint(frames):
        result.unchanged += len(recordings)
        return
    hashes = table["audio_sha256"].to_pylist()
    for index, recording in enumerate(recordings):
        if frames[index] in bad:
            result.compute[shard].append(recording)
        elif now[index] != stored[index]:
            yield _Suspect(recording, shard, hashes[index], index in relabelled)
        elif index in relabelled:
            result.relabel[shard].append(recording)
        else:
            result.unchanged += 1


def _relabelled(recordings: Recordings, table: pa.Table, own: Sequence[Column]) -> set[int]:
    """Indices of the recordings whose labels differ from those of their row, in value or type."""
    if any(not _has_type(table, column) for column in own):
        return set(range(len(recordings)))
    changed: set[int] = set()
    held = {*table.column_names}
    for name in (one for one in LABEL_COLUMNS if one in held or one in recordings.filled):
        labels = recordings.column(name)
        stored = table[name] if name in held else pa.chunked_array([pa.nulls(len(table), labels.type)])
        if not labels.equals(stored):
            changed |= _differing(labels.to_pylist(), stored.to_pylist())
    for column in own:
        changed |= _differing(recordings.extra(column.name), table[column.name].to_pylist())
    return changed


def _differing(values: Sequence[Any], stored: Sequence[Any]) -> set[int]:
    """Indices of the values that differ."""
    if values == stored:
        return set()
    return {index for index, pair in enumerate(zip(values, stored, strict=True)) if pair[0] != pair[1]}


def _has_type(table: pa.Table, column: Column) -> bool:
    return column.name in table.column_names and table.schema.field(column.name).type == pa.type_for_alias(
        column.type
    )


def _refused(shard: str, table: pa.Table, chosen: Chosen, unmatched: list[StoredRow]) -> Iterator[_Suspect]:
    """Chosen recordings that were refused by an earlier run and have no row; others go to `unmatched`."""
    positions = chosen.matched(table["file_id"])
    recordings = {one.file_id: one for one in chosen.recordings.take(positions[positions >= 0])}
    for row in table.to_pylist():
        recording = recordings.pop(row["file_id"], None)
        if recording is not None:
            yield _Suspect(recording, shard, row["audio_sha256"], failed=True)
        elif row["stage"] not in OTHER_STAGES:
            unmatched.append(StoredRow(row["file_id"], row["path"], is_copy=row["stage"] == SECOND_COPY))


def _read_suspects(result: StoreDiff, root: Path, suspects: Sequence[_Suspect]) -> None:
    """Hash the recordings that may have changed, and add them to `result`."""
    paths = list(dict.fromkeys(suspect.recording.path for suspect in suspects))
    with ThreadPoolExecutor(READERS) as pool:
        digests = dict(
            zip(paths, pool.map(lambda path: audio.sha256_if_readable(root / path), paths), strict=True)
        )
        for suspect in suspects:
            digest = digests[suspect.recording.path]
            if digest is None or digest != suspect.audio_sha256:
                result.compute[suspect.shard].append(suspect.recording)
            elif suspect.failed:
                result.failed.append(suspect.recording.file_id)
            elif suspect.relabelled:
                result.relabel[suspect.shard].append(suspect.recording)
            else:
                result.unchanged += 1
