"""Examples: recordings of a store for training and testing, with their classes and speakers.

`Store` → `load_examples` → `Examples` → `split`, `batches`, `training`.
Rows are joined by `file_id`, never by position; only speech is used. The class of a recording is in the
column `emotion`, whatever the target.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ser_features.errors import InputError
from ser_features.labels import in_order, is_emotion
from ser_models.data.column_file import ColumnFile, read_columns
from ser_models.data.frame_inputs import FrameSource
from ser_models.data.inputs import ColumnInputs, Inputs, Raw
from ser_models.data.speaker_norm import SpeakerPrior, SpeakerStats, normalize

if TYPE_CHECKING:
    from ser_features.store import Store


EMOTION = "emotion"
"""The usual target."""

ROWS = 8_192
"""Rows that are text at once."""


Keys = Callable[[pd.DataFrame], np.ndarray]
"""Returns the key of each row, (rows,) object; None if unknown."""


@dataclass(frozen=True)
class Examples:
    """Labelled recordings.

    Attributes:
        rows: the store's rows, one per recording, indexed 0 to n - 1.
        labels: the classes, in the order of `labels.in_order`; may hold classes that no row has.
        store: holds the frames; None where only columns are needed.
        columns: columns of a large store that `rows` lack; None if these have all.
        notes: sentences on recordings that were excluded.
        speaker_stats: statistics that values are normalised with, by `speaker_variants`; None to read values
            without speaker normalisation.
    """

    rows: pd.DataFrame
    labels: tuple[str, ...]
    store: FrameSource | None = None
    notes: tuple[str, ...] = ()
    speaker_stats: Mapping[str, SpeakerStats] | None = None
    columns: ColumnFile | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def targets(self) -> np.ndarray:
        """Class of each recording as its position in `labels`, (recordings,) int64."""
        return np.array([self.labels.index(emotion) for emotion in self.rows["emotion"]], dtype=np.int64)

    @property
    def groups(self) -> np.ndarray:
        """What no split may separate, (recordings,): a speaker, as "dataset/speaker".

        Where the speaker is unknown, a file: all of its parts, and their augmented copies.
        """
        return self.groups_by(speaker_keys)

    def groups_by(self, keys: Keys) -> np.ndarray:
        """Return the group of each recording, (recordings,): its key, or its file where there is none."""
        named = keys(self.rows)
        unknown = pd.isna(named)
        if unknown.any():
            named[unknown] = "recording " + self._source_files[unknown]
        return named

    @property
    def _source_files(self) -> np.ndarray:
        """As `files`, but those of its source for a copy."""
        rows, files = self.rows, self.files
        if "source_file_id" not in rows:
            return files
        by_id = dict(zip(rows["file_id"], files, strict=True))
        sources = rows["source_file_id"].fillna(rows["file_id"])
        return np.array([by_id.get(source, source) for source in sources], dtype=object)

    @property
    def files(self) -> np.ndarray:
        """What a random split keeps together, (recordings,): the parts of a file."""
        keys = file_keys(self.rows)
        return np.where(pd.isna(keys), self.rows["file_id"].to_numpy(dtype=object), keys)

    @property
    def unknown_speakers(self) -> int:
        """Number of recordings whose speaker is unknown."""
        return int(self.rows["speaker"].isna().sum())

    @property
    def speaker_variants(self) -> list[str]:
        """Speaker of each recording; perturbed copies of a speaker count as a speaker of their own."""
        variants = self.rows["variant"] if "variant" in self.rows else pd.Series("", self.rows.index)
        return list(self.groups + "@" + variants.fillna("").astype(str).to_numpy(dtype=object))

    @property
    def datasets(self) -> list[str]:
        """Names of the corpora, sorted."""
        return sorted(self.rows["dataset"].unique())

    @property
    def fingerprint(self) -> str:
        """12 hexadecimal digits that identify these recordings, by their names and bytes."""
        rows = _sorted_by_id(self.rows[["file_id", "audio_sha256"]])
        digest = hashlib.sha256()
        for start in range(0, max(1, len(rows)), ROWS):
            table = rows[start : start + ROWS].fillna("").to_csv(index=False, header=not start)
            digest.update(table.encode())
        return digest.hexdigest()[:12]

    def take(self, file_ids: Sequence[str]) -> "Examples":
        """Select recordings, in the given order.

        Raises:
            KeyError: if one does not exist.
        """
        positions = self.rows.reset_index().set_index("file_id").loc[list(file_ids), "index"]
        return replace(self, rows=self.rows.loc[positions].reset_index(drop=True))

    def noted(self, notes: Sequence[str]) -> "Examples":
        """The same recordings with further notes."""
        return replace(self, notes=(*self.notes, *notes))

    @property
    def first(self) -> "Examples":
        """The first recording alone."""
        return replace(self, rows=self.rows.head(1))

    @property
    def originals(self) -> "Examples":
        """The recordings without their augmented copies."""
        if "source_file_id" not in self.rows:
            return self
        rows = self.rows[self.rows["source_file_id"].isna()]
        return replace(self, rows=rows.reset_index(drop=True))

    def with_variants(self, variants: pd.DataFrame) -> "Examples":
        """Add augmented copies of these recordings.

        Args:
            variants: rows of `Store.variants`; copies of other recordings are ignored.

        Returns:
            Examples sorted by `file_id` with the columns source_file_id and variant, null for originals; a
            copy has the class of its source.
        """
        classes = self.rows.set_index("file_id")["emotion"]
        copies = variants[variants["source_file_id"].isin(classes.index)]
        copies = copies.assign(emotion=copies["source_file_id"].map(classes))
        rows = pd.concat([self.rows.assign(source_file_id=None, variant=None), copies])
        return replace(self, rows=rows.sort_values("file_id").reset_index(drop=True))

    def map_labels(self, mapped: Mapping[str, str | None], labels: Sequence[str]) -> "Examples":
        """Map emotions to classes; None excludes the recordings of an emotion."""
        notes = list(self.notes)
        counts = self.rows["emotion"].value_counts()
        for emotion, label in mapped.items():
            if label != emotion and counts.get(emotion, 0):
                done = f"count as {label}" if label else "left out: no class of the recipe"
                notes.append(f"{counts[emotion]} recordings of {emotion} {done}")
        rows = self.rows.assign(emotion=self.rows["emotion"].map(mapped)).dropna(subset="emotion")
        return replace(self, rows=rows.reset_index(drop=True), labels=tuple(labels), notes=tuple(notes))

    def keep_labels(self, labels: Sequence[str], reason: str) -> "Examples":
        """Keep the recordings of some classes; `reason` goes into the note on those left out."""
        rows = self.rows[self.rows["emotion"].isin(labels)].reset_index(drop=True)
        notes = self.notes
        if dropped := sorted(set(self.rows["emotion"]) - set(labels)):
            left_out = len(self.rows) - len(rows)
            notes += (f"{left_out} recordings of {', '.join(dropped)} left out: {reason}",)
        return replace(self, rows=rows, labels=tuple(labels), notes=notes)

    def with_known(self, keys: np.ndarray, what: str, advice: str) -> "Examples":
        """Keep the recordings of known groups, noting how many that leaves out.

        Args:
            keys: group of each recording, (recordings,); None if unknown.
            what: the property that groups them, such as "speaker".
            advice: what to do if too few are left.

        Raises:
            InputError: if no group is known, or fewer than two classes are left.
        """
        unknown = pd.isna(keys)
        if not unknown.any():
            return self
        rows = self.rows[~unknown].reset_index(drop=True)
        labels = tuple(label for label in self.labels if label in set(rows["emotion"]))
        if len(labels) < 2:
            raise InputError(
                f"the {what} of {unknown.sum()} of {len(self)} recordings of {', '.join(self.datasets)} is "
                f"unknown: expected it of at least two classes: {advice}"
            )
        note = f"{unknown.sum()} recordings left out: their {what} is unknown"
        return replace(self, rows=rows, labels=labels).noted([note])

    def normalize_speakers(self, prior: SpeakerPrior) -> "Examples":
        """The same recordings with speaker normalisation, estimated from all of these recordings."""
        raw = prior.inputs.from_store(self.store, self.rows)
        return replace(self, speaker_stats=prior.estimate_all(raw, self.speaker_variants))

    def read(self, inputs: Inputs) -> Raw:
        """Return the unscaled values that `inputs` names, in the order of the rows."""
        if self.columns and isinstance(inputs, ColumnInputs):
            return self.columns.read(self.rows, inputs.columns)
        raw = inputs.from_store(self.store, self.rows)
        if self.speaker_stats is None:
            return raw
        return normalize(inputs, raw, [self.speaker_stats[name] for name in self.speaker_variants])


def load_examples(
    store: "Store",
    datasets: Sequence[str] | None = None,
    target: str = EMOTION,
    *,
    on_disk: Sequence[str] = (),
) -> Examples:
    """Read the speech recordings of a store that have a class.

    Args:
        store: an open feature store.
        datasets: corpora to read; None for all.
        target: column of the store that holds the class.
        on_disk: columns that are left on disk, for models that are fitted batch by batch.

    Returns:
        Examples sorted by `file_id`, with every class that occurs as a label. Recordings whose emotion is
        unknown, other or no agreement are left out, as are those without a value of another target.

    Raises:
        InputError: if a corpus is not in the store, the target is no column of names, or fewer than two
            classes are left.
    """
    if on_disk:
        rows, columns = read_columns(store, store.check(datasets), on_disk)
    else:
        rows, columns = store.files(datasets), None
    is_speech = rows["vocal_channel"].fillna("speech") == "speech"
    speech = rows
    notes: tuple[str, ...] = ()
    if not is_speech.all():
        notes = (f"{(~is_speech).sum()} recordings left out: not speech",)
        speech = rows[is_speech]
    if target == EMOTION:
        has_class = speech["emotion"].map(is_emotion).astype(bool)
    else:
        from ser_models.data.target import with_target

        speech = with_target(speech, target)
        has_class = speech["emotion"].notna()
    if not has_class.all():
        words = speech.loc[~has_class, "emotion"].value_counts()
        listed = "".join(f", {label} ({words[label]})" for label in in_order(words.index))
        notes += (f"{(~has_class).sum()} recordings left out: without {target}{listed}",)
        speech = speech[has_class]
    labels = tuple(in_order(set(speech["emotion"])))
    if len(rows) and not labels and target == EMOTION:
        raise InputError(
            f"no recording of {store.root} has a label, expected emotions to learn: add a column emotion to "
            "the table and extract it again"
        )
    if len(labels) < 2:
        plural = "emotions" if target == EMOTION else f"values of {target}"
        raise InputError(
            f"found {len(speech)} speech recordings of {', '.join(labels) or f'no {target}'}: "
            f"expected at least two {plural}: extract more recordings, or name other --datasets"
        )
    return Examples(_sorted_by_id(speech), labels, store, notes, columns=columns)


def _sorted_by_id(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows sorted by `file_id` and numbered from 0; not copied if they are sorted already."""
    if not rows["file_id"].is_monotonic_increasing:
        rows = rows.sort_values("file_id")
    return rows.reset_index(drop=True)


def speaker_keys(rows: pd.DataFrame) -> np.ndarray:
    """Return "dataset/speaker" of each row: equal names in two corpora are two speakers; None if unknown.

    >>> speaker_keys(pd.DataFrame({"dataset": ["tess", "own"], "speaker": ["OAF", None]})).tolist()
    ['tess/OAF', None]
    """
    return _within_corpus(rows, "speaker")


def session_keys(rows: pd.DataFrame) -> np.ndarray:
    """Return "dataset/session" of each row; None if unknown."""
    return _within_corpus(rows, "session")


def text_keys(rows: pd.DataFrame) -> np.ndarray:
    """Return the sentence of each row: "dataset/statement", or the words where a corpus has no code of them.

    >>> rows = pd.DataFrame({"statement": ["a01", None, None], "text": ["x", "Oh no.", None]})
    >>> text_keys(rows.assign(dataset="own")).tolist()
    ['own/a01', 'text oh no', None]
    """
    keys = _within_corpus(rows, "statement")
    if "text" in rows:
        without_code = pd.isna(keys)
        texts = rows.loc[without_code, "text"].astype("string")
        words = texts.str.casefold().str.findall(r"\w+").str.join(" ")
        keys[without_code] = _or_none("text " + words, words.fillna("") == "")
    return keys


def column_keys(column: str) -> Keys:
    """Return a function for the values of a column; equal values in two corpora are one."""
    return lambda rows: _or_none(rows[column].astype(str), rows[column].isna())


def _within_corpus(rows: pd.DataFrame, column: str) -> np.ndarray:
    """Return "dataset/value" of each row; None without a value, or for stores without the column."""
    if column not in rows:
        return np.full(len(rows), None, dtype=object)
    return _or_none(rows["dataset"].astype(str) + "/" + rows[column].astype(str), rows[column].isna())


def _or_none(names: pd.Series, is_missing: pd.Series) -> np.ndarray:
    """Return names as objects, one for all rows of a name, with None where one is missing."""
    codes, different = pd.factorize(names, use_na_sentinel=False)
    keys: np.ndarray = different.to_numpy(dtype=object)[codes]
    keys[is_missing.to_numpy()] = None
    return keys


PART_COLUMNS = ("audio_channel", "start", "end")
"""Columns of a row that is a part or a channel of its file; tables of earlier versions lack them."""


def file_keys(rows: pd.DataFrame) -> np.ndarray:
    """Return the SHA-256 of each row's file where a row is a part or channel of that file; else None.

    >>> file_keys(pd.DataFrame({"audio_sha256": ["1", "1", "2"], "start": [0.5, None, None]})).tolist()
    ['1', '1', None]
    """
    columns = [name for name in PART_COLUMNS if name in rows]
    is_part = rows[columns].notna().any(axis=1).to_numpy()
    keys = np.full(len(rows), None, dtype=object)
    if is_part.any():
        digests = rows["audio_sha256"]
        of_parts = digests.isin(digests[is_part].dropna()).to_numpy()
        keys[of_parts] = digests[of_parts]
    return keys


def audio_keys(rows: pd.DataFrame) -> pd.Series:
    """Return what identifies the sound of each row: file, channel and times; null if unknown."""
    digests = rows["audio_sha256"]
    columns = [name for name in PART_COLUMNS if name in rows and rows[name].notna().any()]
    if not columns:
        return digests
    keys = digests.to_numpy(dtype=object, copy=True)
    for name in columns:
        is_set = rows[name].notna().to_numpy() & ~pd.isna(keys)
        keys[is_set] = (
            keys[is_set] + f" {name} " + rows.loc[is_set, name].astype(float).astype(str).to_numpy(object)
        )
    return pd.Series(keys, rows.index)


def synthetic_datasets(datasets: Sequence[str]) -> list[str]:
    """Return those of the corpora that are synthetic speech.

    A corpus that is not in the registry is a user's own manifest, assumed to be real speech.
    """
    from ser_features import corpora

    return [name for name in datasets if (corpus := corpora.find(name)) and corpus.synthetic]
