"""store.json: what a store holds, written once when the store is created.

`Description` ↔ store.json (format version, profile, digest, families, column dictionary, frame families)

The store knows features only through it; names, units and descriptions come from the engine.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from ser_features.config import (
    AudioConfig,
    Conditioning,
    EncoderConfig,
    FrameConfig,
    PitchConfig,
    Profile,
    TempoConfig,
)
from ser_features.errors import DamagedError, InputError, StoreError
from ser_features.files import BLANK_SEAL, SEAL_KEY, is_sealed, replacing, seal
from ser_features.manifest import AUDIO_COLUMNS, NAME_COLUMNS, VOTE_COLUMNS, Column
from ser_features.store import layout, locks

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
    Column(
        "stage",
        "string",
        "",
        "Stage that failed: name, audio, features, worker or augment; copy: another file is stored.",
    ),
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


def arrow_field(column: Column) -> pa.Field:
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


def row_schema(columns: Sequence[Column]) -> pa.Schema:
    """Schema of files/ or variants/: `all_columns` or `variant_columns`, and the user's own."""
    return pa.schema([arrow_field(column) for column in columns])


def merged_fields(schemas: Sequence[pa.Schema]) -> dict[str, pa.Field]:
    """All columns of some tables by name: text where one table has text and another one numbers.

    >>> whole, decimal = pa.field("valence", pa.int64()), pa.field("valence", pa.float64())
    >>> merged_fields([pa.schema([whole]), pa.schema([decimal])])["valence"].type
    DataType(double)
    """
    fields: dict[str, pa.Field] = {}
    for schema in schemas:
        for one in schema:
            before = fields.setdefault(one.name, one)
            if before.type != one.type:
                fields[one.name] = before.with_type(_common(before.type, one.type))
    return fields


def _common(first: pa.DataType, second: pa.DataType) -> pa.DataType:
    if pa.types.is_string(first) or pa.types.is_string(second):
        return pa.string()
    integers = pa.types.is_integer(first) and pa.types.is_integer(second)
    return pa.int64() if integers else pa.float64()


def concatenated(tables: Sequence[pa.Table]) -> pa.Table:
    """Rows of several tables, with the columns of `merged_fields`; a table lacks some: null."""
    fields = merged_fields([table.schema for table in tables])
    return pa.concat_tables([retyped(table, fields) for table in tables], promote_options="default")


def retyped(table: pa.Table, fields: Mapping[str, pa.Field]) -> pa.Table:
    """The table with columns cast to the type of `fields`."""
    for index, one in enumerate(table.schema):
        if one.name in fields and fields[one.name].type != one.type:
            table = table.set_column(index, fields[one.name], table[one.name].cast(fields[one.name].type))
    return table


def completed(table: pa.Table, columns: Sequence[str] | None = None) -> pa.Table:
    """Rows with the manifest columns, or those among `columns`, that an earlier version lacked, as null.

    Where it had a user's own column of that name, of values that are none of this one, they are null too.
    """
    for column in (*NAME_COLUMNS, *AUDIO_COLUMNS):
        field = arrow_field(column)
        if column.name in table.column_names:
            table = _with_type(table, field)
        elif columns is None or column.name in columns:
            table = table.append_column(field, pa.nulls(len(table), field.type))
    return table


def _with_type(table: pa.Table, field: pa.Field) -> pa.Table:
    index = table.column_names.index(field.name)
    if table.schema.field(index).type == field.type:
        return table
    try:
        values = table[field.name].cast(field.type)
    except pa.ArrowInvalid:
        values = pa.nulls(len(table), field.type)
    return table.set_column(index, field, values)


FAILURE_SCHEMA: pa.Schema = pa.schema([arrow_field(column) for column in FAILURE_COLUMNS])
VOTE_SCHEMA: pa.Schema = pa.schema([arrow_field(column) for column in VOTE_COLUMNS])


FORMAT = 2
"""Version of the layout; a store of another version is refused."""


@dataclass(frozen=True, slots=True)
class FrameFamily:
    """One family of frames.

    Attributes:
        name: of the family, and of its files.
        unit: of the values.
        description: one sentence for the column dictionary.
    """

    name: str
    unit: str
    description: str


@dataclass(frozen=True, slots=True)
class Description:
    """What a store holds.

    Attributes:
        profile: the feature configuration of all rows.
        digest: fingerprint of the profile and of the extractors that computed the rows.
        families: all stored families, of columns and of frames, such as "core" and "mel".
        features: the feature columns, in order.
        frames: the families of frames, and those that have a table of their own.
        wide: columns of the latter, by family.
    """

    profile: Profile
    digest: str
    families: tuple[str, ...]
    features: tuple[Column, ...]
    frames: tuple[FrameFamily, ...]
    wide: Mapping[str, tuple[Column, ...]] = field(default_factory=dict)

    @property
    def frame_families(self) -> tuple[str, ...]:
        """Names of all families that have files of their own, including wide ones."""
        return tuple(family.name for family in self.frames)

    def dictionary(self) -> list[dict[str, str]]:
        """Name, type, unit and description of every column of files/, `dataset` first."""
        return [asdict(column) for column in (DATASET, *all_columns(self.features))]

    def write(self, root: Path) -> None:
        """Create the store at `root`."""
        content = {
            "format": FORMAT,
            "profile": self.profile.to_json(),
            "digest": self.digest,
            "families": list(self.families),
            "columns": self.dictionary(),
            "frames": [asdict(family) for family in self.frames],
            "wide": {family: [asdict(one) for one in columns] for family, columns in self.wide.items()},
            SEAL_KEY: BLANK_SEAL.decode(),
        }
        with locks.committing(root), replacing(root / layout.DESCRIPTION) as file:
            file.write(seal(json.dumps(content, indent=1, ensure_ascii=False).encode()))


def read_description(root: Path) -> Description:
    """Read the description of the store at `root`.

    Raises:
        InputError: if there is no store.
        DamagedError: if it fails its checksum.
        StoreError: if it has another format, or cannot be reached.
    """
    path = root / layout.DESCRIPTION
    try:
        text = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(
            f"no store at {root}: expected {path}: make one with ser extract --store {root}"
        ) from error
    except NotADirectoryError as error:
        raise StoreError(f"{root} is a file, expected the folder of a store: pass another --store") from error
    except OSError as error:
        raise StoreError(
            f"{path} cannot be read ({error}): check the path, your permissions and the connection"
        ) from error
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            raise StoreError(
                f"{path} has format {content['format']}, expected {FORMAT}: extract into a new store, "
                "or use the version of ser that wrote it"
            )
        description = _description(content)
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(path, repr(error)) from error
    if not is_sealed(text):
        raise _damaged(path, "it is not as it was written")
    return description


def _damaged(path: Path, reason: str) -> DamagedError:
    return DamagedError(f"{path} is damaged ({reason}): run ser extract again to make it anew")


def _description(content: Mapping[str, Any]) -> Description:
    columns: Sequence[Column] = [Column(**column) for column in content["columns"]]
    return Description(
        profile=_profile(content["profile"]),
        digest=content["digest"],
        families=tuple(content["families"]),
        features=feature_columns(columns),
        frames=tuple(FrameFamily(**family) for family in content["frames"]),
        wide={
            family: tuple(Column(**column) for column in columns)
            for family, columns in content.get("wide", {}).items()
        },
    )


def _audio(content: Mapping[str, Any]) -> AudioConfig:
    config = AudioConfig(**content)
    if config.conditioning is None:
        return config
    return replace(config, conditioning=Conditioning(**content["conditioning"]))


def _profile(content: Mapping[str, Any]) -> Profile:
    return Profile(
        name=content["name"],
        audio=_audio(content["audio"]),
        frames=FrameConfig(**content["frames"]),
        pitch=PitchConfig(**content["pitch"]),
        tempo=TempoConfig(**content["tempo"]),
        encoder=EncoderConfig(**content["encoder"]) if "encoder" in content else None,
    )
