r"""Recordings whose bytes a Parquet file holds, as Hugging Face saves datasets: `train.parquet/0000017`.

path of a Parquet file and number of a row → `open_embedded` → the bytes of the row's audio, as an open file

The audio is a column of structs with `bytes` and `path`. One row group of it is in memory at a time.

>>> container_of("data/train.parquet/0000017"), container_of("data/train.parquet"), container_of("a.wav/1")
('data/train.parquet', None, None)
"""

import io
import json
import os
import tempfile
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ser_features.errors import UnreadableFileError, UnsupportedAudioError

SUFFIX = ".parquet"
DIGITS = 7
"""Of the number of a row in a path, so that paths sort as rows do."""

BYTES, PATH = "bytes", "path"
"""Fields of the audio column."""


def container_of(path: str | os.PathLike[str]) -> str | None:
    """The Parquet file that a path of an embedded recording names; None for another path."""
    container, row = os.path.split(path)
    return container if row.isdecimal() and container.lower().endswith(SUFFIX) else None


def row_path(container: str, row: int) -> str:
    """Path of an embedded recording."""
    return f"{container}/{row:0{DIGITS}}"


def hugging_face_features(schema: pa.Schema) -> dict[str, dict[str, object]]:
    """Types of columns as Hugging Face's datasets describe them in a schema; empty if they do not."""
    try:
        content = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, TypeError, ValueError):
        return {}
    return {name: one for name, one in content.items() if isinstance(one, dict)}


def audio_column(schema: pa.Schema) -> str | None:
    """Name of the column that holds the bytes of audio files; None if there is none."""
    features = hugging_face_features(schema)
    for field in schema:
        if pa.types.is_struct(field.type) and features.get(field.name, {}).get("_type", "Audio") == "Audio":
            kinds = {inner.name: inner.type for inner in field.type}
            if PATH in kinds and kinds.get(BYTES) in (pa.binary(), pa.large_binary()):
                return str(field.name)
    return None


def open_embedded(path: Path, max_bytes: int) -> io.BufferedReader:
    """Open the bytes of an embedded recording as a file of its own, which has no name.

    Args:
        path: as of `row_path`.
        max_bytes: most bytes that are accepted.

    Raises:
        NotADirectoryError: if the path names none.
        UnreadableFileError: if the file has no such row, or the row no audio.
        UnsupportedAudioError: if there are more than `max_bytes`.
    """
    container = container_of(path)
    if container is None:
        raise NotADirectoryError(20, "not a folder", str(path))
    content = _content(container, int(path.name))
    if len(content) > max_bytes:
        raise UnsupportedAudioError(
            f"{len(content)} bytes, expected at most {max_bytes}: cut it into utterances"
        )
    file = tempfile.TemporaryFile()  # noqa: SIM115  which the caller closes
    file.write(content)
    file.seek(0)
    return io.BufferedReader(file.detach())


def _content(container: str, row: int) -> bytes:
    name = os.path.basename(container)  # noqa: PTH119
    try:
        version = os.stat(container).st_mtime_ns  # noqa: PTH116
        ends = _ends(container, version)
        group = bisect_right(ends, row)
        if group == len(ends):
            raise UnreadableFileError(
                f"{name} has no row {row}: expected one of {ends[-1] if ends else 0} from 0"
            )
        content = _group(container, version, group)[row - (ends[group - 1] if group else 0)].as_py()
    except (OSError, pa.ArrowException) as error:
        raise UnreadableFileError(
            f"cannot read {name}: {error}: expected a Parquet file with audio: copy it again"
        ) from error
    if content is None:
        raise UnreadableFileError(f"row {row} of {name} holds no audio: expected the bytes of an audio file")
    return bytes(content)


@lru_cache(maxsize=64)
def _ends(container: str, version: int) -> list[int]:
    """Number of rows up to the end of each row group."""
    metadata = pq.read_metadata(container)
    return list(accumulate(metadata.row_group(index).num_rows for index in range(metadata.num_row_groups)))


@lru_cache(maxsize=1)
def _group(container: str, version: int, group: int) -> pa.ChunkedArray:
    """The bytes of a row group, which are those of many recordings."""
    with pq.ParquetFile(container) as file:
        column = audio_column(file.schema_arrow)
        if column is None:
            raise UnreadableFileError(
                f"{os.path.basename(container)} has no column of audio: expected structs with bytes and path"  # noqa: PTH119
            )
        audio = file.read_row_group(group, columns=[f"{column}.{BYTES}"])[column]
    return pa.chunked_array([chunk.field(BYTES) for chunk in audio.chunks])
