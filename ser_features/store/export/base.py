"""Shared by all formats: `Rows`, read batch by batch, and the base class `Format`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from ser_features.errors import InputError, StoreError
from ser_features.labels import in_order
from ser_features.manifest import Column
from ser_features.store.description import FRAME_COLUMNS, arrow_field
from ser_features.store.read import WIDE_KEYS, Store
from ser_features.store.scan import scan

BATCH = 4_096
"""Rows per batch."""


WIDE_ROWS = 512
"""Least rows per batch with thousands of columns."""


@dataclass(frozen=True)
class Rows:
    """The recordings to export.

    Attributes:
        store: their store.
        datasets: their corpora.
        source: files/ of the store, read lazily.
        families: wide families whose columns follow.
        on_rows: called with the number of rows of each batch that was read.
    """

    store: Store
    datasets: tuple[str, ...]
    source: ds.Dataset
    families: tuple[str, ...] = ()
    on_rows: Callable[[int], None] = lambda count: None

    @classmethod
    def of(
        cls,
        store: Store,
        datasets: Sequence[str] | None,
        on_rows: Callable[[int], None] = lambda count: None,
        families: Sequence[str] = (),
    ) -> "Rows":
        """The rows of some corpora; of all for None.

        Raises:
            InputError: if the store has no such corpus, or was extracted without a family.
        """
        chosen = tuple(store.check(datasets))
        if absent := [name for name in families if name not in store.description.wide]:
            raise InputError(store.lacks(absent[0], absent[0]))
        return cls(store, chosen, scan(store, "files", chosen), tuple(families), on_rows)

    @cached_property
    def schema(self) -> pa.Schema:
        """Their columns with unit and description in each field's metadata, `dataset` first."""
        frames = {column.name for column in FRAME_COLUMNS}
        narrow = [field for field in self.source.schema if field.name not in frames]
        return pa.schema([*narrow, *(arrow_field(column) for column in self._wide)])

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the feature columns."""
        return tuple(column.name for column in (*self.store.description.features, *self._wide))

    @property
    def _wide(self) -> tuple[Column, ...]:
        return tuple(column for name in self.families for column in self.store.description.wide[name])

    def words(self, names: Sequence[str]) -> dict[str, list[str]]:
        """Different values of text columns that have any: emotions in their order, others sorted."""
        values: dict[str, set[str]] = {name: set() for name in names if name in self.schema.names}
        for batch in self.batches(list(values)):
            for name, words in values.items():
                words.update(pc.unique(batch[name]).drop_null().to_pylist())
        return {
            name: in_order(words) if name == "emotion" else sorted(words)
            for name, words in values.items()
            if words
        }

    def count(self) -> int:
        """Number of recordings."""
        return self.source.count_rows()

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Read them in the order of the store, batch by batch.

        Args:
            columns: names; all by default.

        Raises:
            StoreError: if a table of the store cannot be read.
        """
        names = list(self.schema.names if columns is None else columns)
        in_rows = {*self.source.schema.names}
        try:
            if in_rows.issuperset(names):
                yield from self._read(names)
                return
            read = [*(name for name in names if name in in_rows), *WIDE_KEYS]
            for rows in _grouped(self._read(list(dict.fromkeys(read)))):
                yield self._joined(rows, names)
        except (OSError, pa.ArrowException) as error:
            raise StoreError(
                f"a table cannot be read ({error}): run ser store verify --store {self.store.root}"
            ) from error

    def _read(self, names: list[str]) -> Iterator[pa.RecordBatch]:
        """Columns of files/; reading further ahead would keep many tables in memory."""
        for batch in self.source.to_batches(
            columns=names, batch_size=BATCH, batch_readahead=1, fragment_readahead=1
        ):
            yield batch
            self.on_rows(len(batch))

    def _joined(self, rows: pa.Table, names: Sequence[str]) -> pa.RecordBatch:
        """Rows with their values of the wide families."""
        tables = [rows, *(self.store.wide_columns_of(rows, family) for family in self.families)]
        arrays = {name: table[name].combine_chunks() for table in tables for name in table.column_names}
        schema = pa.schema([self.schema.field(name) for name in names])
        return pa.RecordBatch.from_arrays([arrays[name] for name in names], schema=schema)


def _grouped(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Batches joined into tables of `WIDE_ROWS` or more: a batch costs as much as its columns."""
    pending: list[pa.RecordBatch] = []
    for batch in batches:
        pending.append(batch)
        if sum(map(len, pending)) >= WIDE_ROWS:
            yield pa.Table.from_batches(pending)
            pending = []
    if pending:
        yield pa.Table.from_batches(pending)


class Format(ABC):
    """An export format.

    Attributes:
        name: its name on the command line.
    """

    name: ClassVar[str]

    @abstractmethod
    def owns(self, path: Path) -> bool:
        """Whether what is at `path` is an earlier export in this format."""

    @abstractmethod
    def write(self, rows: Rows, path: Path) -> None:
        """Write all rows to `path`, which appears complete or not at all.

        Raises:
            StoreError: if it cannot be written.
        """

    @abstractmethod
    def next_step(self, path: Path) -> str:
        """How to use the export, as a command or a sentence."""
