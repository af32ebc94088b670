"""One table of a store, read lazily: only the requested columns, one part at a time.

files/ | variants/ | labels/ | failures/ → `scan` → `pyarrow.dataset.Dataset`, `dataset` its first column
functionals/ | ssl_pooled/, of the recordings of files/ → `scan_wide` → the same

    angry = ds.field("emotion") == "angry"
    scan(open_store(root), "files").to_table(columns=["file_id", "pitch_mean"], filter=angry)
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow import fs

from ser_features.files import is_local
from ser_features.manifest import AUDIO_COLUMNS, NAME_COLUMNS
from ser_features.store import layout
from ser_features.store.description import (
    DATASET,
    FAILURE_SCHEMA,
    VOTE_SCHEMA,
    all_columns,
    arrow_field,
    merged_fields,
    row_schema,
    variant_columns,
)
from ser_features.store.part import READERS, read_schema
from ser_features.store.wide import KEY

if TYPE_CHECKING:
    from ser_features.store.read import Store


def scan(store: "Store", table: str, datasets: Sequence[str] | None = None) -> ds.Dataset:
    """Open one of the store's tables without reading its rows; columns that a part lacks are null.

    Args:
        store: the store.
        table: one of `layout.TABLES`.
        datasets: corpora to read; all by default.

    Returns:
        Parts by corpus and name, rows in the order of each part; `dataset` comes first, a user's own columns
        last. Without parts, a table without rows.

    Raises:
        DamagedError: if a part's schema cannot be read.
    """
    chosen = layout.datasets(store.root, table) if datasets is None else datasets
    parts = [part for dataset in chosen for part in layout.parts(store.root, table, dataset)]
    return _opened(store.root, table, parts, _schema(store, table, parts))


def scan_wide(store: "Store", family: str) -> ds.Dataset:
    """Open a wide family without reading its values: `dataset`, `file_id`, then its columns.

    Args:
        store: the store.
        family: such as "functionals".
    """
    columns = [arrow_field(column) for column in store.description.wide[family]]
    schema = pa.schema([arrow_field(DATASET), pa.field(KEY, pa.string()), *columns])
    shards = scan(store, "files").to_table(columns=["dataset", "frame_shard"])
    pairs = sorted(set(zip(shards["dataset"].to_pylist(), shards["frame_shard"].to_pylist(), strict=True)))
    return _opened(
        store.root,
        family,
        [layout.frame_path(store.root, dataset, shard, family, wide=True) for dataset, shard in pairs],
        schema,
    )


def _opened(root: Path, folder: str, parts: Sequence[Path], schema: pa.Schema) -> ds.Dataset:
    """The tables of a folder as one; without parts, a table without rows."""
    if not parts:
        return ds.dataset(schema.empty_table())
    names = pa.schema([schema.field("dataset")])
    return ds.dataset(
        [_key(part) for part in parts],
        schema=schema,
        format="parquet",
        filesystem=fs.LocalFileSystem() if is_local(root) else (root / folder).filesystem,  # type: ignore
        partitioning=ds.partitioning(names, flavor="hive"),
        partition_base_dir=_key(root / folder),
    )


def _schema(store: "Store", table: str, parts: Sequence[Path]) -> pa.Schema:
    """Columns of all parts in order, with their units and descriptions."""
    features = store.description.features
    fixed = {
        "files": row_schema(all_columns(features)),
        "variants": row_schema(variant_columns(features)),
        "labels": VOTE_SCHEMA,
        "failures": FAILURE_SCHEMA,
    }[table]
    with ThreadPoolExecutor(READERS) as pool:
        schemas = list(pool.map(read_schema, parts))
    names = [*fixed.names, *(name for schema in schemas for name in schema.names)]
    fields = merged_fields([fixed, *schemas])  # an own column of an earlier version may be of another type
    present = {name for schema in schemas or [fixed] for name in schema.names}
    if table in ("files", "variants"):  # tables of earlier versions may lack some
        present |= {column.name for column in (*NAME_COLUMNS, *AUDIO_COLUMNS)}
    columns = [fields[name] for name in dict.fromkeys(names) if name in present and name != "dataset"]
    return pa.schema([arrow_field(DATASET), *columns])


def _key(path: Any) -> str:
    """The path as its file system writes it."""
    return str(path) if is_local(path) else str(path.path)
