"""Rules of a split, and the dealing of recordings to parts of given shares: whole groups, or one by one.

kind of split → `rules_of` → `Rule`s, what its sides do not share
`Examples`, shares → `Draw.parts` → `deal_groups` or `deal_at_random` → part of each recording
`Examples`, tested recordings → `Draw.with_validation` → sides of one fold
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ser_models.data.examples import Examples, Keys, column_keys, session_keys, speaker_keys, text_keys

STRATA: dict[str, tuple[str, ...]] = {"none": (), "emotion": ("emotion",), "dataset": ("dataset", "emotion")}
"""Columns whose combinations a random split has in the same shares on every side, by name."""
VALIDATION_SHARE = 0.15
"""Share of validation among the recordings outside of test."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What no two sides of a split have in common.

    Attributes:
        what: the property, in the singular.
        protocol: the words for a split by this rule.
        keys: its value for each recording; None if unknown.
        advice: what to do where it is unknown.
    """

    what: str
    protocol: str
    keys: Keys
    advice: str


def partition_keys(rows: pd.DataFrame) -> np.ndarray:
    """Return the published side of each row, "train", "validation" or "test"; None without one.

    >>> partition_keys(pd.DataFrame({"partition": ["train", "dev", "test2", "other", None]})).tolist()
    ['train', 'validation', 'test', None, None]
    """
    if "partition" not in rows:
        return np.full(len(rows), None, dtype=object)
    sides = rows["partition"].astype(str).str.extract("^(train|dev|test)", expand=False)
    keys = sides.replace({"dev": "validation"}).to_numpy(dtype=object, copy=True)
    keys[sides.isna().to_numpy()] = None
    return keys


RULES: dict[str, Rule] = {
    "speaker": Rule(
        "speaker",
        "speaker-disjoint",
        speaker_keys,
        "add a column speaker to the table, or pass --split random, whose figures say nothing about new "
        "voices",
    ),
    "session": Rule(
        "session",
        "session-disjoint",
        session_keys,
        "add a column session to the table, or use another --split",
    ),
    "text": Rule(
        "sentence",
        "sentence-disjoint",
        text_keys,
        "add a column text_id or text to the table, or use another --split",
    ),
    "official": Rule(
        "partition",
        "published",
        partition_keys,
        "add a column partition with train, dev and test, or use another --split",
    ),
}
"""By kind of split; `speaker+text` has two of them."""


def rules_of(kind: str, column: str | None = None) -> tuple[Rule, ...]:
    """Return the rules of a kind of split; those of a column if one is given."""
    if column is not None:
        advice = f"fill in the column {column}, or split by another one"
        return (Rule(column, f"disjoint by {column}", column_keys(column), advice),)
    return tuple(RULES[name] for name in kind.split("+") if name in RULES)


def deal(counts: np.ndarray, shares: Sequence[float], rng: np.random.Generator) -> np.ndarray:
    """Assign whole groups, such as speakers, to parts that approach their share of every stratum.

    Greedy, largest group first: each goes to the part where the squared distance to the target shares falls
    most. No part stays empty while there are enough groups.

    Args:
        counts: recordings per group and stratum, (groups, strata).
        shares: target share of each part, summing to 1.
        rng: breaks ties.

    Returns:
        The part of each group, (groups,) from 0.
    """
    weights = counts / np.maximum(counts.sum(axis=0), 1)
    missing = np.repeat(np.asarray(shares, dtype=float)[:, None], counts.shape[1], axis=1)
    order = rng.permutation(len(counts))
    order = order[np.argsort(-counts[order].sum(axis=1), kind="stable")]
    parts = np.full(len(counts), -1)
    for left, group in zip(range(len(counts), 0, -1), order, strict=True):
        empty = [part for part in range(len(shares)) if part not in parts]
        open_parts = np.array(empty if len(empty) >= left else range(len(shares)))
        gain = (missing[open_parts] ** 2 - (missing[open_parts] - weights[group]) ** 2).sum(axis=1)
        parts[group] = open_parts[np.argmax(gain)]
        missing[parts[group]] -= weights[group]
    return parts


def deal_groups(
    groups: np.ndarray, strata: pd.DataFrame, shares: Sequence[float], rng: np.random.Generator
) -> np.ndarray:
    """Assign recordings to parts, those of a group together.

    Args:
        groups: name of the group of each recording, (recordings,).
        strata: columns whose values approach their share in each part, a row per recording.
        shares: of each part, summing to 1.
        rng: breaks ties.

    Returns:
        The part of each recording, (recordings,) from 0.
    """
    names = pd.Index(sorted(set(groups)))
    position = names.get_indexer(groups)
    dummies = pd.get_dummies(strata.astype(str)).to_numpy(dtype=float)
    counts = np.zeros((len(names), dummies.shape[1]))
    np.add.at(counts, position, dummies)
    return deal(counts, shares, rng)[position]


def deal_at_random(strata: np.ndarray, shares: Sequence[float], rng: np.random.Generator) -> np.ndarray:
    """Assign recordings to parts of exact sizes, with each stratum in every part according to its share.

    As many as scikit-learn's `train_test_split` takes: the last part, the last two, ... are the recordings
    times their share, rounded up. Each part is a systematic sample: evenly spaced in the recordings that are
    left, which are shuffled within their stratum.

    Args:
        strata: of each recording, (recordings,).
        shares: of each part, summing to 1.
        rng: shuffles.

    Returns:
        The part of each recording, (recordings,) from 0.

    >>> deal_at_random(np.array([0, 0, 0, 0, 1, 1]), [0.5, 0.5], np.random.default_rng(0)).tolist()
    [0, 1, 1, 0, 1, 0]
    """
    left = rng.permutation(len(strata))
    left = left[np.argsort(np.unique(strata, return_inverse=True)[1][left], kind="stable")]
    ends = np.ceil(np.cumsum(shares[::-1]) * len(strata) - 1e-6).astype(int)
    parts = np.zeros(len(strata), dtype=int)
    for part, count in zip(range(len(shares) - 1, 0, -1), np.diff(ends, prepend=0), strict=False):
        drawn = ((np.arange(count) + rng.random()) * (len(left) / max(count, 1))).astype(int)
        parts[left[drawn]] = part
        left = np.delete(left, drawn)
    return parts


@dataclass(frozen=True)
class Draw:
    """How recordings are assigned to parts.

    Attributes:
        keys: of the groups that stay together; None for a random split.
        stratify: strata of a random split, one of `STRATA`.
        rng: of all draws.
    """

    keys: Keys | None
    stratify: str
    rng: np.random.Generator

    def groups(self, examples: Examples) -> np.ndarray:
        """Return the group of each recording; a group of its own in a random split."""
        return _ids(examples) if self.keys is None else examples.groups_by(self.keys)

    def parts(self, examples: Examples, shares: Sequence[float]) -> np.ndarray:
        """Return the part of each recording, whole groups together, or whole files in a random split."""
        rows = examples.rows
        if self.keys is not None:
            strata = rows[["emotion", "dataset", "gender"]]
            return deal_groups(self.groups(examples), strata, shares, self.rng)
        columns = list(STRATA[self.stratify])
        numbers = rows.groupby(columns).ngroup() if columns else pd.Series(0, rows.index)
        files = examples.files
        if len(shares) <= len(set(files)) < len(files):
            return deal_groups(files, numbers.to_frame(), shares, self.rng)
        return deal_at_random(numbers.to_numpy(), shares, self.rng)

    def with_validation(self, examples: Examples, test: np.ndarray, fold: int) -> pd.DataFrame:
        """Hold validation out of what is not tested: whole groups, while at least two remain to train on.

        With fewer groups speakers are held out, and with fewer speakers random recordings.
        """
        pool = Examples(examples.rows[~test].reset_index(drop=True), examples.labels)
        draw = next(
            draw
            for draw in (self, replace(self, keys=speaker_keys), replace(self, keys=None))
            if draw.keys is None or len(set(draw.groups(pool))) >= 3
        )
        held_out = draw.parts(pool, [1 - VALIDATION_SHARE, VALIDATION_SHARE]) == 1
        sides = np.full(len(examples), "test", dtype=object)
        sides[~test] = np.where(held_out, "validation", "train")
        return sides_table(examples, sides, fold)


def sides_table(examples: Examples, sides: np.ndarray, fold: int) -> pd.DataFrame:
    """Return the sides of one fold: columns file_id, fold, split."""
    return pd.DataFrame({"file_id": _ids(examples), "fold": fold, "split": sides})


def _ids(examples: Examples) -> np.ndarray:
    return examples.rows["file_id"].to_numpy(dtype=object)
