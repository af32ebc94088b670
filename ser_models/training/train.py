"""The training loop: one model per fold, and the one that is shipped.

`Examples`, `Split` → `folds.train_fold` for each fold → `Trained`

Progress goes to a callback, as library code never prints. With a folder for its state, a training that was
killed goes on where it stood; on request its curves go to TensorBoard.
"""

from collections.abc import Callable, Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ser_models.data.examples import Examples
from ser_models.data.scaling import Scaler
from ser_models.data.speaker_norm import SpeakerPrior
from ser_models.data.split import FINAL_FOLD, Split
from ser_models.evaluation.leakage import FitRecord
from ser_models.models import create
from ser_models.models.base import Model, OnEpoch, Row
from ser_models.training.fold import Fold, fit_speaker_prior, train_fold
from ser_models.training.resume import State, fingerprint
from ser_models.training.tensorboard_log import Board
from ser_models.training.tensorboard_log import check as check_tensorboard


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
        temperature: of the shipped model's probabilities.
        speaker_prior: the mean training speaker of the shipped model, if it is rid of voices.
    """

    model: Model
    scaler: Scaler
    history: pd.DataFrame
    predictions: pd.DataFrame
    fitted: tuple[FitRecord, ...]
    temperature: float = 1.0
    speaker_prior: SpeakerPrior | None = None


@dataclass(frozen=True)
class _Training:
    """What all folds have in common; see `train`."""

    examples: Examples
    split: Split
    model: str
    parameters: Mapping[str, Any] | None
    seed: int
    oversample: bool
    speaker_norm: bool
    state: State | None
    tensorboard: Path | None
    progress: Progress


def train(
    examples: Examples,
    split: Split,
    *,
    model: str,
    parameters: Mapping[str, Any] | None = None,
    seed: int = 0,
    oversample: bool = False,
    speaker_norm: bool = False,
    state: Path | None = None,
    tensorboard: Path | None = None,
    progress: Progress = lambda step: None,
) -> Trained:
    """Train a model on every fold of a split.

    Args:
        examples: the recordings.
        split: who is trained on, validated on, tested.
        model: name in `ser_models.models.MODELS`.
        parameters: hyperparameters that differ from its defaults.
        seed: the same seed gives the same result where `Model.reproducible`.
        oversample: repeat recordings of the smaller classes, on the training side of each fold alone.
        speaker_norm: rid every speaker's recordings of their voice, on all sides; see `adaptation`.
        state: folder that is kept up to date while training, so that the same call goes on after a kill and
            ends with the same result; None keeps nothing. The caller removes it when the result is safe.
        tensorboard: folder for event files, a folder per fold in it; None writes none.
        progress: told of every epoch.

    Raises:
        InputError: if a fold has fewer than two classes to train on, or nothing to validate.
        MissingExtraError: if the model, or TensorBoard, needs a package that is not installed.
    """
    if tensorboard:
        check_tensorboard()
    unfitted = create(model, parameters)
    how: dict[str, Any] = {"seed": seed, "oversample": oversample, "speaker_norm": speaker_norm}
    kept = None
    if state:
        kept = State.open(state, fingerprint(examples, split, unfitted, **how))
    training = _Training(
        examples, split, model, parameters, **how, state=kept, tensorboard=tensorboard, progress=progress
    )
    folds = [_fold(training, number) for number in split.folds]
    shipped = folds[-1]
    if shipped.scaler is None:
        raise RuntimeError("the shipped fold has no scaler")
    history = pd.DataFrame([row for fold in folds for row in _history(fold)])
    return Trained(
        model=shipped.model,
        scaler=shipped.scaler,
        history=history.astype({"epoch": int}),
        predictions=pd.concat([fold.predictions for fold in folds], ignore_index=True),
        fitted=tuple(part for fold in folds for part in fold.fitted),
        temperature=shipped.temperature,
        speaker_prior=_population(examples, split, shipped.model) if speaker_norm else None,
    )


def _population(examples: Examples, split: Split, model: Model) -> SpeakerPrior:
    """What `train_fold` learned of the shipped fold's speakers, once more: it costs little to learn."""
    return fit_speaker_prior(examples.take(split.side(split.final_fold, "train")), model.inputs)


def _fold(training: _Training, number: int) -> Fold:
    """Train one fold, or take it up finished from the state."""
    split, state = training.split, training.state
    part, shipped = _part(number, split), number == split.final_fold
    model = create(training.model, training.parameters)
    classes = len(training.examples.labels)
    fold = state.load(number, model, classes=classes, shipped=shipped) if state else None
    if fold is None:
        fold = _train(training, number, model, part)
        if state:
            state.save(fold, shipped=shipped)
    training.progress(Step(part, fold.model.best_epoch(fold.history), done=True))
    return fold if shipped else replace(fold, model=create(training.model, training.parameters), scaler=None)


def _train(training: _Training, number: int, model: Model, part: str) -> Fold:
    folder = training.tensorboard / part.replace(" ", "-") if training.tensorboard else None
    with closing(Board(folder)) if folder else nullcontext() as board:
        return train_fold(
            training.examples,
            training.split,
            number,
            model,
            part=part,
            seed=training.seed,
            oversample=training.oversample,
            speaker_norm=training.speaker_norm,
            on_epoch=_teller(training.progress, part, model, board),
            checkpoint=training.state.checkpoint(number) if training.state else None,
        )


def _teller(progress: Progress, part: str, model: Model, board: Board | None) -> OnEpoch:
    history: list[Row] = []

    def tell(row: Row) -> None:
        if board:
            board.write(row, model.next_learning_rate(history))
        history.append(row)
        progress(Step(part, row))

    return tell


def _history(fold: Fold) -> list[dict[str, Any]]:
    kept = fold.model.best_epoch(fold.history)
    return [{"fold": fold.number, **row, "best": row is kept} for row in fold.history]


def _part(number: int, split: Split) -> str:
    if number == FINAL_FOLD:
        return "final model"
    measured = sum(fold != FINAL_FOLD for fold in split.folds)
    return f"fold {number + 1} of {measured}" if measured > 1 else "model"
