"""Features of a shard's recordings → its frame files and its table, committed by one rename.

`FrameWriter` streams frames into hidden files, so that memory does not grow with the shard; the name
they get carries a hash of their content. Then the table, which names them, is renamed into place: that
rename is the commit. A run killed before it leaves nothing that a reader can see.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ser_features.manifest import Column
from ser_features.store import layout
from ser_features.store.schema import FAILURE_SCHEMA, METADATA_KEY, row_schema


class FrameWriter:
    """Streams the frames of one shard to disk, a file per family.

    Use as a context manager; call `commit` at the end. Leaving it uncommitted removes the hidden files.
    """

    def __init__(self, root: Path, dataset: str, shard: str, families: Sequence[str], run: str) -> None:
        self._root, self._dataset, self._shard, self._run = root, dataset, shard, run
        self._families = tuple(families)
        self._files: dict[str, BinaryIO] = {}
        self._hashes = {family: hashlib.sha256() for family in families}
        self._bands: dict[str, int] = {}
        self._frames = 0
        self._stack = ExitStack()

    def __enter__(self) -> "FrameWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        for family in self._families:
            self._hidden(family).unlink(missing_ok=True)

    def append(self, frames: Mapping[str, np.ndarray]) -> tuple[int, int]:
        """Write one recording's frames.

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
            content = np.ascontiguousarray(array, np.float32).tobytes()
            self._file(family, array.shape[1]).write(content)
            self._hashes[family].update(content)
        offset, count = self._frames, counts.pop()
        self._frames += count
        return offset, count

    def commit(self) -> tuple[str | None, dict[str, str]]:
        """Give the files their final, content-hashed names.

        Returns:
            (frame_shard, SHA-256 of the array data by family); None if there are no frames.
        """
        if not self._frames:
            return None, {}
        digests = {family: self._hashes[family].hexdigest() for family in self._families}
        content = hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()
        frame_shard = f"{self._shard}-{content[:12]}"
        for family, file in self._files.items():
            file.seek(0)
            _write_header(file, self._frames, self._bands[family])
            file.flush()
            os.fsync(file.fileno())
            final = layout.frame_path(self._root, self._dataset, frame_shard, family)
            self._hidden(family).replace(final)
        layout.sync(self._hidden(self._families[0]).parent)
        return frame_shard, digests

    def _hidden(self, family: str) -> Path:
        return layout.hidden(layout.frame_path(self._root, self._dataset, self._shard, family), self._run)

    def _file(self, family: str, bands: int) -> BinaryIO:
        if family not in self._files:
            path = self._hidden(family)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._files[family] = self._stack.enter_context(path.open("wb"))
            self._bands[family] = bands
            _write_header(self._files[family], 0, bands)
        return self._files[family]


def _write_header(file: BinaryIO, frames: int, bands: int) -> None:
    """Npy header; NumPy pads it for growth along axis 0, so its length does not depend on `frames`."""
    header = {"descr": "<f4", "fortran_order": False, "shape": (frames, bands)}
    np.lib.format.write_array_header_1_0(file, header)


def commit_rows(
    path: Path,
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    metadata: Mapping[str, Any],
    run: str,
) -> None:
    """Replace a shard's table by one rename.

    Args:
        path: files/dataset=…/part-<shard>.parquet, or the same in variants/.
        rows: one mapping per recording; keys that are none of `columns` are the user's own.
        columns: `schema.all_columns` or `schema.variant_columns`.
        metadata: digests and frame checksums, kept in the table's own metadata.
        run: `layout.run_id()`.
    """
    fixed = {column.name for column in columns}
    extra = sorted({name for row in rows for name in row} - fixed)
    schema = row_schema(columns, extra)
    text = json.dumps(dict(metadata), sort_keys=True).encode()
    _write_table(path, rows, schema.with_metadata({METADATA_KEY: text}), run)


def commit_failures(path: Path, failures: Sequence[Mapping[str, Any]], run: str) -> None:
    """Replace a shard's failures by one rename; remove the file when there are none."""
    if failures:
        _write_table(path, failures, FAILURE_SCHEMA, run)
    else:
        path.unlink(missing_ok=True)


def _write_table(path: Path, rows: Sequence[Mapping[str, Any]], schema: pa.Schema, run: str) -> None:
    table = pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
    with layout.replacing(path, run) as file:
        pq.write_table(table, file, compression="zstd")
