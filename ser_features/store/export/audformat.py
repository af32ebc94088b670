"""A database of audEERING's audformat: a folder of tables that refer to the audio files, and db.yaml.

`Rows` → pandas → tables files, emotion and features, the misc table speaker → hidden folder → renamed

Tables are filewise: a row is a whole file, named by its path below the data root, where the audio may be
copied or linked to. They are segmented if a row is a part of a file.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pandas as pd
import pyarrow as pa

from ser_features import corpora
from ser_features.errors import InputError
from ser_features.extras import require
from ser_features.files import replacing_folder, writing
from ser_features.labels import in_order
from ser_features.outputs import first_line
from ser_features.store.export.base import Format, Rows

if TYPE_CHECKING:
    import audformat

HEADER = "db.yaml"
NAME = "ser-store"
"""Name of every written database, by which an earlier export is recognised."""

OF_SPEAKERS = ("gender", "age", "language")
"""Columns about the speaker; they go into the misc table."""

ELSEWHERE = ("path", "start", "end", "speaker", "emotion", *OF_SPEAKERS)
"""Columns that are not in the table files as they are."""


class Audformat(Format):
    """Database folder for audformat and tools built on it; needs the extra [audformat]."""

    name: ClassVar[str] = "audformat"

    def owns(self, path: Path) -> bool:
        """Whether a folder's db.yaml has our name, or the folder is empty."""
        return path.is_dir() and (
            not any(path.iterdir()) or first_line(path / HEADER).strip() == f"name: {NAME}"
        )

    def write(self, rows: Rows, path: Path) -> None:
        """Write a folder; all rows are in memory, as audformat needs them at once."""
        database = _database(rows)
        with writing("the export", path), replacing_folder(path) as hidden:
            database.save(str(hidden))

    def next_step(self, path: Path) -> str:
        """Command that loads the folder with audformat."""
        return f"python -c 'import audformat; print(audformat.Database.load(\"{path}\"))'"


def _database(rows: Rows) -> "audformat.Database":
    require("--format audformat", "audformat")
    import audformat

    table = pa.Table.from_batches(rows.batches(), rows.schema).to_pandas()
    _check_paths(table)
    database = audformat.Database(
        NAME,
        source="files named by their paths below the data root of ser extract",
        usage=audformat.define.Usage.OTHER,
        languages=_languages(table["language"]),
        description=f"Features of {', '.join(rows.datasets)}, written by ser store export.",
        license="; ".join(_licences(rows.datasets)) or None,
        meta={"profile": rows.store.profile.name, "digest": rows.store.digest},
    )
    _add_speakers(database, table, rows.schema)
    index = _index(table)
    words = [name for name in rows.schema.names if name not in (*ELSEWHERE, *rows.features)]
    _add_table(database, "files", "Labels from the file names.", table[words], index, rows.schema)
    speakers = _speakers(table)
    database["files"]["speaker"] = audformat.Column(scheme_id="speaker")
    database["files"]["speaker"].set(speakers.to_numpy())
    database.schemes["emotion"] = audformat.Scheme(
        labels=in_order(set(table["emotion"])), description=_describe(rows.schema, "emotion")[0]
    )
    database["emotion"] = audformat.Table(index, description="The acted emotion of each file.")
    database["emotion"]["emotion"] = audformat.Column(scheme_id="emotion")
    database["emotion"]["emotion"].set(table["emotion"].to_numpy())
    features = [name for name in rows.features if name in rows.schema.names]
    _add_table(database, "features", "Features of each file.", table[features], index, rows.schema)
    return database


def _add_speakers(database: "audformat.Database", table: pd.DataFrame, schema: pa.Schema) -> None:
    """Add the misc table of the speakers, and the scheme that has its rows as labels."""
    import audformat

    people = table.assign(speaker=_speakers(table)).groupby("speaker")[list(OF_SPEAKERS)]
    speakers = people.agg(lambda values: values.iloc[0] if values.nunique(dropna=False) == 1 else None)
    index = audformat.utils.set_index_dtypes(pd.Index(speakers.index, name="speaker"), "string")
    text = "Attributes of each speaker: dataset/speaker."
    _add_table(database, "speaker", text, speakers, index, schema)
    database.schemes["speaker"] = audformat.Scheme("str", labels="speaker", description=text)


def _add_table(
    database: "audformat.Database",
    name: str,
    text: str,
    values: pd.DataFrame,
    index: pd.Index,
    schema: pa.Schema,
) -> None:
    """Add a table with one scheme per column."""
    import audformat

    kind = audformat.MiscTable if name == "speaker" else audformat.Table
    database[name] = kind(index, description=text)
    for column in values:
        description, unit = _describe(schema, column)
        meta = {"unit": unit} if unit else None
        database.schemes[column] = audformat.Scheme(
            _type(schema.field(column)), description=description, meta=meta
        )
        database[name][column] = audformat.Column(scheme_id=column)
        database[name][column].set(values[column].to_numpy())


def _type(field: pa.Field) -> str:
    if pa.types.is_string(field.type):
        return "str"
    return "int" if pa.types.is_integer(field.type) else "float"


def _describe(schema: pa.Schema, name: str) -> tuple[str, str]:
    """Description and unit of a column."""
    metadata: dict[bytes, bytes] = schema.field(name).metadata or {}
    return metadata.get(b"description", b"").decode(), metadata.get(b"unit", b"").decode()


def _speakers(table: pd.DataFrame) -> pd.Series:
    """Speaker of each row, missing where unknown; the same name in two corpora means two people."""
    return table["dataset"].str.cat(table["speaker"], sep="/")


def _index(table: pd.DataFrame) -> pd.Index:
    """The files, or their parts if there are any."""
    import audformat

    times = {name: pd.to_numeric(table[name], errors="coerce") for name in ("start", "end")}
    if times["start"].isna().all():
        return audformat.filewise_index(table["path"])
    starts, ends = (pd.to_timedelta(seconds, unit="s") for seconds in times.values())
    return audformat.segmented_index(table["path"], starts.fillna(pd.Timedelta(0)), ends)


def _check_paths(table: pd.DataFrame) -> None:
    """Refuse two recordings with the same path and times, which identify recordings in audformat."""
    keys = ["path", "start", "end"]
    again = table[table.duplicated(keys, keep=False)].sort_values(keys, kind="stable")
    if len(again):
        first, second = again["file_id"].head(2)
        raise InputError(
            f"{first} and {second} have the same path, {again['path'].iloc[0]}, and the same times, which "
            "identify a recording in audformat: export one of the corpora at a time with --datasets"
        )


def _languages(codes: pd.Series) -> list[str]:
    """Languages as audformat writes them, without unknown codes."""
    import audformat

    languages = []
    for code in sorted(codes.dropna().unique()):
        with suppress(ValueError):
            languages.append(audformat.utils.map_language(code))
    return languages


def _licences(datasets: Sequence[str]) -> list[str]:
    """Licences of the published corpora among these."""
    return [f"{name}: {corpus.licence}" for name in datasets if (corpus := corpora.find(name))]
