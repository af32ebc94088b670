"""Groups of recordings that belong together: of one speaker, session, sentence, file or piece of audio.

rows of a store → `speaker_keys`, `session_keys`, `text_keys`, `file_keys`, … → key of each row, or None
kind of split → `rules_of` → `Rule`s, what its sides do not share
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

Keys = Callable[[pd.DataFrame], np.ndarray]
"""Returns the key of each row, (rows,) object; None if unknown."""


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
        words = rows["text"].astype("string").str.casefold().str.findall(r"\w+").str.join(" ")
        spoken = pd.isna(keys) & (words.fillna("") != "").to_numpy()
        keys[spoken] = "text " + words[spoken].to_numpy(dtype=object)
    return keys


def column_keys(column: str) -> Keys:
    """Return a function for the values of a column; equal values in two corpora are one."""

    def keys(rows: pd.DataFrame) -> np.ndarray:
        values: np.ndarray = rows[column].astype(str).to_numpy(dtype=object, copy=True)
        values[rows[column].isna().to_numpy()] = None
        return values

    return keys


def _within_corpus(rows: pd.DataFrame, column: str) -> np.ndarray:
    """Return "dataset/value" of each row; None without a value, or for stores without the column."""
    if column not in rows:
        return np.full(len(rows), None, dtype=object)
    names = rows["dataset"].astype(str) + "/" + rows[column].astype(str)
    keys: np.ndarray = names.to_numpy(dtype=object, copy=True)
    keys[rows[column].isna().to_numpy()] = None
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


def audio_keys(rows: pd.DataFrame) -> np.ndarray:
    """Return what identifies the sound of each row: file, channel and times; None if unknown."""
    keys: np.ndarray = rows["audio_sha256"].to_numpy(dtype=object, copy=True)
    for name in PART_COLUMNS:
        if name in rows:
            is_set = rows[name].notna().to_numpy() & ~pd.isna(keys)
            keys[is_set] = (
                keys[is_set] + f" {name} " + rows.loc[is_set, name].astype(float).astype(str).to_numpy(object)
            )
    return keys


@dataclass(frozen=True, slots=True)
class Rule:
    """What no two sides of a split have in common.

    Attributes:
        what: the property, in the singular.
        keys: its value for each recording; None if unknown.
        advice: what to do where it is unknown.
    """

    what: str
    keys: Keys
    advice: str

    @property
    def protocol(self) -> str:
        """The words for a split by this rule, such as "speaker-disjoint"."""
        return f"{self.what}-disjoint"


def partition_keys(rows: pd.DataFrame) -> np.ndarray:
    """Return the published side of each row, "train", "validation" or "test"; None without one.

    >>> partition_keys(pd.DataFrame({"partition": ["train", "dev", "test2", "other", None]})).tolist()
    ['train', 'validation', 'test', None, None]
    """
    if "partition" not in rows:
        return np.full(len(rows), None, dtype=object)
    sides = rows["partition"].astype(str).str.extract("^(train|dev|test)", expand=False)
    return sides.replace({"dev": "validation"}).where(sides.notna(), None).to_numpy(dtype=object)


RULES: dict[str, Rule] = {
    "speaker": Rule(
        "speaker",
        speaker_keys,
        "add a column speaker to the table, or pass --split random, whose figures say nothing about new "
        "voices",
    ),
    "session": Rule("session", session_keys, "add a column session to the table, or use another --split"),
    "text": Rule("sentence", text_keys, "add a column text_id or text to the table, or use another --split"),
    "official": Rule(
        "partition", partition_keys, "add a column partition with train, dev and test, or use another --split"
    ),
}
"""By kind of split; `speaker+text` has two of them."""


def rules_of(kind: str, column: str | None = None) -> tuple[Rule, ...]:
    """Return the rules of a kind of split; those of a column if one is given."""
    if column is not None:
        advice = f"fill in the column {column}, or split by another one"
        return (Rule(column, column_keys(column), advice),)
    return tuple(RULES[name] for name in kind.split("+") if name in RULES)
