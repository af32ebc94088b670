"""Shared by all formats: `Rows`, read batch by batch, and the base class `Format`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.dataset as ds

from ser_features.errors import StoreError
from ser_features.store.description import FRAME_COLUMNS
from ser_features.store.read import Store
from ser_features.store.scan import scan

BATCH = 4_096
"""Rows per batch."""


@dataclass(frozen=True)
class Rows:
    """The recordings to export.

    Attributes:
        store: their store.
        datasets: their corpora.
        source: files/ of the store, read lazily.
        on_rows: called with the number of rows of each batch that was read.
    """

    store: Store
    datasets: tuple[str, ...]
    source: ds.Dataset
    on_rows: Callable[[int], None] = lambda count: None

    @classmethod
    def of(
        cls,
        store: Store,
        datasets: Sequence[str] | None,
        on_rows: Callable[[int], None] = lambda count: None,
    ) -> "Rows":
        """The rows of some corpora; of all for None.

        Raises:
            InputError: if the store has no such corpus.
        """
        chosen = tuple(store.check(datasets))
        return cls(store, chosen, scan(store, "files", chosen), on_rows)

    @cached_property
    def schema(self) -> pa.Schema:
        """Their columns with unit and description in each field's metadata, `dataset` first."""
        frames = {column.name for column in FRAME_COLUMNS}
        return pa.schema([field for field in self.source.schema if field.name not in frames])

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the feature columns."""
        return tuple(column.name for column in self.store.description.features)

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
        try:  # reading further ahead would keep many tables in memory
            for batch in self.source.to_batches(
                columns=names, batch_size=BATCH, batch_readahead=1, fragment_readahead=1
            ):
                yield batch
                self.on_rows(len(batch))
        except (OSError, pa.ArrowException) as error:
            raise StoreError(
                f"a table cannot be read ({error}): run ser store verify --store {self.store.root}"
            ) from error


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
