"""The recordings that a figure is drawn of: as many as can be looked at, and what is said of them.

`Store` → columns that are needed → `sample` → `Recordings` → distribution, speakers, map, contours, gallery
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

import numpy as np
import pandas as pd
import pyarrow as pa

from ser_features.errors import InputError
from ser_features.labels import in_order
from ser_features.manifest import AUDIO_COLUMNS, NAME_COLUMNS
from ser_features.store import Store
from ser_features.store.scan import scan
from ser_features.store.schema import DATASET, FRAME_COLUMNS
from ser_models.data.examples import speaker_keys, synthetic_datasets

MOST = 4_000
"""Of more recordings than this, so many are drawn: chosen by chance, the same ones each time."""

WHO = ("dataset", "file_id", "speaker", "gender", "emotion", "vocal_channel")
"""Columns that every figure reads."""

FRAMES = tuple(column.name for column in FRAME_COLUMNS)
"""Columns that say where the frames of a recording are."""


@dataclass(frozen=True)
class Recordings:
    """Recordings to draw.

    Attributes:
        rows: of the store, with the columns of `WHO` and those that were asked for, indexed 0 to n - 1.
        total: how many there are, of which these were chosen.
        meanings: description of each column that has one.
        units: unit of each column that has one, such as "Hz".
    """

    rows: pd.DataFrame
    total: int
    meanings: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    @property
    def datasets(self) -> list[str]:
        """Names of the corpora, sorted."""
        return sorted(self.rows["dataset"].unique())

    @property
    def emotions(self) -> list[str]:
        """The emotions that occur, in canonical order."""
        return in_order(set(self.rows["emotion"]))

    @property
    def speakers(self) -> np.ndarray:
        """Speaker of each recording as "dataset/speaker", shape (recordings,)."""
        return speaker_keys(self.rows)

    def said(self) -> str:
        """Say whose recordings these are, and how many."""
        n, speakers = len(self.rows), len(set(self.speakers))
        chosen = "1 recording" if n == 1 else f"{n:,} recordings"
        if n < self.total:
            chosen += f" drawn by lot from {self.total:,},"
        made = synthetic_datasets(self.datasets)
        corpora = [f"{name} (synthetic speech)" if name in made else name for name in self.datasets]
        people = "1 speaker" if speakers == 1 else f"{speakers:,} speakers"
        return f"{chosen} of {people}: {' + '.join(corpora)}"

    def label(self, column: str) -> str:
        """Name a column with its unit, for an axis."""
        unit = self.units.get(column, "")
        return column if unit in ("", "1") else f"{column} ({unit})"

    def thinned(self, most: int = MOST) -> "Recordings":
        """Draw lots if there are more than so many; the order stays."""
        if len(self.rows) <= most:
            return self
        kept = np.sort(np.random.default_rng(0).choice(len(self.rows), most, replace=False))
        return replace(self, rows=self.rows.iloc[kept].reset_index(drop=True))


def sample(
    store: Store, columns: Sequence[str] = (), datasets: Sequence[str] | None = None, most: int = MOST
) -> Recordings:
    """Read what is needed of some recordings of speech.

    Args:
        store: an open store.
        columns: feature columns, or `FRAMES`.
        datasets: corpora to read; all by default.
        most: how many recordings are kept.

    Raises:
        InputError: if there is no such corpus or column, or nothing to draw.
    """
    source = scan(store, "files", store.check(datasets))
    _check(columns, source.schema)
    table = source.to_table(columns=list(dict.fromkeys((*WHO, *columns)))).to_pandas()
    speech = table[table["vocal_channel"].fillna("speech") == "speech"]
    if not len(speech):
        raise InputError(f"no recordings of speech in {store.root}: extract some, or name other --datasets")
    rows = speech.sort_values("file_id", ignore_index=True)
    told = {each.name: each.metadata or {} for each in source.schema}
    meanings = {name: text.get(b"description", b"").decode() for name, text in told.items()}
    units = {name: text.get(b"unit", b"").decode() for name, text in told.items()}
    return Recordings(rows, len(rows), meanings, units).thinned(most)


def features(store: Store) -> list[str]:
    """Names of the columns that were computed from the sound."""
    return [column.name for column in store.description.features]


def _check(columns: Sequence[str], schema: pa.Schema) -> None:
    """Refuse what is no column of numbers."""
    fixed = {column.name for column in (DATASET, *NAME_COLUMNS, *AUDIO_COLUMNS)}
    for name in (name for name in columns if name not in FRAMES):
        known = [each.name for each in schema if not pa.types.is_string(each.type)]
        if name not in known or name in fixed - {"age"}:
            near = get_close_matches(name, [each for each in known if each not in fixed], n=3)
            meant = f", such as {', '.join(near)}" if near else ", such as pitch_mean"
            raise InputError(
                f"no feature {name!r}: expected a column of numbers{meant}: ser store info --columns "
                "lists them"
            )
