"""Many small tables and frame files → few large ones; the rows are unchanged.

tables of a corpus → groups → a table and a few frame files each, in a hidden folder → folders are exchanged

Needs exclusive access to the store. A kill leaves either the old folder or the new one in place, and
unfinished files.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ser_features.files import exchange, sync
from ser_features.store import layout, locks
from ser_features.store.description import all_columns, concatenated
from ser_features.store.moving import copy_frames
from ser_features.store.part import StoredTable, read_part, read_table
from ser_features.store.read import Store
from ser_features.store.write import commit_rows, sweep, sweep_frames, table_of

ROWS = 32_768
"""Largest number of rows of one table."""

RECORDINGS = 8_192
"""Largest number of recordings whose frames share a file: about 1 GB for utterances of three seconds."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """Result for one corpus.

    Attributes:
        dataset: its name.
        before: number of tables before.
        after: number of tables after.
        skipped: reason why it was not compacted; None if it was.
    """

    dataset: str
    before: int
    after: int
    skipped: str | None = None


def compact(store: Store, on_table: Callable[[str], None] = lambda shard: None) -> list[Compacted]:
    """Join the small tables of every corpus of a store, and their frame files.

    Args:
        store: the store.
        on_table: called with the name of each new shard before it is written.

    Raises:
        StoreError: if another process uses the store, or its file system has no locks.
        DamagedError: if a table is damaged.
    """
    with locks.exclusive(store.root):
        sweep(store.root)
        return [_compact(store, dataset, on_table) for dataset in store.datasets]


def _compact(store: Store, dataset: str, on_table: Callable[[str], None]) -> Compacted:
    parts = store.parts(dataset)
    if layout.parts(store.root, "variants", dataset):
        return Compacted(
            dataset, len(parts), len(parts), "it has augmented copies, which belong to its tables"
        )
    groups = list(_groups(parts))
    if all(len(group) == 1 for group in groups):
        return Compacted(dataset, len(parts), len(parts))
    live = layout.dataset_folder(store.root, "files", dataset)
    new = live.with_name(f".{live.name}.compact")
    new.mkdir()
    frame_shards: set[str] = set()
    for group in groups:
        tables = [read_table(part) for part in group]
        path = new / group[0].name
        if len(group) == 1:
            path.hardlink_to(group[0])
            frame_shards.update(tables[0].metadata["frames"])
        else:
            on_table(layout.shard_of(group[0]))
            frame_shards.update(_join(store, dataset, tables, path))
    sync(new)
    exchange(new, live)
    sweep(store.root)
    sweep_frames(store.root, dataset, frozenset(frame_shards))
    return Compacted(dataset, len(parts), len(groups))


def _groups(parts: Sequence[Path]) -> Iterator[list[Path]]:
    """Neighbouring tables that fit into one."""
    group: list[Path] = []
    rows = 0
    for part in parts:
        count = len(read_part(part, []))
        if group and rows + count > ROWS:
            yield group
            group, rows = [], 0
        group.append(part)
        rows += count
    if group:
        yield group


def _join(store: Store, dataset: str, tables: Sequence[StoredTable], path: Path) -> dict[str, dict[str, str]]:
    """Write the rows of several tables as one, with their frames; return the frames' checksums."""
    arrow = [one.table.replace_schema_metadata(None) for one in tables if one.table is not None]
    whole = concatenated(arrow)
    checksums: dict[str, dict[str, str]] = {}
    if store.description.frame_families:
        rows = [
            copy_frames(store, dataset, whole.slice(start, RECORDINGS), layout.shard_of(path), checksums)
            for start in range(0, len(whole), RECORDINGS)
        ]
        whole = pa.concat_tables(rows)
    table = table_of([], all_columns(store.description.features), whole)
    commit_rows(path, table, tables[0].metadata | {"frames": checksums})
    return checksums
