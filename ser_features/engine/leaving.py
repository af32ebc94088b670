"""What leaves a store with a recording: its frames, its wide values and its augmented copies.

shard, file_ids that leave → `without_frames_of` → rows that stay, in frame files without those that leave
table of copies, file_ids that leave, new labels → `follow_copies` → the table brought up to date

Copies are changed before the recordings themselves are committed, so that a kill between the two leaves no
copy of a recording that the store no longer has.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ser_features.engine.task import ShardTask, variant_label
from ser_features.manifest import VARIANT_MARK
from ser_features.store import layout, open_store
from ser_features.store.moving import Checksums, copy_frames
from ser_features.store.part import StoredTable, read_if_whole
from ser_features.store.write import commit_failures, commit_rows


def without_frames_of(task: ShardTask, stored: StoredTable, stays: Callable[[str], bool]) -> StoredTable:
    """Copy the frames of rows that share files with rows of `task.drop`: the old files are deleted later.

    Args:
        task: the shard.
        stored: its table.
        stays: predicate of file_ids.

    Returns:
        The table without the rows that leave, and with the checksums of the new files.
    """
    table = stored.table
    if table is None:
        return stored
    file_ids, shards = table["file_id"].to_pylist(), table["frame_shard"].to_pylist()
    shared = {shard for file_id, shard in zip(file_ids, shards, strict=True) if file_id in task.drop} - {None}
    kept = table.filter(pa.array(list(map(stays, file_ids)), pa.bool_()))
    is_shared = pc.is_in(kept["frame_shard"], pa.array(sorted(shared), pa.string()))
    if not pc.any(is_shared).as_py():
        return stored
    checksums: Checksums = {}
    rows = kept.filter(is_shared)
    moved = copy_frames(open_store(task.target.root), task.dataset, rows, task.label, checksums)
    metadata = stored.metadata | {"frames": stored.metadata.get("frames", {}) | checksums}
    return replace(
        stored, table=pa.concat_tables([kept.filter(pc.invert(is_shared)), moved]), metadata=metadata
    )


def follow_copies(
    task: ShardTask, leaving: Collection[str], relabelled: Mapping[str, Mapping[str, Any]]
) -> None:
    """Bring the copies of a shard's recordings up to date; the caller holds the commit lock.

    Args:
        task: the shard.
        leaving: file_ids of recordings whose rows are removed, or replaced by those of other bytes.
        relabelled: values that replace those of the copies' rows, by file_id of the recording.
    """
    part = layout.part_path(task.target.root, "variants", task.dataset, task.shard)
    stored = read_if_whole(part)
    if stored is None or stored.table is None:
        return  # a damaged table is made anew with the next copies
    gone = pc.is_in(stored.table["source_file_id"], pa.array(sorted(leaving), pa.string()))
    rows = stored.table.filter(pc.invert(gone))
    sources = rows["source_file_id"].to_pylist()
    if len(rows) == len(stored.table) and relabelled.keys().isdisjoint(sources):
        return
    if len(rows):
        table = _relabelled(rows, [relabelled.get(source, {}) for source in sources])
        commit_rows(part, table, stored.metadata | {"sources": ""})  # computed again when they are requested
    else:
        part.unlink(missing_ok=True)
    _forget_failures(task, leaving)


def _relabelled(rows: pa.Table, labels: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows with new values of the columns that they have; a copy keeps its own file_id."""
    names = {name for values in labels for name in values if name in rows.column_names} - {"file_id"}
    for name in names:
        index, field = rows.column_names.index(name), rows.field(name)
        values = [new.get(name, old) for new, old in zip(labels, rows[name].to_pylist(), strict=True)]
        with suppress(pa.ArrowException):  # an own column may have got another type
            rows = rows.set_column(index, field, pa.array(values, field.type))
    return rows


def _forget_failures(task: ShardTask, leaving: Collection[str]) -> None:
    """Remove the failures of copies of recordings that leave."""
    part = layout.part_path(task.target.root, "failures", task.dataset, variant_label(task.shard))
    stored = read_if_whole(part)
    rows = [] if stored is None or stored.table is None else stored.table.to_pylist()
    stay = [row for row in rows if row["file_id"].rpartition(VARIANT_MARK)[0] not in leaving]
    if len(stay) < len(rows):
        commit_failures(part, stay)
