"""A table of predictions → true and predicted class of each recording, with speaker and groups.

file → cells → `Roles` → rows with a truth and a prediction, of the test side alone → `Predictions`

Classes are compared by their usual spelling: Anger and angry are one class. What was left out is counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ser_features.errors import InputError, counted, listed
from ser_features.labels import in_order, spelled
from ser_features.tables.cells import text_or_none
from ser_models.auditing.sources import forms
from ser_models.auditing.sources.listing import Listed
from ser_models.auditing.sources.sides import EVAL, side_of
from ser_models.auditing.split_table import TEST
from ser_models.scoring.column_names import PREDICTIONS, usual_names
from ser_models.scoring.columns import ReadOptions, Roles, recognise
from ser_models.scoring.probabilities import Probabilities, class_columns, read_probabilities
from ser_models.scoring.speakers import with_speakers

MOST_CLASSES = 100
LISTED = 6


@dataclass(frozen=True, slots=True)
class Predictions:
    """True and predicted classes.

    Attributes:
        name: of the file.
        rows: a row per recording: `file_id` (its number if no column names it), `dataset` and `speaker`
            (None if unknown), `emotion` (the true class), `predicted`, and the columns of `groups`.
        labels: the classes, in order.
        probabilities: of the rows, in the order of `labels`; None without, or if a class lacks them.
        columns: column of the table by role.
        groups: columns whose values are compared.
        has_names: whether a column names the recordings.
        unpredicted: number of recordings by true class that have no prediction; they are not in `rows`.
        notes: how the table was understood, and what was left out.
    """

    name: str
    rows: pd.DataFrame
    labels: tuple[str, ...]
    probabilities: np.ndarray | None
    columns: Mapping[str, str]
    groups: tuple[str, ...]
    has_names: bool
    unpredicted: Mapping[str, int]
    notes: tuple[str, ...]


def read_predictions(path: Path, given: ReadOptions) -> Predictions:
    """Read predictions.

    Args:
        path: of a table: CSV, TSV, JSON, JSON lines, Parquet or audformat.
        given: what the user says about it.

    Raises:
        InputError: if it is no such table, lacks a column, or leaves open which of two is meant.
        MissingExtraError: if a package is needed that is not installed.
    """
    several = forms.read(path, [*given.columns(), *usual_names()])
    if len(several) > 1:
        raise InputError(
            f"{path} has {len(several)} lists, expected one table of predictions: name one of them"
        )
    try:
        return _predictions(several[0], given)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _predictions(table: Listed, given: ReadOptions) -> Predictions:
    header = [*table.cells.columns]
    roles = recognise(header, given)
    notes = [*table.notes]
    cells = _of_test(table.cells, roles, notes)
    words = {name: _classes(cells[name], notes) for name in (roles.truth, roles.prediction) if name}
    truth = words[roles.truth]
    probabilities = _probabilities(cells, roles, {*truth.dropna()}, notes, softmax=given.softmax)
    if roles.prediction is not None:
        predicted = words[roles.prediction]
    elif probabilities is not None:
        predicted = pd.Series(probabilities.predicted(), cells.index, dtype=object)
    else:
        raise InputError(
            f"no column of predictions: found {listed(header, LISTED)}, expected {PREDICTIONS}: add one, or "
            "name it with --prediction COLUMN"
        )
    is_scored = (truth.notna() & predicted.notna()).to_numpy()
    labels = _labels(truth[is_scored], predicted[is_scored], probabilities)
    if absent := int(truth.isna().sum()):
        notes.append(f"{counted(absent, 'row')} without a true class: left out")
    rows = _rows(cells, roles).assign(emotion=truth, predicted=predicted)[is_scored]
    rows = with_speakers(rows, roles, given, notes)
    unpredicted = truth[truth.notna() & predicted.isna()].value_counts().to_dict()
    return Predictions(
        table.name,
        rows.reset_index(drop=True),
        labels,
        _in_order(probabilities, labels, is_scored, notes),
        roles.used(),
        roles.groups,
        roles.path is not None,
        unpredicted,
        (*notes, *_repeated(rows, roles)),
    )


def _of_test(cells: pd.DataFrame, roles: Roles, notes: list[str]) -> pd.DataFrame:
    """The rows of the test side, where a column states sides and a test is among them."""
    if roles.side is None:
        return cells.reset_index(drop=True)
    sides = cells[roles.side].map(lambda word: side_of(word) if isinstance(word, str) else None)
    is_test = sides.isin((TEST, EVAL))
    if is_test.any() and not is_test.all():
        notes.append(
            f"{counted(int(is_test.sum()), 'row')} of the test of {len(cells)} (column {roles.side})"
        )
        cells = cells[is_test]
    return cells.reset_index(drop=True)


def _classes(words: pd.Series, notes: list[str]) -> pd.Series:
    """Classes of a column in their usual spelling, null where missing.

    Raises:
        InputError: if they are too many for classes.
    """
    present = _present(words)
    forms_of = {word: spelled(word.removesuffix(".0")) for word in present.dropna().unique()}
    if len({*forms_of.values()}) > MOST_CLASSES:
        raise InputError(
            f"column {words.name} has {len(forms_of)} different values, such as {next(iter(forms_of))!r}, "
            f"expected classes, {MOST_CLASSES} at most: name another column"
        )
    if changed := [f"{word} → {label}" for word, label in forms_of.items() if word.lower() != label]:
        notes.append(f"column {words.name}: {listed(changed, LISTED)}")
    return present.map(forms_of)


def _probabilities(
    cells: pd.DataFrame, roles: Roles, classes: set[str], notes: list[str], *, softmax: bool
) -> Probabilities | None:
    """Those of the columns per class; None without, or if they are other numbers beside predictions.

    Raises:
        InputError: if they are no probabilities, and nothing else states the predictions.
    """
    used = {*roles.used().values(), *roles.parts, *roles.groups}
    columns = class_columns([name for name in cells if name not in used], classes)
    if not columns:
        if softmax:
            raise InputError("no columns of logits: expected one per class, such as logit_angry: add them")
        return None
    try:
        return read_probabilities(cells, columns, softmax=softmax)
    except InputError as error:
        if softmax or roles.prediction is None:
            raise
        notes.append(f"{error}; calibration and log loss are left out")
        return None


def _labels(truth: pd.Series, predicted: pd.Series, probabilities: Probabilities | None) -> tuple[str, ...]:
    """All classes, in order.

    Raises:
        InputError: if no row has a truth and a prediction.
    """
    if not len(truth):
        raise InputError("no row has a true and a predicted class: expected at least one: check the columns")
    further = probabilities.labels if probabilities is not None else ()
    return tuple(in_order({*truth, *predicted, *further}))


def _rows(cells: pd.DataFrame, roles: Roles) -> pd.DataFrame:
    """Recording, corpus, speaker and groups of each row."""
    rows = pd.DataFrame(index=cells.index)
    for name in roles.groups:
        rows[name] = _present(cells[name])
    rows["path"] = _paths(cells, roles)
    rows["file_id"] = _names(rows["path"], cells, roles)
    rows["dataset"] = cells[roles.dataset].fillna("") if roles.dataset else ""
    rows["speaker"] = _present(cells[roles.speaker]) if roles.speaker else None
    return rows


def _present(cells: pd.Series) -> pd.Series:
    """The cells; None where they are empty or a word for a missing value."""
    values = cells.map({word: text_or_none(word) for word in cells.dropna().unique()}).astype(object)
    return values.where(values.notna(), None)


def _paths(cells: pd.DataFrame, roles: Roles) -> pd.Series:
    """Path of each row with forward slashes; its number where there is none."""
    numbers = "row " + pd.Series(cells.index + 1, cells.index).astype(str)
    return (
        numbers
        if roles.path is None
        else cells[roles.path].str.replace("\\", "/", regex=False).fillna(numbers)
    )


def _names(paths: pd.Series, cells: pd.DataFrame, roles: Roles) -> pd.Series:
    """What identifies the recording of each row: its path, and times and channel if it is a part."""
    for part in roles.parts:
        paths = paths + ("#" + cells[part]).fillna("#")
    return paths


def _repeated(rows: pd.DataFrame, roles: Roles) -> list[str]:
    """A note on recordings with several rows."""
    repeated = rows["file_id"][rows["file_id"].duplicated()]
    if roles.path is None:
        return ["no column of recordings: each row counts as one"]
    if repeated.empty:
        return []
    return [
        f"{counted(len(repeated), 'row')} of recordings that an earlier row has, such as {repeated.iloc[0]}: "
        "each row counts"
    ]


def _in_order(
    probabilities: Probabilities | None, labels: tuple[str, ...], is_scored: np.ndarray, notes: list[str]
) -> np.ndarray | None:
    """Probabilities of the scored rows in the order of the labels; None if a class or a row lacks them."""
    if probabilities is None:
        return None
    if lacking := [label for label in labels if label not in probabilities.labels]:
        notes.append(f"no probabilities of {listed(lacking, LISTED)}: calibration and log loss are left out")
        return None
    values = probabilities.values[is_scored][:, [probabilities.labels.index(label) for label in labels]]
    if lacking_rows := int(np.isnan(values[:, 0]).sum()):
        rows = counted(lacking_rows, "row")
        notes.append(f"{rows} without probabilities: calibration and log loss are left out")
        return None
    return values
