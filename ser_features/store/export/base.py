"""What every format shares: the rows, read a batch at a time, and what a format has to say of itself."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.dataset as ds

from ser_features.errors import StoreError
from ser_features.store.read import Store
from ser_features.store.scan import scan
from ser_features.store.schema import FRAME_COLUMNS

BATCH = 4_096
"""Rows in memory at once."""


@dataclass(frozen=True)
class Rows:
    """The recordings that are exported.

    Attributes:
        store: where they come from.
        datasets: their corpora.
        source: files/ of the store, read lazily.
        watch: told how many rows were read, some at a time.
    """

    store: Store
    datasets: tuple[str, ...]
    source: ds.Dataset
    watch: Callable[[int], None] = lambda rows: None

    @classmethod
    def of(
        cls,
        store: Store,
        datasets: Sequence[str] | None,
        watch: Callable[[int], None] = lambda rows: None,
    ) -> "Rows":
        """The rows of some corpora; of all for None.

        Raises:
            InputError: if the store has no such corpus.
        """
        chosen = tuple(store.check(datasets))
        return cls(store, chosen, scan(store, "files", chosen), watch)

    @cached_property
    def schema(self) -> pa.Schema:
        """Their columns with unit and description in each field's metadata, `dataset` first."""
        frames = {column.name for column in FRAME_COLUMNS}
        return pa.schema([field for field in self.source.schema if field.name not in frames])

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the columns that were computed from the sound."""
        return tuple(column.name for column in self.store.description.features)

    def count(self) -> int:
        """How many there are."""
        return self.source.count_rows()

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Read them in the order of the store, some at a time.

        Args:
            columns: names; all by default.

        Raises:
            StoreError: if a table of the store cannot be read.
        """
        names = list(self.schema.names if columns is None else columns)
        try:  # reading further ahead would hold many tables in memory
            for batch in self.source.to_batches(
                columns=names, batch_size=BATCH, batch_readahead=1, fragment_readahead=1
            ):
                yield batch
                self.watch(len(batch))
        except (OSError, pa.ArrowException) as error:
            raise StoreError(
                f"a table cannot be read ({error}): run ser store verify --store {self.store.root}"
            ) from error


class Format(ABC):
    """A format of another house.

    Attributes:
        name: its word on the command line.
    """

    name: ClassVar[str]

    @abstractmethod
    def owns(self, path: Path) -> bool:
        """Whether what is at `path` is an earlier export in this format."""

    @abstractmethod
    def write(self, rows: Rows, path: Path) -> None:
        """Write all rows to `path`, which appears whole or not at all.

        Raises:
            StoreError: if it cannot be written.
        """

    @abstractmethod
    def following(self, path: Path) -> str:
        """Say what to do next with what was written."""


def first_line(path: Path) -> str:
    """The first line of a file; empty if it is none, or no text."""
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline(10_000)
    except (OSError, ValueError):
        return ""
