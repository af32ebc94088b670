"""The recordings of a figure: a sample of a store with the columns that are drawn, or one file.

`Store` → `sample` → `Recordings` → counts, distribution, speakers, map, contours, gallery
file, profile → `read_file` → `File` → frames, augmented, bone
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from ser_features.audio import Audio, read_bytes
from ser_features.config import Profile
from ser_features.errors import AudioError, InputError
from ser_features.extractors.base import Analysis
from ser_features.foreign import name_file
from ser_features.labels import in_order
from ser_features.manifest import AUDIO_COLUMNS, NAME_COLUMNS
from ser_features.pipeline import analyse
from ser_features.store import Store
from ser_features.store.description import DATASET, FRAME_COLUMNS
from ser_features.store.scan import scan
from ser_models.data.examples import speaker_keys, synthetic_datasets
from ser_models.reporting.text import counted

MOST = 4_000
"""Maximal number of recordings of a figure; a random sample of more, with a fixed seed."""

DESCRIPTIVE = ("dataset", "file_id", "speaker", "gender", "emotion", "vocal_channel")
"""Columns that every figure reads."""

FRAMES = tuple(column.name for column in FRAME_COLUMNS)
"""Columns with the position of a recording's frames."""


@dataclass(frozen=True)
class Recordings:
    """Recordings to draw.

    Attributes:
        rows: of the store, with the columns `DESCRIPTIVE` and the requested ones, indexed 0 to n - 1.
        total: number of recordings that they were sampled from.
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
        """Speaker of each recording as "dataset/speaker", (recordings,); the unknown of a corpus are one."""
        keys = speaker_keys(self.rows)
        return np.where(pd.isna(keys), self.rows["dataset"] + "/unknown", keys)

    def summary(self) -> str:
        """Number of recordings and speakers, and the corpora."""
        n = len(self.rows)
        drawn = counted(n, "recording")
        if n < self.total:
            drawn += f", a random sample of {self.total:,},"
        synthetic = synthetic_datasets(self.datasets)
        corpora = [f"{name} (synthetic speech)" if name in synthetic else name for name in self.datasets]
        names = set(speaker_keys(self.rows)) - {None}
        unknown = " and unknown speakers" if self.rows["speaker"].isna().any() else ""
        who = f"{counted(len(names), 'speaker')}{unknown}" if names else "unknown speakers"
        return f"{drawn} of {who}: {' + '.join(corpora)}"

    def label(self, column: str) -> str:
        """Name of a column with its unit."""
        unit = self.units.get(column, "")
        return column if unit in ("", "1") else f"{column} ({unit})"

    def sampled(self, most: int = MOST) -> "Recordings":
        """A random sample of at most `most` recordings, in the same order."""
        if len(self.rows) <= most:
            return self
        chosen = np.sort(np.random.default_rng(0).choice(len(self.rows), most, replace=False))
        return replace(self, rows=self.rows.iloc[chosen].reset_index(drop=True))


def sample(
    store: Store, columns: Sequence[str] = (), datasets: Sequence[str] | None = None, most: int = MOST
) -> Recordings:
    """Read columns of a random sample of the recordings of speech.

    Args:
        store: an open store.
        columns: feature columns, or `FRAMES`.
        datasets: corpora to read; all by default.
        most: size of the sample.

    Raises:
        InputError: if there is no such corpus or column, or no recording of speech.
    """
    source = scan(store, "files", store.check(datasets))
    _check(columns, source.schema)
    table = source.to_table(columns=list(dict.fromkeys((*DESCRIPTIVE, *columns)))).to_pandas()
    speech = table[table["vocal_channel"].fillna("speech") == "speech"]
    if not len(speech):
        raise InputError(f"no recordings of speech in {store.root}: extract some, or name other --datasets")
    rows = speech.sort_values("file_id", ignore_index=True)
    metadata = {column.name: column.metadata or {} for column in source.schema}
    meanings = {name: entry.get(b"description", b"").decode() for name, entry in metadata.items()}
    units = {name: entry.get(b"unit", b"").decode() for name, entry in metadata.items()}
    return Recordings(rows, len(rows), meanings, units).sampled(most)


@dataclass(frozen=True)
class File:
    """One recording to draw.

    Attributes:
        name: of the file.
        decoded: its signal.
        analysis: the signal as the profile prepares it, with its frames.
    """

    name: str
    decoded: Audio
    analysis: Analysis

    def summary(self) -> str:
        """Name, duration, sample rate and profile."""
        rate, analysed = self.decoded.sample_rate, self.analysis.seconds
        return (
            f"{self.name}: {self.decoded.signal.size / rate:.2f} s at {rate / 1000:g} kHz, of which "
            f"{analysed:.2f} s are analysed (profile {self.analysis.profile.name})."
        )


def read_file(path: Path, profile: Profile) -> File:
    """Read a recording from a file.

    Raises:
        AudioError: a subclass for each reason to reject the file; the message names it.
    """
    try:
        return File(path.name, *analyse(read_bytes(path), profile))
    except AudioError as error:
        raise type(error)(f"{path}: {name_file(str(error), str(path))}") from error


def features(store: Store) -> list[str]:
    """Names of the columns that were computed from the audio."""
    return [column.name for column in store.description.features]


def _check(columns: Sequence[str], schema: pa.Schema) -> None:
    """Refuse columns that are absent or not numeric."""
    fixed = {column.name for column in (DATASET, *NAME_COLUMNS, *AUDIO_COLUMNS)}
    numeric = [column.name for column in schema if not pa.types.is_string(column.type)]
    for name in (name for name in columns if name not in FRAMES):
        if name not in numeric or name in fixed - {"age"}:
            near = get_close_matches(name, [column for column in numeric if column not in fixed], n=3)
            raise InputError(
                f"no feature {name!r}: expected a column of numbers, such as "
                f"{', '.join(near) or 'pitch_mean'}: ser store info --columns lists them"
            )


MOST_CORRELATED = 0.8
"""A feature whose absolute correlation with a better one is as high as this is skipped as redundant."""


def rank_features(recordings: Recordings, columns: Sequence[str], most: int = 3) -> dict[str, float]:
    """Select the features that vary most between the emotions of a speaker.

    Args:
        recordings: with the columns.
        columns: features to choose from.
        most: maximal number of features.

    Returns:
        By column, the best first: the share of its variance within speakers that lies between emotions
        (η², 0 to 1). Constant columns and redundant ones are left out.
    """
    values = recordings.rows[list(columns)].astype(float)
    own = (values - values.groupby(recordings.speakers).transform("mean")).fillna(0)
    own = own.loc[:, own.std() > 1e-9 * values.abs().mean()]
    between = own.groupby(recordings.rows["emotion"]).transform("mean")
    shares = ((between**2).sum() / (own**2).sum()).sort_values(ascending=False, kind="stable")
    correlations = own[shares.index].corr().abs().to_numpy()
    chosen: list[int] = []
    for index in range(len(shares)):
        if len(chosen) < most and (not chosen or np.max(correlations[index, chosen]) < MOST_CORRELATED):
            chosen.append(index)
    return {str(shares.index[index]): float(shares.iloc[index]) for index in chosen}
