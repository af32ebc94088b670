"""Distinct recordings of a split with their classes, features and folds.

`IdentifiedSplit`, audio or store → `read` → `Recordings`; rows that cannot be used are counted in its notes
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ser_features.errors import InputError
from ser_features.labels import in_order
from ser_models.auditing.features import of_audio, of_store
from ser_models.auditing.split_table import DEV, TEST, TRAIN, IdentifiedSplit
from ser_models.data.inputs import ColumnInputs
from ser_models.evaluation.leakage import keys
from ser_models.evaluation.paired import class_indices

if TYPE_CHECKING:
    from ser_features.engine import Observer


@dataclass(frozen=True, slots=True)
class Fold:
    """Recordings of one fold by side, as positions, int64.

    Attributes:
        name: of the fold.
        train: the training side.
        dev: the validation side.
        test: the test side.
    """

    name: str
    train: np.ndarray
    dev: np.ndarray
    test: np.ndarray


@dataclass(frozen=True, slots=True)
class Recordings:
    """Distinct recordings of a split.

    Attributes:
        keys: what two sides must not share: file_id and the columns `result.FORBIDDEN`, null where unknown,
            indexed 0 to n - 1.
        targets: class of each, (recordings,) int64.
        labels: the classes.
        values: of the model's inputs, (recordings, columns) float32, NaN where missing.
        folds: of the split, in its order; without those that lack a training or a test side.
        notes: sentences on what was left out.
    """

    keys: pd.DataFrame
    targets: np.ndarray
    labels: tuple[str, ...]
    values: np.ndarray
    folds: tuple[Fold, ...]
    notes: tuple[str, ...] = ()


def read(
    split: IdentifiedSplit,
    inputs: ColumnInputs,
    *,
    data: Path | None = None,
    store: Path | str | None = None,
    observer: "Observer | None" = None,
) -> Recordings:
    """Read the recordings of a split whose class and speaker are known, with their features.

    Args:
        split: with who and what each row is.
        inputs: what the model reads.
        data: folder of the audio; the root of the split by default.
        store: a feature store to read instead.
        observer: callbacks for the progress of the extraction.

    Raises:
        InputError: if there is no audio and no store, or no recording with class, speaker and features.
    """
    rows = split.rows.drop_duplicates("file_id")
    notes = []
    for column, what in (("emotion", "class"), ("speaker", "speaker")):
        if unknown := int(rows[column].isna().sum()):
            notes.append(f"{unknown} of {len(rows)} recordings left out: their {what} is unknown")
            rows = rows[rows[column].notna()]
    rows = rows.reset_index(drop=True)
    folder = data or split.root
    if store is not None:
        features = of_store(rows, inputs, store)
    elif folder is not None:
        features = of_audio(rows, inputs, folder, observer)
    else:
        raise InputError(
            "no audio and no store to estimate from: expected one of them: add --data or --store"
        )
    rows = rows.iloc[features.positions].reset_index(drop=True)
    if not len(rows):
        reasons = "; ".join([*notes, *features.notes])
        raise InputError(
            f"no recording to estimate from ({reasons}): expected audio files with the names of the split: "
            "check --data or --store"
        )
    labels = tuple(in_order(set(rows["emotion"])))
    (targets,) = class_indices(rows, labels, "emotion")
    return Recordings(
        keys(rows).assign(take=rows.get("same_take")),
        targets,
        labels,
        features.values,
        _folds(split.rows, rows["file_id"]),
        (*notes, *features.notes),
    )


def _folds(rows: pd.DataFrame, file_ids: pd.Series) -> tuple[Fold, ...]:
    """The folds that have both a training and a test side."""
    located = rows.assign(position=rows["file_id"].map(dict(zip(file_ids, file_ids.index, strict=True))))
    located = located.dropna(subset="position").astype({"position": np.int64})
    folds = []
    for name, own in located.groupby("fold", sort=False):
        train, dev, test = (
            np.unique(own.loc[own["side"] == side, "position"]) for side in (TRAIN, DEV, TEST)
        )
        if len(train) and len(test):
            folds.append(Fold(str(name), train, dev, test))
    return tuple(folds)
