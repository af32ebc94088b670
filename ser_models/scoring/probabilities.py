"""Columns of probabilities, one per class → their classes and values.

header → names with a prefix or a suffix, such as p_angry or angry_prob, or names of classes → `class_columns`
cells → numbers → checked: 0 to 1, and 1 in sum | softmax, if that is requested → `Probabilities`

>>> class_columns(["file", "truth", "p_Angry", "p_sad", "p_calm"], {"angry", "sad"})
{'p_Angry': 'angry', 'p_sad': 'sad', 'p_calm': 'calm'}
>>> class_columns(["truth", "angry", "boredom", "room"], {"angry", "sad"})
{'angry': 'angry', 'boredom': 'boredom'}
"""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ser_features.errors import InputError, listed
from ser_features.labels import EMOTIONS, FURTHER_EMOTIONS, spelled
from ser_features.tables.cells import is_missing

AFFIXES = "p|prob|probs|proba|probability|posterior|softmax|score|conf|logit|logits"
PREFIXED = re.compile(rf"(?P<affix>{AFFIXES})[\s_.:(\[-]+(?P<name>.+?)[)\]]?", re.IGNORECASE)
SUFFIXED = re.compile(rf"(?P<name>.+?)[\s_.:-]+(?P<affix>{AFFIXES})", re.IGNORECASE)

FEWEST = 2
"""Number of columns from which on they are probabilities of classes."""

TOLERANCE = 0.02
"""Deviation of a sum of probabilities from 1: that of rounding to two decimals."""

LISTED = 4


@dataclass(frozen=True, slots=True)
class Probabilities:
    """Probabilities of the classes.

    Attributes:
        labels: the classes.
        values: (rows, classes), 0 to 1; NaN in all of a row in which one is missing.
    """

    labels: tuple[str, ...]
    values: np.ndarray

    def predicted(self) -> np.ndarray:
        """The most probable class of each row, (rows,), None where probabilities are missing."""
        best = np.array(self.labels, dtype=object)[np.nan_to_num(self.values).argmax(axis=1)]
        best[np.isnan(self.values[:, 0])] = None
        return best


def class_columns(header: Iterable[str], classes: Set[str]) -> dict[str, str]:
    """Find the columns of probabilities.

    Args:
        header: names of columns without another role.
        classes: those that occur.

    Returns:
        Class by column: of the first prefix or suffix, or of plain names of classes, of at least `FEWEST`
        columns that cover one of the classes; empty if there are none.
    """
    by_affix: dict[str, dict[str, str]] = {}
    for name in header:
        if match := PREFIXED.fullmatch(name) or SUFFIXED.fullmatch(name):
            by_affix.setdefault(match["affix"].lower(), {})[name] = spelled(match["name"])
        elif (label := spelled(name)) in classes or label in (*EMOTIONS, *FURTHER_EMOTIONS):
            by_affix.setdefault("", {})[name] = label
    for affix in sorted(by_affix, key=lambda affix: affix.startswith("logit")):
        columns = by_affix[affix]
        if len(columns) >= FEWEST and not classes.isdisjoint(columns.values()):
            return columns
    return {}


def read_probabilities(
    cells: pd.DataFrame, columns: Mapping[str, str], *, softmax: bool
) -> Probabilities | None:
    """Read the columns of probabilities.

    Args:
        cells: text, null where empty.
        columns: class by column.
        softmax: whether the values are logits, of which the softmax is computed.

    Returns:
        None if a column has other cells than numbers.

    Raises:
        InputError: if two columns are of one class, the values are no probabilities, or they are although
            they should be logits.
    """
    if len(labels := tuple(dict.fromkeys(columns.values()))) < len(columns):
        raise InputError(
            f"columns {listed([*columns], LISTED)} have two of one class, expected one: remove one"
        )
    text = cells[[*columns]].apply(lambda column: column.str.replace(",", ".", regex=False))
    text = text.where(text.map(lambda cell: isinstance(cell, str) and not is_missing(cell)))
    numbers = text.apply(pd.to_numeric, errors="coerce")
    if (numbers.isna() & text.notna()).to_numpy().any():
        return None
    values = numbers.to_numpy(dtype=np.float64, copy=True)
    values[np.isnan(values).any(axis=1)] = np.nan
    problem = _problem(values, [*columns])
    if softmax:
        if problem is None:
            raise InputError(
                f"columns {listed([*columns], LISTED)} are probabilities, expected logits: leave out "
                "--softmax"
            )
        from scipy.special import softmax as normalised

        return Probabilities(labels, normalised(values, axis=1))
    if problem:
        raise InputError(problem)
    return Probabilities(labels, values.clip(0, 1))


def _problem(values: np.ndarray, names: list[str]) -> str | None:
    """Why values are no probabilities; None if they are."""
    sums = values.sum(axis=1)
    with np.errstate(invalid="ignore"):
        outside = ((values < -TOLERANCE) | (values > 1 + TOLERANCE)).any(axis=1)
        wrong = np.flatnonzero(outside | (np.abs(sums - 1) > TOLERANCE))
    if not len(wrong):
        return None
    row = values[wrong[0]]
    return (
        f"columns {listed(names, LISTED)} are no probabilities: a row has {row.min():.3g} to {row.max():.3g} "
        f"and {row.sum():.3g} in sum, expected 0 to 1 and a sum of 1: pass --softmax if they are logits"
    )
