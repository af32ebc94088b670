"""Files of a committed shard: a table of rows, and frame files; read, verified by checksum, memory-mapped.

part-<shard>.parquet → `read_part`, `read_parts`, `read_if_whole` → rows and metadata
<shard>-<hash>.<family>.npy → `open_frames` (memory-mapped); `frame_header`, `problem` for writers

>>> read_part(Path("part-00000.parquet"))
Traceback (most recent call last):
...
ser_features.errors.DamagedError: part-00000.parquet cannot be read ...: run ser extract again to make it anew
>>> header = frame_header(3, 2)
>>> len(header) % 64, len(header) == len(frame_header(10**9, 2))
(0, True)
"""

import hashlib
import io
import json
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ser_features.caches import own_cache
from ser_features.errors import DamagedError, StoreError
from ser_features.files import UNSUPPORTED, is_local, publish, scratch, sha256_if_sealed
from ser_features.store import layout
from ser_features.store.description import METADATA_KEY

T = TypeVar("T")

METADATA_START = b'{"digest": '
"""Beginning of the metadata of a table, whose keys are sorted."""

READERS = 4
"""Threads that open tables; each table is read by one thread, as most are small."""

AHEAD = 2
"""Threads that read whole tables ahead of their use; more would compete for the interpreter lock."""


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table with its metadata and checksum.

    Attributes:
        table: its rows; None if there is no such file.
        metadata: JSON of `description.METADATA_KEY`.
        version: SHA-256 of the file; None if there is none.
    """

    table: pa.Table | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    version: str | None = None


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A table's file that passes its checksum.

    Attributes:
        content: its bytes.
        version: their SHA-256.
    """

    content: bytes
    version: str


def read_table(
    part: Path, columns: Sequence[str] | None = None, *, if_filled: Collection[str] = ()
) -> StoredTable:
    """Read a table, which need not exist, and verify its checksum.

    Args:
        part: its file.
        columns: columns to read, where the file has them; all by default.
        if_filled: those that are left out if they are null in every row, by the file's statistics.

    Raises:
        DamagedError: if it fails its checksum or cannot be parsed.
        StoreError: if the disk or the connection fails.
    """
    whole = read_whole(part)
    return StoredTable() if whole is None else parsed(part, whole, columns, if_filled=if_filled)


def read_whole(part: Path) -> WholeFile | None:
    """Read the file of a table and verify its checksum; None if there is no such file.

    Raises:
        DamagedError: if it fails its checksum.
        StoreError: if the disk or the connection fails.
    """
    try:
        content = part.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(
            f"{part} cannot be read ({error}): check the disk or the connection, and run the same again"
        ) from error
    sha256 = sha256_if_sealed(content)
    if sha256 is None:
        raise damaged(part, "it is not as it was written")
    return WholeFile(content, sha256)


def parsed(
    part: Path, whole: WholeFile, columns: Sequence[str] | None = None, *, if_filled: Collection[str] = ()
) -> StoredTable:
    """Parse a table's file, which was read; other arguments and errors as `read_table`."""
    try:
        file = pq.ParquetFile(pa.BufferReader(whole.content))
        schema = file.schema_arrow
        empty = _empty(file, if_filled) if if_filled else ()
        table = file.read(_select(schema, columns, empty), use_threads=False)
        metadata = json.loads((schema.metadata or {}).get(METADATA_KEY, b"{}"))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise damaged(part, error) from error
    return StoredTable(table, dict(metadata), whole.version)


def metadata_in(content: bytes) -> dict[str, Any]:
    """Metadata in the content of a table's file, without parsing the file; empty if it is not recognised."""
    start = content.rfind(METADATA_START)
    if start < 0:
        return {}
    try:
        return dict(json.JSONDecoder().raw_decode(content[start:].decode("utf-8", "replace"))[0])
    except ValueError:
        return {}


def ahead(parts: Iterable[Path], read: Callable[[Path], T]) -> Iterator[tuple[Path, Future[T]]]:
    """Read tables in order, in threads, a few ahead of the one that is used; all would take much memory.

    Args:
        parts: their files.
        read: of one of them; what it raises is raised by the future.
    """
    waiting: deque[tuple[Path, Future[T]]] = deque()
    with ThreadPoolExecutor(AHEAD) as pool:
        for part in parts:
            waiting.append((part, pool.submit(read, part)))
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()


def read_if_whole(
    part: Path, columns: Sequence[str] | None = None, *, if_filled: Collection[str] = ()
) -> StoredTable | None:
    """As `read_table`, but None for a damaged table."""
    try:
        return read_table(part, columns, if_filled=if_filled)
    except DamagedError:
        return None


def version(part: Path) -> str | None:
    """SHA-256 of a table's file; None if there is none."""
    try:
        return hashlib.sha256(part.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def read_part(part: Path, columns: Sequence[str] | None = None, *, without: Collection[str] = ()) -> pa.Table:
    """Read some columns of one committed table without verifying its checksum.

    Args:
        part: its file.
        columns: columns to read, where the file has them; all by default.
        without: columns to leave out.

    Raises:
        DamagedError: if it cannot be read.
    """
    try:
        with _open(part) as file:
            return file.read(_select(file.schema_arrow, columns, without), use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise damaged(part, error) from error


def read_schema(part: Path) -> pa.Schema:
    """Read the columns of one committed table, without the table's own metadata.

    Raises:
        DamagedError: if it cannot be read.
    """
    try:
        with _open(part) as file:
            return file.schema_arrow.remove_metadata()
    except (OSError, pa.ArrowException) as error:
        raise damaged(part, error) from error


def count_rows(part: Path) -> int:
    """Number of rows of one committed table, by its footer.

    Raises:
        DamagedError: if it cannot be read.
    """
    try:
        with _open(part) as file:
            return int(file.metadata.num_rows)
    except (OSError, pa.ArrowException) as error:
        raise damaged(part, error) from error


def read_parts(parts: Sequence[Path], columns: Sequence[str] | None = None) -> list[pa.Table]:
    """Read several tables in order, some in parallel; arguments and errors as `read_part`."""
    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(lambda part: read_part(part, columns), parts))


def damaged(part: Path, reason: object) -> DamagedError:
    """Error for a damaged table."""
    return DamagedError(f"{part} cannot be read ({reason}): run ser extract again to make it anew")


def duplicated_ids(file_ids: Mapping[str, pa.ChunkedArray]) -> dict[str, list[str]]:
    """Find rows that are in two tables.

    Args:
        file_ids: column of each table, by name.

    Returns:
        By table, the file_ids that an earlier table has as well.
    """
    import pyarrow.compute as pc  # takes a quarter of what a worker imports, which does not need it

    whole = pa.chunked_array([chunk for column in file_ids.values() for chunk in column.chunks], pa.string())
    if pc.count_distinct(whole).as_py() == len(whole):
        return {}
    seen: set[str] = set()
    duplicated = {}
    for name, column in file_ids.items():
        values = column.to_pylist()
        if again := [file_id for file_id in values if file_id in seen]:
            duplicated[name] = again
        seen.update(values)
    return duplicated


def _open(part: Path) -> pq.ParquetFile:
    return pq.ParquetFile(part if is_local(part) else pa.BufferReader(part.read_bytes()))


def _empty(file: pq.ParquetFile, names: Collection[str]) -> set[str]:
    """Those of some columns whose statistics say that they are null in every row."""
    places = [(index, name) for index, name in enumerate(file.schema.names) if name in names]
    groups = [file.metadata.row_group(index) for index in range(file.num_row_groups)]
    return {name for index, name in places if all(_is_null(group.column(index)) for group in groups)}


def _is_null(column: pq.ColumnChunkMetaData) -> bool:
    statistics = column.statistics
    return bool(statistics and statistics.has_null_count and statistics.null_count == column.num_values)


def _select(schema: pa.Schema, columns: Sequence[str] | None, without: Collection[str]) -> list[str]:
    names = schema.names
    chosen = names if columns is None else [name for name in columns if name in names]
    return [name for name in chosen if name not in without]


BLOCK = 2**20
"""Bytes hashed at once."""


def frame_header(frames: int, bands: int) -> bytes:
    """Npy header; NumPy pads it for growth along axis 0, so its length does not depend on `frames`."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f4", "fortran_order": False, "shape": (frames, bands)}
    )
    return header.getvalue()


def open_frames(root: Path, dataset: str, frame_shard: str, family: str) -> np.ndarray:
    """Memory-map all frames of one shard, float32 of shape (sum of frames, bands); read them without maps.

    Raises:
        StoreError: if the file is missing or is no such array.
    """
    path = layout.frame_path(root, dataset, frame_shard, family)
    try:
        return _mapped(path if is_local(path) else fetched(path))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({error}): run ser extract again to redo it") from error


def _mapped(path: Path) -> np.ndarray:
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        if error.errno not in UNSUPPORTED:
            raise
        return np.load(path, allow_pickle=False)  # FUSE drives may have no memory maps


def fetched(path: Any) -> Path:
    """Download a frame file of an object store once; its name determines its content.

    Downloads are cached in the user's cache folder (`XDG_CACHE_HOME`) and may be deleted at any time.
    """
    copy = own_cache("frames") / hashlib.sha256(str(path.parent).encode()).hexdigest()[:16] / path.name
    if not copy.exists():
        temporary = scratch(copy)
        path.download(temporary)
        publish(temporary, copy)
    return copy


def problem(path: Path, sha256: str) -> str | None:
    """Read a frame file or a wide table completely and return what is wrong with it; None if nothing is.

    Args:
        path: the file.
        sha256: expected hash of its array data, or of the whole file of a wide table.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            if not path.name.endswith(".parquet"):
                npy = np.lib.format.read_array_header_1_0(file) if file.read(8)[:6] == b"\x93NUMPY" else None
                end = file.tell()
                file.seek(0)
                if npy is None or len(npy[0]) != 2 or file.read(end) != frame_header(*npy[0]):
                    return "it has another header than was written"
            while block := file.read(BLOCK):
                digest.update(block)
    except FileNotFoundError:
        return "it is missing"
    except (OSError, ValueError) as error:
        return f"it cannot be read ({error})"
    return None if digest.hexdigest() == sha256 else "its content is not as it was written"


def broken(
    root: Path,
    dataset: str,
    part: Path,
    checksums: Mapping[str, Mapping[str, str]],
    families: Sequence[str],
    wide: Collection[str] = (),
) -> set[str]:
    """Find the `frame_shard`s of a table whose files are missing, or were changed since its commit.

    Frame files are older than the table that refers to them. Only younger files are read.

    Args:
        root: of the store.
        dataset: name of the corpus.
        part: the table.
        checksums: SHA-256 by `frame_shard` and family, from the table's metadata.
        families: families of frames and of wide tables that every row has.
        wide: those of them that are wide tables.
    """
    committed = part.stat().st_mtime if families else 0.0
    return {
        frame_shard
        for frame_shard, digests in checksums.items()
        for family in families
        if not _is_sound(
            layout.frame_path(root, dataset, frame_shard, family, wide=family in wide),
            digests.get(family, ""),
            committed,
        )
    }


def _is_sound(path: Path, sha256: str, committed: float) -> bool:
    try:
        changed = path.stat().st_mtime
    except FileNotFoundError:
        return False
    return changed <= committed or problem(path, sha256) is None
