"""Reading a store: rows as a pandas table, frames as memory-mapped views.

store.json + files/ + variants/ + frames/ + labels/ + failures/ → `Store`

    store = open_store(Path("data/store"))
    rows = store.files(["ravdess"])
    mel = store.frames(rows, "mel")          # one (frames, bands) view per row
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ser_features import notebook
from ser_features.arguments import Names, names_of, same, suggestion
from ser_features.config import Profile
from ser_features.corpora import is_table, names, separated
from ser_features.errors import InputError
from ser_features.labels import in_order
from ser_features.manifest import Column
from ser_features.store import layout, locks
from ser_features.store.description import (
    FAILURE_SCHEMA,
    VOTE_SCHEMA,
    Description,
    all_columns,
    arrow_field,
    completed,
    concatenated,
    read_description,
    row_schema,
    variant_columns,
)
from ser_features.store.part import count_rows, open_frames, read_parts
from ser_features.store.typed import with_types
from ser_features.store.wide import values_of

if TYPE_CHECKING:
    import pandas as pd

WIDE_KEYS = ("file_id", "frame_shard")
"""Columns of a row that locate its values of wide families."""

FRAME_KEYS = ("dataset", "frame_shard", "frame_offset", "frame_count")
"""Columns of a row that locate its frames."""


@dataclass(frozen=True)
class Store:
    """A feature store.

    Attributes:
        root: its folder.
        description: what it holds.
    """

    root: Path
    description: Description

    def __repr__(self) -> str:
        """Folder, corpora and families."""
        held = ", ".join(self.datasets) or "no corpora"
        return f"Store({str(self.root)!r}: {held}; {' '.join(self.families)})"

    def _repr_html_(self) -> str:
        """Rows by corpus and emotion."""
        counts = Counter(zip(*self.table(None, ["emotion"]).to_pydict().values(), strict=True))
        labels = in_order({emotion for _, emotion in counts})
        rows = [[name, *(counts[name, label] for label in labels)] for name in self.datasets]
        return notebook.table(repr(self), ["corpus", *labels], rows, f"profile {self.profile.name}")

    @property
    def profile(self) -> Profile:
        """The feature configuration of all rows."""
        return self.description.profile

    @property
    def digest(self) -> str:
        """Fingerprint of the profile and of the extractors that computed the rows."""
        return self.description.digest

    @property
    def families(self) -> tuple[str, ...]:
        """Stored feature families: "core", and families of frames."""
        return self.description.families

    @cached_property
    def datasets(self) -> tuple[str, ...]:
        """Corpora that have rows, sorted."""
        return tuple(name for name in layout.datasets(self.root, "files") if self.parts(name))

    def parts(self, dataset: str) -> list[Path]:
        """Committed tables of a corpus."""
        return layout.parts(self.root, "files", dataset)

    def count(self, datasets: Names | None = None) -> int:
        """Number of rows of corpora, all by default, without reading a column.

        Raises:
            InputError: if the store has no such corpus.
        """
        return sum(count_rows(part) for dataset in self.check(datasets) for part in self.parts(dataset))

    def table(
        self,
        datasets: Names | None = None,
        columns: Sequence[str] | None = None,
        *,
        features: Names = (),
        typed: bool = False,
    ) -> pa.Table:
        """Rows as an Arrow table, `dataset` first.

        Args:
            datasets: corpora to read; all by default.
            columns: columns to read; all by default, including a user's own.
            features: wide families whose columns follow, joined by `file_id`, such as "functionals"; null
                where a value cannot be computed.
            typed: whether emotion and gender are ordered dictionaries, and source_mtime is a timestamp.

        Raises:
            InputError: if the store has no such corpus, or was extracted without a family.
        """
        families = names_of(features)
        keys = [name for name in WIDE_KEYS if families and columns is not None and name not in columns]
        empty = row_schema(all_columns(self.description.features)).empty_table()
        read = None if columns is None else [*columns, *keys]
        rows = completed(self._read("files", self.check(datasets), empty, read), columns)
        wide = [self.wide_columns_of(rows, family) for family in families]
        rows = rows.drop_columns(keys)
        rows = with_types(rows) if typed else rows
        return pa.Table.from_arrays(
            [*rows.columns, *(array for table in wide for array in table.columns)],
            schema=pa.schema([*rows.schema, *(field for table in wide for field in table.schema)]),
        )

    def files(
        self,
        datasets: Names | None = None,
        *,
        features: Names = (),
        typed: bool = False,
        audformat: bool = False,
    ) -> "pd.DataFrame":
        """Rows as a pandas table, sorted by `file_id`; unknown text is None, unknown numbers are NaN.

        Args:
            datasets: corpora to read; all by default.
            features: wide families whose columns follow, as of `table`.
            typed: whether emotion and gender are ordered categories, and source_mtime is a timestamp.
            audformat: whether the index is a segmented one as audformat has it, (file, start, end): the path
                below the data root, and the times of a part, or 0 and NaT, which is the file's end; numbered
                otherwise.
        """
        table = self.table(datasets, features=features, typed=typed)
        rows = table.to_pandas().sort_values("file_id", ignore_index=True)
        if not audformat:
            return rows
        import pandas as pd

        times = {name: pd.to_timedelta(rows[name].astype(float), unit="s") for name in ("start", "end")}
        times["start"] = times["start"].fillna(pd.Timedelta(0))
        return rows.assign(file=rows["path"], **times).set_index(["file", "start", "end"])

    def variants(self, datasets: Names | None = None) -> "pd.DataFrame":
        """Augmented copies as a pandas table, sorted by `file_id`; as the last `augment_store` left them.

        Columns are those of `files`, with the requested features only, and source_file_id, variant and
        parameters (JSON); `audio_sha256` is null.

        Args:
            datasets: corpora to read; all by default.

        Raises:
            InputError: if the store has no such corpus.
        """
        empty = row_schema(variant_columns(())).empty_table()
        whole = self._read("variants", self.check(datasets), empty)
        return whole.to_pandas().sort_values("file_id", ignore_index=True)

    def frames(self, rows: "pd.DataFrame", family: str) -> list[np.ndarray]:
        """Frames of the given rows.

        Args:
            rows: rows of `files` or `variants`.
            family: "mel", "mfcc", …

        Returns:
            One read-only view per row, float32, shape (frame_count, bands), memory-mapped.

        Raises:
            InputError: if the store does not hold the family, or `rows` are not rows of it.
        """
        if family not in self.description.frame_families or family in self.description.wide:
            raise InputError(self.lacks(f"{family!r} frames", family))
        if absent := {*FRAME_KEYS} - {*getattr(rows, "columns", ())}:
            raise InputError(f"no column {min(absent)} in the rows: expected rows of files() or variants()")
        arrays: dict[tuple[str, str], np.ndarray] = {}
        views = []
        keys = zip(*(rows[name] for name in FRAME_KEYS), strict=True)
        for dataset, shard, offset, count in keys:
            if (dataset, shard) not in arrays:
                arrays[dataset, shard] = open_frames(self.root, dataset, shard, family)
            views.append(arrays[dataset, shard][int(offset) : int(offset) + int(count)])
        return views

    def wide_table(self, family: str, datasets: Names | None = None) -> "pd.DataFrame":
        """A wide family as a pandas table: file_id, dataset, then its columns; sorted by `file_id`.

        Args:
            family: such as "functionals".
            datasets: corpora to read; all by default.

        Raises:
            InputError: if the store has no such corpus, or was extracted without the family.
        """
        import pandas as pd

        names = [column.name for column in self._wide_columns(family)]
        rows = self.table(datasets, ["file_id", "frame_shard"]).sort_by("file_id")
        keys = rows.select(["file_id", "dataset"]).to_pandas()
        return pd.concat([keys, pd.DataFrame(self.wide_of(rows, family, names), columns=names)], axis=1)

    def wide(self, rows: "pd.DataFrame", family: str, names: Sequence[str]) -> np.ndarray:
        """Values of some columns of a wide family, joined by `file_id`.

        Args:
            rows: rows of `files` or `variants`.
            family: such as "functionals".
            names: of its columns.

        Returns:
            (rows, names) float32; NaN where a value could not be computed.

        Raises:
            InputError: if the store does not hold the columns.
            StoreError: if a table of them cannot be read.
        """
        return self.wide_of(pa.Table.from_pandas(rows[["dataset", "file_id", "frame_shard"]]), family, names)

    def wide_columns_of(self, rows: pa.Table, family: str) -> pa.Table:
        """All columns of a wide family for rows of an Arrow table, null where a value is missing."""
        columns = self._wide_columns(family)
        values = self.wide_of(rows, family, [column.name for column in columns])
        arrays = [pa.array(values[:, index], from_pandas=True) for index in range(len(columns))]
        return pa.Table.from_arrays(arrays, schema=pa.schema([arrow_field(column) for column in columns]))

    def wide_of(self, rows: pa.Table, family: str, names: Sequence[str]) -> np.ndarray:
        """As `wide`, for rows of an Arrow table, which needs no column `dataset`."""
        columns = self._wide_columns(family)
        if absent := set(names) - {column.name for column in columns}:
            raise InputError(
                f"no {min(absent)} among the {len(columns)} columns of {family} in {self.root}: "
                "ask for those that it has"
            )
        result = np.full((len(rows), len(names)), np.nan, np.float32)
        file_ids = rows["file_id"].to_pylist()
        datasets = (file_id.partition("/")[0] for file_id in file_ids)
        groups: dict[tuple[str, str], list[int]] = {}
        for index, key in enumerate(zip(datasets, rows["frame_shard"].to_pylist(), strict=True)):
            groups.setdefault(key, []).append(index)
        for (dataset, shard), indices in groups.items():
            path = layout.frame_path(self.root, dataset, shard, family, wide=True)
            row_of, values = values_of(path, tuple(names))
            result[indices] = values[[row_of[file_ids[index]] for index in indices]]
        return result

    def failures(self, datasets: Names | None = None) -> pa.Table:
        """Refused files as an Arrow table, `dataset` first.

        Args:
            datasets: corpora to read; all by default.
        """
        chosen = layout.datasets(self.root, "failures") if datasets is None else names_of(datasets)
        return self._read("failures", chosen, FAILURE_SCHEMA.empty_table())

    def labels(self, datasets: Names | None = None) -> "pd.DataFrame":
        """Answers of single raters as a pandas table, sorted by `file_id`.

        Args:
            datasets: corpora to read; all by default.

        Returns:
            Columns dataset, file_id, rater, attribute, value and modality; values are text, numbers too.

        Raises:
            InputError: if the store has no such corpus.
        """
        votes = self._read("labels", self.check(datasets), VOTE_SCHEMA.empty_table())
        return votes.to_pandas().sort_values("file_id", kind="stable", ignore_index=True)

    def check(self, datasets: Names | None) -> Sequence[str]:
        """Return these corpora by their names in the store; all for None.

        Args:
            datasets: names, in which case and hyphens do not count, or paths of their manifests.

        Raises:
            InputError: if the store has no such corpus.
        """
        if datasets is None:
            return self.datasets
        return list(dict.fromkeys(self._stored_name(word) for word in separated(names_of(datasets))))

    def _stored_name(self, word: str) -> str:
        if name := same(word, self.datasets) or same(_corpus_name(word), self.datasets):
            return name
        held = ", ".join(self.datasets) or "nothing yet"
        raise InputError(
            f"no {word!r} in {self.root}: {suggestion(word, self.datasets)} it holds {held}: run ser extract "
            f"--datasets {same(word, names()) or 'PATH/OF/ITS/MANIFEST.csv'} --store {self.root}"
        )

    def lacks(self, what: str, family: object) -> str:
        """Message for a family that the store does not hold."""
        return (
            f"no {what} in {self.root}: it holds {', '.join(self.families)}: "
            f"extract into a new store with --features {' '.join((*self.families, str(family)))}"
        )

    def _wide_columns(self, family: str) -> tuple[Column, ...]:
        if family not in self.description.wide:
            raise InputError(self.lacks(family, family))
        return self.description.wide[family]

    def _read(
        self, table: str, datasets: Sequence[str], empty: pa.Table, columns: Sequence[str] | None = None
    ) -> pa.Table:
        """All rows of some corpora in one of `layout.TABLES`; `empty` if there are none."""
        tables = [
            _with_dataset(part, dataset)
            for dataset in datasets
            for part in read_parts(layout.parts(self.root, table, dataset), columns)
        ]
        return concatenated(tables) if tables else _with_dataset(empty, "")


def _with_dataset(table: pa.Table, dataset: str) -> pa.Table:
    column = pa.repeat(pa.scalar(dataset), len(table))
    return table.replace_schema_metadata(None).add_column(0, "dataset", column)


def open_store(root: Path) -> Store:
    """Open an existing store.

    Raises:
        InputError: if there is none at `root`.
        StoreError: if it is of another format.
    """
    return Store(root, read_description(root))


def open_or_create(root: Path, requested: Description) -> Store:
    """Open the store at `root` for writing, or create it.

    Raises:
        InputError: if it has another profile, other extractor versions or other families.
    """
    if not (root / layout.DESCRIPTION).is_file():
        _check_empty(root)
        requested.write(root)  # two runs that create a store at once write the same
    stored = read_description(root)
    same_families = stored.families == requested.families
    if stored.profile.name != requested.profile.name or (same_families and stored.digest != requested.digest):
        raise InputError(
            f"{root} has profile {stored.profile.name} ({stored.digest}), asked for "
            f"{requested.profile.name} ({requested.digest}): pass another --store, or leave --profile and "
            "--encoder out to go on with what it has"
        )
    if not same_families:
        raise InputError(
            f"{root} holds the families {' '.join(stored.families)}, asked for "
            f"{' '.join(requested.families)}: pass another --store, or leave --features out"
        )
    return Store(root, replace(stored, profile=requested.profile))  # whose encoder may have moved


def _check_empty(root: Path) -> None:
    names = {path.name for path in root.iterdir()} - {locks.FOLDER} if root.is_dir() else ()
    others = any(not name.startswith(".") for name in names)
    if others and not (root / layout.DESCRIPTION).is_file():  # another run may have created it just now
        raise InputError(f"{root} holds other things: expected a store or nothing: pass another --store")


def _corpus_name(word: str) -> str:
    """Name of the corpus that a value of `--datasets` names, such as the path of its table."""
    if not is_table(word):
        return word
    from ser_features.corpora.folder import dataset_name

    return dataset_name(Path(word))
