"""A store as its readers see it: rows as a pandas table, frames as memory-mapped views.

store.json + files/ + variants/ + frames/ + failures/ → `Store`

    store = open_store(Path("data/store"))
    rows = store.files(["ravdess"])
    mel = store.frames(rows, "mel")          # one (frames, bands) view per row
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ser_features.config import Profile
from ser_features.errors import InputError, StoreError
from ser_features.store import layout
from ser_features.store.description import Description, read_description
from ser_features.store.schema import FAILURE_SCHEMA, METADATA_KEY, all_columns, row_schema, variant_columns

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Store:
    """A feature store.

    Attributes:
        root: its folder.
        description: what it holds.
    """

    root: Path
    description: Description

    @property
    def profile(self) -> Profile:
        """The feature configuration of all rows."""
        return self.description.profile

    @property
    def digest(self) -> str:
        """Fingerprint of the profile and of the extractors that made the rows."""
        return self.description.digest

    @property
    def families(self) -> tuple[str, ...]:
        """What is stored: "core", and families of frames."""
        return self.description.families

    @cached_property
    def datasets(self) -> tuple[str, ...]:
        """Corpora that have rows, sorted."""
        return tuple(name for name in layout.datasets(self.root, "files") if self.parts(name))

    def parts(self, dataset: str) -> list[Path]:
        """The committed tables of a corpus."""
        return layout.parts(self.root, "files", dataset)

    def table(self, datasets: Sequence[str] | None = None, columns: Sequence[str] | None = None) -> pa.Table:
        """Rows as an Arrow table, `dataset` first.

        Args:
            datasets: corpora to read; all by default.
            columns: columns to read; all by default, a user's own among them.

        Raises:
            InputError: if the store has no such corpus.
        """
        tables = [self._dataset_table(name, columns) for name in self.check(datasets)]
        if not tables:
            return row_schema(all_columns(self.description.features), []).empty_table()
        return pa.concat_tables(tables, promote_options="default")

    def frame_shards(self, dataset: str) -> set[str]:
        """Frame files that the rows of a corpus and of their copies refer to."""
        parts = [*self.parts(dataset), *layout.parts(self.root, "variants", dataset)]
        tables = [read_part(part, ["frame_shard"]) for part in parts]
        return {name for table in tables for name in table.column(0).unique().to_pylist()}

    def files(self, datasets: Sequence[str] | None = None) -> "pd.DataFrame":
        """Rows as a pandas table, sorted by `file_id`; text is None and numbers NaN where unknown."""
        return self.table(datasets).to_pandas().sort_values("file_id", ignore_index=True)

    def variants(self, datasets: Sequence[str] | None = None) -> "pd.DataFrame":
        """Augmented copies as a pandas table, sorted by `file_id`; as the last `augment_store` left them.

        Columns are those of `files`, with the features that were asked for, and source_file_id, variant and
        parameters (JSON); `audio_sha256` is null.

        Args:
            datasets: corpora to read; all by default.

        Raises:
            InputError: if the store has no such corpus.
        """
        tables = [
            _with_dataset(read_part(part), dataset)
            for dataset in self.check(datasets)
            for part in layout.parts(self.root, "variants", dataset)
        ]
        if not tables:
            tables = [_with_dataset(row_schema(variant_columns(()), []).empty_table(), "")]
        whole = pa.concat_tables(tables, promote_options="default")
        return whole.to_pandas().sort_values("file_id", ignore_index=True)

    def frames(self, rows: "pd.DataFrame", family: str) -> list[np.ndarray]:
        """Frames of the given rows.

        Args:
            rows: rows of `files` or `variants`.
            family: "mel", "mfcc", …

        Returns:
            One read-only view per row, float32, shape (frame_count, bands), memory-mapped.

        Raises:
            InputError: if the store does not hold the family.
        """
        if family not in self.description.frame_families:
            raise InputError(
                f"no {family!r} frames in {self.root}: it holds {', '.join(self.families)}: "
                f"extract into a new store with --families {' '.join((*self.families, family))}"
            )
        arrays: dict[tuple[str, str], np.ndarray] = {}
        views = []
        keys = zip(
            rows["dataset"], rows["frame_shard"], rows["frame_offset"], rows["frame_count"], strict=True
        )
        for dataset, shard, offset, count in keys:
            if (dataset, shard) not in arrays:
                arrays[dataset, shard] = open_frames(self.root, dataset, shard, family)
            views.append(arrays[dataset, shard][int(offset) : int(offset) + int(count)])
        return views

    def failures(self, datasets: Sequence[str] | None = None) -> pa.Table:
        """Refused files as an Arrow table, `dataset` first.

        Args:
            datasets: corpora to read; all by default.
        """
        tables = [
            _with_dataset(read_part(part), dataset)
            for dataset in (layout.datasets(self.root, "failures") if datasets is None else datasets)
            for part in layout.parts(self.root, "failures", dataset)
        ]
        if not tables:
            return _with_dataset(FAILURE_SCHEMA.empty_table(), "")
        return pa.concat_tables(tables)

    def _dataset_table(self, dataset: str, columns: Sequence[str] | None) -> pa.Table:
        tables = [read_part(part, columns) for part in self.parts(dataset)]
        return _with_dataset(pa.concat_tables(tables, promote_options="default"), dataset)

    def check(self, datasets: Sequence[str] | None) -> Sequence[str]:
        """Return these corpora; all for None.

        Raises:
            InputError: if the store has no such corpus.
        """
        missing = [name for name in datasets or () if name not in self.datasets]
        if missing:
            raise InputError(
                f"no {missing[0]!r} in {self.root}: it holds {', '.join(self.datasets) or 'nothing yet'}: "
                f"run ser extract --datasets {missing[0]} --store {self.root}"
            )
        return self.datasets if datasets is None else datasets


def read_part(part: Path, columns: Sequence[str] | None = None, *, without: Collection[str] = ()) -> pa.Table:
    """Read one committed table.

    Args:
        part: its file.
        columns: which to read, as far as the file has them; all by default.
        without: columns that are not read.

    Raises:
        StoreError: if it is damaged.
    """
    try:
        file = pq.ParquetFile(part)
        names = file.schema_arrow.names
        wanted = names if columns is None else [name for name in columns if name in names]
        return file.read([name for name in wanted if name not in without])
    except (OSError, pa.ArrowException) as error:
        raise _damaged(part, error) from error


def part_metadata(part: Path) -> dict[str, Any]:
    """What a committed table says of itself: see `schema.METADATA_KEY`.

    Raises:
        StoreError: if it is damaged.
    """
    try:
        metadata = pq.read_schema(part).metadata or {}
        return dict(json.loads(metadata.get(METADATA_KEY, b"{}")))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise _damaged(part, error) from error


def _damaged(part: Path, error: Exception) -> StoreError:
    return StoreError(f"{part} cannot be read ({error}): remove it and run ser extract again")


def _with_dataset(table: pa.Table, dataset: str) -> pa.Table:
    column = pa.array([dataset] * len(table), pa.string())
    return table.replace_schema_metadata(None).add_column(0, "dataset", column)


def open_frames(root: Path, dataset: str, frame_shard: str, family: str) -> np.ndarray:
    """Memory-map all frames of one shard, float32 of shape (sum of frames, bands).

    Raises:
        StoreError: if the file is missing or is no such array.
    """
    path = layout.frame_path(root, dataset, frame_shard, family)
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({error}): run ser extract again to redo it") from error


def open_store(root: Path) -> Store:
    """Open an existing store.

    Raises:
        InputError: if there is none at `root`.
        StoreError: if it is of another format.
    """
    return Store(root, read_description(root))


def open_or_create(root: Path, wanted: Description) -> Store:
    """Open the store at `root` for writing, or begin one.

    Raises:
        InputError: if it has another profile, other extractor versions or other families.
    """
    if not (root / layout.DESCRIPTION).is_file():
        _check_empty(root)
        wanted.write(root)
    found = read_description(root)
    same_families = found.families == wanted.families
    if found.profile.name != wanted.profile.name or (same_families and found.digest != wanted.digest):
        raise InputError(
            f"{root} has profile {found.profile.name} ({found.digest}), asked for "
            f"{wanted.profile.name} ({wanted.digest}): pass another --store, or the profile it has"
        )
    if not same_families:
        raise InputError(
            f"{root} holds the families {' '.join(found.families)}, asked for {' '.join(wanted.families)}: "
            "pass another --store, or leave --families out"
        )
    return Store(root, found)


def _check_empty(root: Path) -> None:
    if root.is_dir() and any(not path.name.startswith(".") for path in root.iterdir()):
        raise InputError(f"{root} holds other things: expected a store or nothing: pass another --store")
