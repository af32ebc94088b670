"""Frames and wide values of stored rows → new files of their own, for rows that get other neighbours.

rows, their frame files → `copy_frames` → `FrameWriter` → rows with new positions, checksums of the new files
"""

from typing import Any

import numpy as np
import pyarrow as pa

from ser_features.store.part import open_frames
from ser_features.store.read import Store
from ser_features.store.write import FrameWriter

Checksums = dict[str, dict[str, str]]
"""SHA-256 by `frame_shard` and family."""


def copy_frames(store: Store, dataset: str, rows: pa.Table, shard: str, checksums: Checksums) -> pa.Table:
    """Write the frames of some rows into one file per family.

    Args:
        store: the store.
        dataset: name of the corpus.
        rows: of files/.
        shard: name of the shard that the new files belong to.
        checksums: gets those of the new files.

    Returns:
        The rows with the new positions.

    Raises:
        StoreError: if the frames cannot be read.
    """
    families = store.description.frame_families
    opened: dict[str, dict[str, np.ndarray]] = {}
    positions = zip(
        *(rows[name].to_pylist() for name in ("frame_shard", "frame_offset", "frame_count")), strict=True
    )
    framed = [family for family in families if family not in store.description.wide]
    offsets: list[int | None] = []
    with FrameWriter(store.root, dataset, shard, families, store.description.wide) as writer:
        _copy_wide(store, writer, rows)
        for frame_shard, offset, count in positions:
            if not framed:
                offsets.append(None)
                continue
            if frame_shard not in opened:
                opened[frame_shard] = {
                    family: open_frames(store.root, dataset, frame_shard, family) for family in framed
                }
            arrays = opened[frame_shard]
            frames = {family: arrays[family][offset : offset + count] for family in framed}
            offsets.append(writer.append(frames)[0])
        frame_shard, digests = writer.commit()
    checksums[str(frame_shard)] = digests
    return _replaced(rows, {"frame_shard": [frame_shard] * len(rows), "frame_offset": offsets})


def _copy_wide(store: Store, writer: FrameWriter, rows: pa.Table) -> None:
    """Pass the wide values of some rows to a writer."""
    wide = {
        family: store.wide_of(rows, family, [column.name for column in columns])
        for family, columns in store.description.wide.items()
    }
    for index, file_id in enumerate(rows["file_id"].to_pylist() if wide else ()):
        writer.append_wide(file_id, {family: values[index] for family, values in wide.items()})


def _replaced(rows: pa.Table, values: dict[str, list[Any]]) -> pa.Table:
    for name, column in values.items():
        index = rows.column_names.index(name)
        rows = rows.set_column(index, rows.field(index), pa.array(column, rows.field(index).type))
    return rows
