"""Features of a shard's recordings → its frame files and its table, committed by one rename.

`FrameWriter` streams frames into hidden files, so that memory does not grow with the shard; their final name
contains a hash of their content. Then the table, which refers to them, is renamed into place: that rename is
the commit. A run killed before it leaves nothing that a reader can see.

`sweep` and `sweep_frames` remove unfinished files of dead runs, `set_aside` takes damaged tables from the
readers' way: only by a run that has the store exclusively, or under the commit lock.
"""

import hashlib
import json
import math
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ser_features.errors import DamagedError
from ser_features.files import BLANK_SEAL, SEAL_KEY, is_local, publish, replacing, scratch, seal, sync
from ser_features.manifest import NAME_COLUMNS, Column
from ser_features.store import layout, locks
from ser_features.store.description import FAILURE_SCHEMA, METADATA_KEY, concatenated, retyped, row_schema
from ser_features.store.part import frame_header, problem, read_table
from ser_features.store.wide import encoded

ROW_GROUP = 16_384
"""Rows per row group: readers of some columns of a large table decode the groups in parallel."""


STAMP = ("source_size", "source_mtime")
"""Columns that identify an unchanged file without reading it."""

FINGERPRINTED = (*(column.name for column in NAME_COLUMNS), *STAMP)
"""Columns that a corpus and its files determine without being decoded."""

DAMAGED = "damaged"
"""Folder of damaged tables, kept for inspection."""

REMOTE_SECONDS = 86_400
"""Younger frames on an object store may belong to a living run that is about to upload their table."""


class FrameWriter:
    """Streams the frames of one shard to disk, a file per family; wide tables are written at the end.

    Use as a context manager; call `commit` at the end. Leaving it uncommitted removes the hidden files.
    """

    def __init__(
        self,
        root: Path,
        dataset: str,
        shard: str,
        families: Sequence[str],
        wide: Mapping[str, Sequence[Column]] | None = None,
    ) -> None:
        self._root, self._dataset, self._shard = root, dataset, shard
        self._wide = dict(wide or {})
        self._families = tuple(family for family in families if family not in self._wide)
        self._file_ids: list[str] = []
        self._values: dict[str, list[np.ndarray]] = {family: [] for family in self._wide}
        self._scratch = {family: scratch(self._path(shard, family)) for family in self._families}
        self._files: dict[str, BinaryIO] = {}
        self._hashes = {family: hashlib.sha256() for family in families}
        self._bands: dict[str, int] = {}
        self._frames = 0
        self._stack = ExitStack()

    def __enter__(self) -> "FrameWriter":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # closing flushes, to a disk that may be full
            self._stack.close()
        for path in self._scratch.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def append_wide(self, file_id: str, values: Mapping[str, np.ndarray]) -> None:
        """Add one recording's values of the wide families; they stay in memory, a few megabytes for a shard.

        Args:
            file_id: of the recording or copy.
            values: by family, (columns,) float32.
        """
        if set(values) != set(self._wide):
            raise ValueError(f"wide values of {sorted(values)}: expected {sorted(self._wide)}")
        self._file_ids.append(file_id)
        for family, row in values.items():
            self._values[family].append(row)

    def append(self, frames: Mapping[str, np.ndarray]) -> tuple[int, int]:
        """Append one recording's frames.

        Args:
            frames: by family, float32 of shape (n, bands), the same n for all.

        Returns:
            (offset, count): first row and number of rows in each file.
        """
        counts = {len(array) for array in frames.values()}
        if len(counts) != 1 or set(frames) != set(self._families):
            shapes = {family: array.shape for family, array in frames.items()}
            raise ValueError(f"frames {shapes}: expected {self._families} with equal numbers of frames")
        for family, array in frames.items():
            content = np.ascontiguousarray(array, np.float32).data.cast("B")
            self._file(family, array.shape[1]).write(content)
            self._hashes[family].update(content)
        offset, count = self._frames, counts.pop()
        self._frames += count
        return offset, count

    def commit(self) -> tuple[str | None, dict[str, str]]:
        """Give the files their final names, which contain a hash of their content.

        Returns:
            (frame_shard, SHA-256 by family of the array data or wide table); (None, {}) without frames.
        """
        if not self._frames and not self._file_ids:
            return None, {}
        tables = {
            family: encoded(self._file_ids, np.stack(rows), self._wide[family])
            for family, rows in self._values.items()
        }
        digests = {family: self._hashes[family].hexdigest() for family in self._families}
        digests |= {family: hashlib.sha256(content).hexdigest() for family, content in tables.items()}
        content = hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()
        frame_shard = f"{self._shard}-{content[:12]}"
        for family, file in self._files.items():
            file.seek(0)
            file.write(frame_header(self._frames, self._bands[family]))
            file.flush()
            os.fsync(file.fileno())
            final = self._path(frame_shard, family)
            if problem(final, digests[family]) is not None:  # otherwise another run has written the same
                publish(self._scratch[family], final)
        for family, table in tables.items():
            final = self._path(frame_shard, family)
            if problem(final, digests[family]) is not None:
                with replacing(final) as written:
                    written.write(table)
        if self._families:
            sync(self._path(frame_shard, self._families[0]).parent)
        return frame_shard, digests

    def _path(self, frame_shard: str, family: str) -> Path:
        wide = family in self._wide
        return layout.frame_path(self._root, self._dataset, frame_shard, family, wide=wide)

    def _file(self, family: str, bands: int) -> BinaryIO:
        if family not in self._files:
            self._files[family] = self._stack.enter_context(self._scratch[family].open("wb"))
            self._bands[family] = bands
            self._files[family].write(frame_header(0, bands))
        return self._files[family]


def table_of(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], kept: pa.Table | None = None
) -> pa.Table:
    """Rows as one table, sorted by file_id.

    Args:
        rows: one mapping per recording.
        columns: `description.all_columns` or `description.variant_columns`, and the user's own.
        kept: further rows, as read from the store; their columns that are not in `columns` stay.
    """
    schema = row_schema(columns)
    # Sorted here, as Arrow would import its compute functions, which takes longer than most tables.
    ordered = [dict(row) for row in sorted(rows, key=itemgetter("file_id"))]
    table = pa.Table.from_pylist(ordered, schema=schema)
    if kept is None or not len(kept):
        return table
    return concatenated([table, _as_declared(kept.replace_schema_metadata(None), schema)]).sort_by("file_id")


def _as_declared(kept: pa.Table, schema: pa.Schema) -> pa.Table:
    """Kept rows with the declared types, as far as their values can be cast: numbers in text can."""
    for field in kept.schema:
        if field.name in schema.names and field.type != schema.field(field.name).type:
            with suppress(pa.ArrowInvalid):
                kept = retyped(kept, {field.name: schema.field(field.name)})
    return kept


def commit_rows(path: Path, table: pa.Table, metadata: Mapping[str, Any]) -> None:
    """Replace a shard's table by one rename.

    Args:
        path: files/dataset=…/part-<shard>.parquet, or the same in variants/.
        table: from `table_of`.
        metadata: digests and frame checksums, stored in the table's metadata, with "rows": their
            number, the first one, whether all have frames, and a fingerprint, which planning compares.
    """
    rows = {
        "count": len(table),
        "first": table["file_id"][0].as_py() if len(table) else None,
        "framed": "frame_shard" in table.column_names and not table["frame_shard"].null_count,
        "sha256": fingerprint(table, FINGERPRINTED),
    }
    text = json.dumps({**metadata, "rows": rows}, sort_keys=True).encode()
    _write_table(path, table.replace_schema_metadata({METADATA_KEY: text}))


def fingerprint(rows: pa.Table, names: Sequence[str]) -> str:
    """SHA-256 of columns of rows, in hexadecimal digits; a column without values counts as absent.

    Args:
        rows: of a table, or of the recordings that it should have.
        names: of their columns of numbers or text, some of which may be absent.
    """
    digest = hashlib.sha256()
    present = {*rows.column_names}
    for name in (one for one in names if one in present):
        column = rows[name].combine_chunks()
        if column.null_count == len(column):
            continue
        digest.update(f"{name} {column.type}\n".encode())
        if column.null_count:
            digest.update(np.packbits(column.is_valid().to_numpy(zero_copy_only=False)).tobytes())
        if pa.types.is_string(column.type):
            _, offsets, text = column.buffers()
            ends = np.frombuffer(offsets, np.int32, len(column) + 1, offset=4 * column.offset)
            digest.update(ends - ends[0])
            digest.update(memoryview(text or b"")[ends[0] : ends[-1]])
        else:
            digest.update((column.fill_null(0) if column.null_count else column).to_numpy())
    return digest.hexdigest()


def commit_failures(path: Path, failures: Sequence[Mapping[str, Any]]) -> None:
    """Replace a shard's failures by one rename; remove the file when there are none."""
    if failures:
        _write_table(path, pa.Table.from_pylist([dict(row) for row in failures], schema=FAILURE_SCHEMA))
    else:
        path.unlink(missing_ok=True)


def commit_votes(path: Path, votes: pa.Table) -> None:
    """Replace the votes of a corpus by one rename; remove the file when there are none."""
    if len(votes):
        _write_table(path, votes)
    else:
        path.unlink(missing_ok=True)


def _write_table(path: Path, table: pa.Table) -> None:
    text = [field.name for field in table.schema if pa.types.is_string(field.type)]
    stream = pa.BufferOutputStream()
    # Numbers hardly repeat, and zstd makes a context for each of a hundred columns: four times the CPU time.
    with pq.ParquetWriter(stream, table.schema, compression="snappy", use_dictionary=text) as writer:
        writer.write_table(table, ROW_GROUP)
        writer.add_key_value_metadata({SEAL_KEY: BLANK_SEAL.decode()})
    with replacing(path) as file:
        file.write(seal(stream.getvalue().to_pybytes()))


def sweep(root: Path) -> None:
    """Remove unfinished files; the caller has the store exclusively."""
    if not is_local(root):
        return
    with locks.committing(root):  # store.json is written under this lock by runs that have no other yet
        for path in root.glob(f".{layout.DESCRIPTION}.*"):
            path.unlink(missing_ok=True)
    for folder in (*layout.TABLES, layout.ORIGINS, *layout.frame_folders(root)):
        for path in (root / folder).glob("**/.*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def sweep_frames(root: Path, dataset: str, referenced: frozenset[str]) -> None:
    """Remove frame files that no row refers to: their run died before it committed the table.

    Args:
        root: of the store, which the caller has exclusively. An object store has no locks: there, only files
            older than a day are removed.
        dataset: name of the corpus.
        referenced: the `frame_shard` values of its rows and of their copies.
    """
    oldest = math.inf if is_local(root) else time.time() - REMOTE_SECONDS
    for folder in layout.frame_folders(root):
        for path in layout.dataset_folder(root, folder, dataset).glob("[!.]*.*"):
            if layout.frame_shard_of(path) not in referenced and path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def set_aside(root: Path, part: Path) -> Path:
    """Move a damaged table to damaged/, unless another run has replaced it by now.

    Returns:
        The path that it was moved to.
    """
    target = root / DAMAGED / part.relative_to(root)
    with locks.committing(root), suppress(FileNotFoundError):
        try:
            read_table(part)
        except DamagedError:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.rename(target)
    return target
