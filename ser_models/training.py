"""The training loop: one model per fold, and the one that is shipped.

`Examples`, `Split` → for each fold: fit scaler, fit model, predict → `Trained`

Everything is fitted on the fold's training recordings; validation only decides when to stop; what each part
saw is kept for the leak audit. Progress goes to a callback, as library code never prints.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ser_features.errors import InputError
from ser_models.dataset import Examples
from ser_models.evaluation.score import probability_columns
from ser_models.leakage import Fitted
from ser_models.models import create
from ser_models.models.base import Labelled, Model, Row
from ser_models.scaling import Scaler
from ser_models.split import SHIPPED, Split


@dataclass(frozen=True, slots=True)
class Step:
    """One epoch of one fold.

    Attributes:
        part: what is trained, in words: "fold 2 of 5", "final model".
        row: the epoch's line of the history.
        done: whether the part is done; `row` is the epoch that was kept then.
    """

    part: str
    row: Row
    done: bool = False


Progress = Callable[[Step], None]


@dataclass(frozen=True)
class Trained:
    """What a training leaves.

    Attributes:
        model: the model that is shipped.
        scaler: its scaler.
        history: columns fold, epoch, loss, uar, val_loss, val_uar, kept.
        predictions: columns file_id, dataset, path, speaker, emotion, fold, split, predicted, confidence and
            p_<emotion>: test rows of every fold, and every row of the shipped model's fold.
        fitted: what each fitted part saw.
    """

    model: Model
    scaler: Scaler
    history: pd.DataFrame
    predictions: pd.DataFrame
    fitted: tuple[Fitted, ...]


@dataclass(frozen=True)
class _Fold:
    number: int
    model: Model
    scaler: Scaler
    history: list[Row]
    predictions: pd.DataFrame
    fitted: tuple[Fitted, ...]


def train(
    examples: Examples,
    split: Split,
    *,
    model: str,
    parameters: Mapping[str, Any] | None = None,
    seed: int = 0,
    progress: Progress = lambda step: None,
) -> Trained:
    """Train a model on every fold of a split.

    Args:
        examples: the recordings.
        split: who is trained on, validated on, tested.
        model: name in `ser_models.models.MODELS`.
        parameters: hyperparameters that differ from its defaults.
        seed: the same seed gives the same result where `Model.reproducible`.
        progress: told of every epoch.

    Raises:
        InputError: if a fold has fewer than two classes to train on, or nothing to validate.
    """
    folds = []
    for number in split.folds:
        part = _part(number, split)
        fold = _train_fold(examples, split, number, create(model, parameters), seed, part, progress)
        folds.append(fold)
        progress(Step(part, fold.model.kept(fold.history), done=True))
    shipped = folds[-1]
    history = pd.DataFrame([row for fold in folds for row in _history(fold)])
    return Trained(
        model=shipped.model,
        scaler=shipped.scaler,
        history=history.astype({"epoch": int}),
        predictions=pd.concat([fold.predictions for fold in folds], ignore_index=True),
        fitted=tuple(part for fold in folds for part in fold.fitted),
    )


def prediction_table(examples: Examples, probabilities: np.ndarray, *, fold: int, split: str) -> pd.DataFrame:
    """Put probabilities, (recordings, classes), beside the recordings they belong to."""
    best = probabilities.argmax(axis=1)
    told = examples.rows[["file_id", "dataset", "path", "speaker", "emotion"]].assign(
        fold=fold,
        split=split,
        predicted=np.array(examples.labels, dtype=object)[best],
        confidence=probabilities[np.arange(len(best)), best],
    )
    columns = probability_columns(examples.labels)
    return pd.concat([told, pd.DataFrame(probabilities, columns=columns, index=told.index)], axis=1)


def _history(fold: _Fold) -> list[dict[str, Any]]:
    kept = fold.model.kept(fold.history)
    return [{"fold": fold.number, **row, "kept": row is kept} for row in fold.history]


def _part(number: int, split: Split) -> str:
    if number == SHIPPED:
        return "final model"
    measured = sum(fold != SHIPPED for fold in split.folds)
    return f"fold {number + 1} of {measured}" if measured > 1 else "model"


def _train_fold(
    examples: Examples, split: Split, number: int, model: Model, seed: int, part: str, progress: Progress
) -> _Fold:
    sides = {name: examples.take(split.side(number, name)) for name in ("train", "validation", "test")}
    train, validation = sides["train"], sides["validation"]
    if len(set(train.targets)) < 2 or not len(validation):
        raise InputError(
            f"{part} has {len(train)} recordings of {len(set(train.targets))} classes to train on and "
            f"{len(validation)} to validate, expected two classes and one recording at least: "
            "use another --seed, fewer --folds or more recordings"
        )
    scaler = Scaler.fit(model.inputs, train)
    learned, watched = _labelled(train, scaler), _labelled(validation, scaler)
    history = model.fit(learned, watched, seed=seed, on_epoch=lambda row: progress(Step(part, row)))
    seen = (
        Fitted("scaler", number, scaler.seen),
        Fitted("weights", number, frozenset(learned.file_ids)),
        Fitted("early stopping", number, frozenset(watched.file_ids), ("train", "validation")),
    )
    wanted = list(sides) if number == split.shipped else ["test"]
    predictions = [
        prediction_table(
            side, model.predict_proba(scaler.transform(side.read(model.inputs))), fold=number, split=name
        )
        for name, side in sides.items()
        if name in wanted and len(side)
    ]
    return _Fold(number, model, scaler, history, pd.concat(predictions, ignore_index=True), seen)


def _labelled(examples: Examples, scaler: Scaler) -> Labelled:
    arrays = scaler.transform(examples.read(scaler.inputs))
    return Labelled(arrays, examples.targets, len(examples.labels), tuple(examples.rows["file_id"]))
