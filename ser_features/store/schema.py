"""Arrow schemas of the store's tables: manifest, features, position of the frames, a user's own columns.

>>> pitch = Column("pitch_mean", "float32", "Hz", "Mean F0.")
>>> row_schema(all_columns([pitch]), ["room"]).field("pitch_mean").metadata[b"unit"]
b'Hz'
"""

from collections.abc import Sequence

import pyarrow as pa

from ser_features.manifest import AUDIO_COLUMNS, NAME_COLUMNS, Column

DATASET = Column("dataset", "string", "", "The corpus; it is the name of the partition folder.")
"""Column that is not in the tables but in their path."""

FRAME_COLUMNS: tuple[Column, ...] = (
    Column(
        "frame_shard", "string", "", "Frame files of this row: frames/dataset=…/<frame_shard>.<family>.npy."
    ),
    Column("frame_offset", "int64", "frames", "First row of this recording in the frame files."),
    Column("frame_count", "int32", "frames", "Number of frames; every family has the same."),
)
"""Position of a row's frames; null in a store without frames."""

VARIANT_COLUMNS: tuple[Column, ...] = (
    Column("source_file_id", "string", "", "Key of the recording that this is a copy of."),
    Column("variant", "string", "", "Name of the kind of copy; file_id is source_file_id, #, and this."),
    Column("parameters", "string", "", "Parameters drawn for this copy, as JSON."),
)
"""Columns that variants/ has in addition to those of files/."""

FAILURE_COLUMNS: tuple[Column, ...] = (
    Column("file_id", "string", "", "Key of the recording: dataset/stem."),
    Column("path", "string", "", "Path below the data root."),
    Column("stage", "string", "", "Stage that failed: name, audio, features, worker or augment."),
    Column("error_class", "string", "", "Reason, as a class of ser_features.errors."),
    Column("message", "string", "", "Found, expected, and what to do."),
    Column("audio_sha256", "string", "", "SHA-256 of the file's bytes; null if they could not be read."),
    Column("attempts", "int32", "1", "Number of attempts."),
    Column("at", "string", "", "Time of the last attempt (UTC, ISO 8601)."),
)
"""All columns of failures/, in order."""

METADATA_KEY = b"ser"
"""Key of the JSON metadata of every table of files/ and variants/: digests, and SHA-256 of its frame files by
`frame_shard` and family."""


def field(column: Column) -> pa.Field:
    """A column as a field of an Arrow schema, with its unit and description as metadata."""
    metadata = {"unit": column.unit, "description": column.description}
    return pa.field(column.name, pa.type_for_alias(column.type), metadata=metadata)


def all_columns(features: Sequence[Column]) -> tuple[Column, ...]:
    """All columns of files/ in order, around the given feature columns; a user's own columns follow."""
    return (*NAME_COLUMNS, *AUDIO_COLUMNS, *features, *FRAME_COLUMNS)


def variant_columns(features: Sequence[Column]) -> tuple[Column, ...]:
    """All columns of variants/ in order, around the given feature columns; a user's own columns follow."""
    return (*NAME_COLUMNS, *AUDIO_COLUMNS, *VARIANT_COLUMNS, *features, *FRAME_COLUMNS)


def feature_columns(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The feature columns among all columns."""
    fixed = {DATASET.name, *(column.name for column in all_columns(()))}
    return tuple(column for column in columns if column.name not in fixed)


def row_schema(columns: Sequence[Column], extra: Sequence[str]) -> pa.Schema:
    """Schema of files/ or variants/.

    Args:
        columns: `all_columns` or `variant_columns`.
        extra: names of the user's own columns.
    """
    own = (Column(name, "string", "", "Column of the user's own table.") for name in extra)
    return pa.schema([field(column) for column in (*columns, *own)])


FAILURE_SCHEMA: pa.Schema = pa.schema([field(column) for column in FAILURE_COLUMNS])
