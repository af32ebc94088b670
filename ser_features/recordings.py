"""The recordings of a corpus in columns: a million take a quarter of the memory of as many `Recording`s.

recordings → `Recordings.of` → Arrow columns → a sequence of `Recording`s, each made when it is read

recordings, positions → `Chosen` → positions of the recordings that rows of a store are matched to

Columns of few different values, such as the emotion, are numbers of those values.

>>> words = ("back", "dog", "boat")
>>> several = Recordings.of(Recording("tess", one, f"tess/{one}.wav", "OAF", "sad", "sad") for one in words)
>>> len(several), several[1].file_id, [one.stem for one in Recordings.by_key(several)]
(3, 'tess/dog', ['back', 'boat', 'dog'])
>>> several[1:].column("path").to_pylist(), several.column("age").null_count
(['tess/dog.wav', 'tess/boat.wav'], 3)
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ser_features.manifest import NAME_COLUMNS, Recording, Value

ROWS = 8_192
"""Recordings that are objects at once."""

_VALUES = {"dataset": pa.string(), "stem": pa.string(), "alternatives": pa.list_(pa.string())}
_VALUES |= {one.name: pa.type_for_alias(one.type) for one in NAME_COLUMNS}

_DISTINCT = frozenset(("file_id", "stem", "path", "statement", "text"))
"""Columns of text that may have another value in every row."""

_TYPES = {
    name: pa.dictionary(pa.int32(), kind) if kind == pa.string() and name not in _DISTINCT else kind
    for name, kind in _VALUES.items()
}

_ATTRIBUTES = tuple(one.name for one in fields(Recording) if one.name != "extra")
_EMPTY: dict[str, Any] = dict.fromkeys(_ATTRIBUTES)


class Recordings(Sequence[Recording]):
    """Recordings in columns; slices share memory.

    Args:
        table: columns of `Recording`s and their `file_id`; those that are null in every row are left out.
        extra: `Recording.extra` of each; None if all are empty.
    """

    def __init__(self, table: pa.Table, extra: list[Mapping[str, Value]] | None = None) -> None:
        self._table, self._extra = table, extra

    @classmethod
    def of(cls, recordings: "Iterable[Recording | Recordings]") -> "Recordings":
        """Columns of some recordings, which are read one by one, or several that are in columns already."""
        if isinstance(recordings, cls):
            return recordings
        table, extra = _joined(recordings)
        return cls(table.combine_chunks(), extra)

    @classmethod
    def by_key(cls, recordings: "Iterable[Recording | Recordings]") -> "Recordings":
        """As `of`, sorted by `file_id`; only one column at a time is in memory twice."""
        table, extra = _joined(recordings)
        positions = pc.sort_indices(table["file_id"])
        columns = dict(zip(table.column_names, table.columns, strict=True))
        del table
        for name in columns:
            columns[name] = columns[name].combine_chunks().take(positions)
            pa.default_memory_pool().release_unused()  # the allocator would keep a third of the memory
        return cls(pa.table(columns), extra and [extra[position] for position in positions.to_pylist()])

    def __len__(self) -> int:
        return len(self._table)

    @overload
    def __getitem__(self, index: int) -> Recording: ...
    @overload
    def __getitem__(self, index: slice) -> "Recordings": ...
    def __getitem__(self, index: int | slice) -> "Recording | Recordings":
        """One recording, or those of a range."""
        if isinstance(index, int):
            position = range(len(self))[index]
            return next(iter(self[position : position + 1]))
        start, stop, step = index.indices(len(self))
        if step != 1:
            return self.take(np.arange(start, stop, step))
        stop = max(start, stop)
        return Recordings(self._table.slice(start, stop - start), self._extra and self._extra[start:stop])

    def __iter__(self) -> Iterator[Recording]:
        """Make one recording after the other."""
        names = [name for name in _ATTRIBUTES if name in self._table.column_names]
        for start in range(0, len(self), ROWS):
            rows = self._table.slice(start, ROWS)
            values = zip(*(_decoded(rows[name]).to_pylist() for name in names), strict=True)
            for position, row in enumerate(values, start):
                attributes = _EMPTY | dict(zip(names, row, strict=True))
                attributes["alternatives"] = tuple(attributes["alternatives"] or ())
                if self._extra:
                    attributes["extra"] = self._extra[position]
                yield Recording(**attributes)

    def __eq__(self, other: object) -> bool:
        """Whether another sequence has equal recordings."""
        return isinstance(other, Sequence) and list(self) == list(other)

    @property
    def filled(self) -> frozenset[str]:
        """Attributes that are not None in every recording."""
        return frozenset(self._table.column_names)

    def column(self, name: str) -> pa.ChunkedArray:
        """An attribute of all recordings."""
        index = self._table.schema.get_field_index(name)  # `column_names` makes a list of all
        if index >= 0:
            return _decoded(self._table.column(index))
        return pa.chunked_array([pa.nulls(len(self), _VALUES[name])])

    def extra(self, name: str) -> list[Value]:
        """A further column of a user's own table."""
        return [one.get(name) for one in self._extra] if self._extra else [None] * len(self)

    def stems_among(self, stems: Sequence[str]) -> list[str]:
        """Those of some stems that a recording has."""
        own = self.column("stem")
        return [str(stem) for stem in own.filter(pc.is_in(own, pa.array(stems, pa.string()))).to_pylist()]

    def take(self, positions: np.ndarray) -> "Recordings":
        """The recordings at some positions, in that order; consecutive ones share memory."""
        if len(positions) and (np.diff(positions) == 1).all():
            return self[int(positions[0]) : int(positions[-1]) + 1]
        extra = [self._extra[position] for position in positions] if self._extra else None
        return Recordings(self._table.take(pa.array(positions)), extra)

    def position(self, file_id: str) -> int:
        """Where a `file_id` is, or would be, among recordings that are sorted by it."""
        keys = self.column("file_id")
        return bisect_left(range(len(self)), file_id, key=lambda position: keys[position].as_py())

    def has_repeated_keys(self) -> bool:
        """Whether two recordings have one `file_id`, among recordings that are sorted by it."""
        keys = self.column("file_id")
        return bool(pc.any(pc.equal(keys[1:], keys[:-1])).as_py())


class Chosen:
    """The recordings of a corpus, and which of them were chosen and not yet met in the store.

    Args:
        recordings: sorted by `file_id`.
        chosen: positions in them.

    Attributes:
        recordings: all of them.
        awaited: of bool, whether one was chosen and no row was matched to it.
    """

    def __init__(self, recordings: Recordings, chosen: Sequence[int]) -> None:
        self.recordings, self.awaited = recordings, np.zeros(len(recordings), bool)
        self.awaited[np.asarray(chosen, int)] = True

    def following(self, file_id: str, count: int) -> slice | None:
        """Positions of so many recordings from one on; None unless all of them are awaited."""
        first = self.recordings.position(file_id)
        awaited = self.awaited[first : first + count]
        return slice(first, first + count) if len(awaited) == count and awaited.all() else None

    def take(self, positions: slice) -> bool:
        """Await the recordings at some positions no longer; False, and no change, unless all are awaited."""
        if not self.awaited[positions].all():
            return False
        self.awaited[positions] = False
        return True

    def matched(self, file_ids: pa.ChunkedArray) -> np.ndarray:
        """Positions of the recordings of some rows, which are no longer awaited; -1 where none is."""
        ends = pc.min_max(file_ids).as_py()
        if ends["min"] is None:
            return np.empty(0, int)
        first = self.recordings.position(ends["min"])
        keys = self.recordings.column("file_id").slice(first)
        if keys.slice(0, len(file_ids)).equals(file_ids):  # as of a cell that has not changed
            inside = np.arange(len(file_ids))
        else:
            keys = keys.slice(0, self.recordings.position(ends["max"]) + 1 - first)
            inside = pc.index_in(file_ids, keys.combine_chunks()).fill_null(-1).to_numpy()
        here = inside >= 0
        here[here] = self.awaited[inside[here] + first]
        self.awaited[inside[here] + first] = False
        return np.where(here, inside + first, -1)


def _joined(
    recordings: Iterable[Recording | Recordings],
) -> tuple[pa.Table, list[Mapping[str, Value]] | None]:
    """Columns in the chunks that they come in, and further columns of users' tables."""
    if isinstance(recordings, Recordings):
        return recordings._table, recordings._extra
    tables = [pa.table({"file_id": pa.array([], pa.string())})]
    extra: list[Mapping[str, Value]] = []
    rows = 0
    for block in _blocks(recordings):
        tables.append(block._table)
        if block._extra or extra:
            extra += [{}] * (rows - len(extra)) + list(block._extra or [{}] * len(block))
        rows += len(block)
    return pa.concat_tables(tables, promote_options="default"), extra or None


def _blocks(recordings: Iterable[Recording | Recordings]) -> Iterator[Recordings]:
    """Recordings in columns as they are, others in columns of `ROWS`."""
    rows: list[Recording] = []
    for one in recordings:
        if isinstance(one, Recording):
            rows.append(one)
        if rows and (len(rows) == ROWS or isinstance(one, Recordings)):
            yield _in_columns(rows)
            rows = []
        if isinstance(one, Recordings):
            yield one
    if rows:
        yield _in_columns(rows)


def _in_columns(rows: Sequence[Recording]) -> Recordings:
    extra = [one.extra for one in rows]
    return Recordings(columns_of(rows), extra if any(extra) else None)


def columns_of(recordings: Sequence[Recording]) -> pa.Table:
    """Columns that are not empty."""
    columns: dict[str, pa.Array] = {}
    for name in ("file_id", *_ATTRIBUTES):
        values = list(map(attrgetter(name), recordings))
        if name == "alternatives":
            values = [value or None for value in values]
        if values.count(None) < len(values):
            columns[name] = pa.array(values, _TYPES[name])
    return pa.table(columns)


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The values of a column of numbers of values."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
