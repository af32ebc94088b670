"""Parquet files, one or a folder of them → cells; audio that they hold is named by file and row.

columns of text, numbers and truth values → cells; a class label of Hugging Face → its name
column of structs with bytes and path (`audio.embedded`) → column path, such as `data/train.parquet/0000017`

The bytes are not read here. Where they are null, the path beside them is that of the recording. Without a
column of the published split, the names of files such as `train-00000-of-00002.parquet` give it.
"""

import os
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ser_features.audio.embedded import BYTES, PATH, SUFFIX, audio_column, hugging_face_features, row_path
from ser_features.errors import InputError
from ser_features.tables.cells import Row, Sheet
from ser_features.tables.forms import TableSource, cell, notes_on_nested

SPLIT = re.compile(r"(?P<split>[A-Za-z]\w*?)-[0-9]+-of-[0-9]+")
"""Names of files that Hugging Face's datasets write."""

PARTITIONS = ("partition", "split", "subset")
ORIGINAL = "original_path"
"""Column of the paths beside embedded bytes, and of a column path beside embedded audio."""


def read(source: TableSource) -> Sheet:
    """Read all columns but those of bytes.

    Raises:
        InputError: if a file is damaged, or has other columns than the first.
    """
    paths = [source.path] if source.path != source.folder else _files(source)
    header: tuple[str, ...] = ()
    rows: list[Row] = []
    notes: tuple[str, ...] = ()
    for path in paths:
        try:
            with pq.ParquetFile(path) as file:
                columns, notes = _columns(file, Path(os.path.relpath(path, source.folder)))
        except (OSError, pa.ArrowException) as error:
            raise InputError(
                f"{path} cannot be read ({error}): expected a Parquet file: copy it again"
            ) from error
        if header and tuple(columns) != header:
            raise InputError(f"{path} has other columns than {paths[0]}, expected the same: name one file")
        header = tuple(columns)
        first = len(rows)
        rows += (Row(first + index, cells) for index, cells in enumerate(zip(*columns.values(), strict=True)))
    return Sheet(header, tuple(rows), notes=notes)


def _files(source: TableSource) -> list[Path]:
    """The Parquet files of a folder; those of the first pattern that has any."""
    several = (sorted(source.folder.glob(pattern)) for pattern in source.form.patterns)
    return next(paths for paths in several if paths)


def _columns(file: pq.ParquetFile, path: Path) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """The cells by column, and what was left out."""
    schema = file.schema_arrow
    audio = audio_column(schema)
    features = hugging_face_features(schema)
    plain = [field.name for field in schema if field.name != audio and not pa.types.is_nested(field.type)]
    columns: dict[str, list[str]] = {}
    if audio is not None:
        columns["path"], columns[ORIGINAL] = _recordings(file, audio, path.as_posix())
    table = file.read(columns=plain)
    for name in plain:
        stored = ORIGINAL if audio is not None and name.lower() == "path" else name
        columns[stored] = texts(_named(table[name], features.get(name, {}).get("names")))
    if (match := SPLIT.fullmatch(path.name.removesuffix(SUFFIX))) and not columns.keys() & set(PARTITIONS):
        columns["partition"] = [match["split"]] * file.metadata.num_rows
    nested = [field.name for field in schema if field.name not in (audio, *plain)]
    return columns, notes_on_nested(nested)


def _recordings(file: pq.ParquetFile, column: str, name: str) -> tuple[list[str], list[str]]:
    """Path of each recording, and the path beside its bytes."""
    paths: list[str] = []
    originals: list[str] = []
    for group in range(file.metadata.num_row_groups):
        written = texts(_field(file, group, column, PATH))
        has_bytes = _has_bytes(file, group, column)
        paths += [
            row_path(name, row) if has_bytes[index] else path
            for index, (row, path) in enumerate(enumerate(written, start=len(paths)))
        ]
        originals += written
    return paths, originals


def _field(file: pq.ParquetFile, group: int, column: str, name: str) -> pa.ChunkedArray:
    structs = file.read_row_group(group, columns=[f"{column}.{name}"])[column]
    return pa.chunked_array([chunk.field(name) for chunk in structs.chunks], structs.type.field(name).type)


def _has_bytes(file: pq.ParquetFile, group: int, column: str) -> list[bool]:
    """Whether each row of a row group has bytes; they are read only if the statistics leave it open."""
    metadata = file.metadata.row_group(group)
    chunks = [metadata.column(index) for index in range(metadata.num_columns)]
    statistics = next(one.statistics for one in chunks if one.path_in_schema == f"{column}.{BYTES}")
    if statistics and statistics.has_null_count and statistics.null_count in (0, metadata.num_rows):
        return [not statistics.null_count] * metadata.num_rows
    valid: list[bool] = pc.is_valid(_field(file, group, column, BYTES)).to_pylist()
    return valid


def _named(column: pa.ChunkedArray, names: Any) -> pa.ChunkedArray:
    """Class labels by name; other columns as they are."""
    if not isinstance(names, list) or not pa.types.is_integer(column.type):
        return column
    labels = pa.array([str(name) for name in names], pa.string())
    numbers = pc.if_else(pc.and_(pc.greater_equal(column, 0), pc.less(column, len(names))), column, None)
    return pc.take(labels, numbers)


def texts(column: pa.ChunkedArray) -> list[str]:
    """Cells of a column: durations in s, missing values empty."""
    if pa.types.is_duration(column.type):
        column = pc.divide(pc.cast(pc.cast(column, pa.duration("us")), pa.int64()), 1e6)
    return list(map(cell, column.to_pylist()))
