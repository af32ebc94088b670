"""Train a model on every fold of a split: fit the scaler, fit the model, predict.

`Examples`, `Split`, `TrainConfig` → `train_fold` for each fold, as many at a time as cores → `Trained`

Everything is fitted on the training recordings of a fold; validation only decides the best epoch and the
temperature. The recordings that each part was fitted on are kept for the leak audit. Small arrays are read
into memory once; larger ones stay on disk and are read and scaled batch by batch, so memory does not grow
with the store. Progress goes to a callback. With a folder for its state, a killed training continues where it
stopped.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from ser_features.errors import InputError
from ser_models.data.batches import BatchSource, Scaler, bytes_each, memory_size, read_all
from ser_models.data.examples import Examples
from ser_models.data.inputs import ColumnInputs, Inputs
from ser_models.data.speaker_norm import SpeakerPrior
from ser_models.data.split import FINAL_FOLD, Split
from ser_models.evaluation.leakage import FitRecord
from ser_models.evaluation.score import prediction_table
from ser_models.models import create
from ser_models.models.base import (
    FitContext,
    Labelled,
    Model,
    OnEpoch,
    Row,
    apply_temperature,
    fit_temperature,
)
from ser_models.models.parallel import one_thread_each, parallel, shared_out
from ser_models.training.config import RunContext, Step, TrainConfig, ignore
from ser_models.training.parallel import one_at_a_time, train_in_processes
from ser_models.training.resume import Fold, State, fingerprint
from ser_models.training.tensorboard_log import Board
from ser_models.training.tensorboard_log import check as check_tensorboard

MAX_IN_MEMORY = 512 * 2**20
"""Bytes that the arrays of training and validation may take in memory together; beyond, they are streamed."""


@dataclass(frozen=True)
class Trained:
    """The result of a training.

    Attributes:
        model: the fitted model of the final fold.
        scaler: its scaler.
        history: columns fold, epoch, loss, uar, accuracy, val_loss, val_uar, val_accuracy, best.
        predictions: columns file_id, dataset, path, speaker, emotion, fold, split, predicted, confidence and
            p_<emotion>: test rows of every fold, and every row of the final fold.
        fitted: the recordings that each fitted part has seen.
        temperature: of the final model's probabilities.
        speaker_prior: the mean training speaker of the final model, with speaker normalisation; else None.
    """

    model: Model
    scaler: Scaler
    history: pd.DataFrame
    predictions: pd.DataFrame
    fitted: tuple[FitRecord, ...]
    temperature: float = 1.0
    speaker_prior: SpeakerPrior | None = None


def train(
    examples: Examples, split: Split, config: TrainConfig, context: RunContext | None = None
) -> Trained:
    """Train a model on every fold of a split.

    Args:
        examples: the recordings.
        split: their sides in each fold.
        config: model and settings; its corpora and protocol are already in `examples` and `split`.
        context: state, progress, jobs and event files; None for none of them.

    Raises:
        InputError: if a fold has fewer than two classes to train on, or nothing to validate on.
        MissingExtraError: if the model, or TensorBoard, needs a package that is not installed.
    """
    context = context or RunContext()
    if context.tensorboard:
        check_tensorboard()
    unfitted = create(config.model, config.hyperparameters)
    size = len(examples) * bytes_each(unfitted.inputs, examples.first.read(unfitted.inputs))
    jobs, within = shared_out(unfitted, context.jobs, folds=len(split.folds), fold_bytes=size)
    in_threads = unfitted.fits_in_threads
    with _state(context, temporary=jobs > 1 and not in_threads) as state:
        if state:
            State.open(state, fingerprint(examples, split, unfitted, config))
        context = replace(context, state=state, jobs=within)
        task = partial(train_fold, examples, split, config=config)
        if jobs > 1 and not in_threads:
            train_in_processes(task, split.folds, context, jobs=jobs)
            context, jobs = replace(context, progress=ignore), 1
        elif jobs > 1:
            context = replace(context, progress=one_at_a_time(context.progress))
        task, folds = partial(task, context=context), []
        with one_thread_each() if in_threads else nullcontext():
            for fold in parallel(task, split.folds, jobs=jobs) if jobs > 1 else map(task, split.folds):
                # Fitted models take memory: only the final one is kept.
                final = fold.number == split.final_fold
                folds.append(fold if final else replace(fold, model=unfitted, scaler=None))
    return _trained(examples, split, config, folds)


def train_fold(
    examples: Examples,
    split: Split,
    number: int,
    config: TrainConfig,
    context: RunContext | None = None,
    model: Model | None = None,
) -> Fold:
    """Train and predict one fold, or read it back finished from the state.

    Args:
        examples: the recordings.
        split: their sides in each fold.
        number: of the fold.
        config: model and settings.
        context: state, progress and event files; None for none of them.
        model: an unfitted model instead of the one that `config` names.

    Raises:
        InputError: if there are fewer than two classes to train on, or nothing to validate on.
    """
    context = context or RunContext()
    model = model or create(config.model, config.hyperparameters)
    part, final = fold_name(split, number), number == split.final_fold
    state = State(context.state) if context.state else None
    fold = state.load(number, model, classes=len(examples.labels), final=final) if state else None
    if fold is None:
        data = _prepare(examples, split, number, model.inputs, config)
        with _epoch_callback(context, Step(part, {}, folds=len(split.folds)), model) as on_epoch:
            checkpoint = state.checkpoint(number) if state else None
            fit_context = FitContext(
                config.seed,
                number,
                on_epoch,
                checkpoint,
                jobs=context.jobs or 1,
                optimise_for=config.optimise_for or "own",
            )
            history = model.fit(data.train, data.validation, fit_context)
        fold = _finish(data, split, number, model, history)
        if state:
            state.save(fold, final=final)
    row, name = model.best_epoch(fold.history), model.kept_name(fold.history)
    context.progress(Step(part, row, done=True, name=name, share=1.0, folds=len(split.folds)))
    return fold


def fold_name(split: Split, number: int) -> str:
    """Name of a fold for progress and errors: "fold 2 of 5", "model", "final model"."""
    if number == FINAL_FOLD:
        return "final model"
    measured = sum(fold != FINAL_FOLD for fold in split.folds)
    return f"fold {number + 1} of {measured}" if measured > 1 else "model"


def fit_speaker_prior(train: Examples, inputs: Inputs) -> SpeakerPrior:
    """Fit the mean training speaker on a training side."""
    return SpeakerPrior.fit(inputs, train.read(inputs), train.speaker_variants)


def oversampled(labelled: Labelled, *, seed: int, fold: int) -> Labelled:
    """Repeat recordings of the smaller classes until every class that occurs has as many as the largest.

    Every recording is repeated equally often, then the rest is drawn without repetition: two recordings of a
    class differ by one occurrence at most.

    Args:
        labelled: training recordings; none is left out.
        seed: the same seed and fold give the same draw.
        fold: number of the fold, from -1.
    """
    rng = np.random.default_rng([seed, fold + 1])
    positions_by_class = [
        np.flatnonzero(labelled.targets == target) for target in np.unique(labelled.targets)
    ]
    largest = max(map(len, positions_by_class))
    drawn = [
        np.concatenate([np.tile(own, largest // len(own)), rng.permutation(own)[: largest % len(own)]])
        for own in positions_by_class
    ]
    positions = np.sort(np.concatenate(drawn))
    return labelled.take(positions)


@dataclass(frozen=True)
class _Data:
    """The recordings of one fold, scaled.

    Attributes:
        sides: the recordings by side: train, validation, test.
        scaler: fitted on the training side.
        train: labelled recordings to fit on.
        validation: labelled recordings that decide the best epoch.
    """

    sides: Mapping[str, Examples]
    scaler: Scaler
    train: Labelled
    validation: Labelled


def _prepare(examples: Examples, split: Split, number: int, inputs: Inputs, config: TrainConfig) -> _Data:
    """Normalise, scale and oversample the recordings of a fold."""
    sides = {name: split.take(examples, number, name) for name in ("train", "validation", "test")}
    _check(fold_name(split, number), sides["train"], sides["validation"])
    if config.speaker_norm:
        prior = fit_speaker_prior(sides["train"], inputs)
        sides = {name: side.normalize_speakers(prior) for name, side in sides.items()}
    scaler = Scaler.fit(inputs, sides["train"])
    train, validation = _labelled(scaler, sides["train"], sides["validation"])
    if config.oversample:
        train = oversampled(train, seed=config.seed, fold=number)
    return _Data(sides, scaler, train, validation)


def _check(part: str, train: Examples, validation: Examples) -> None:
    classes = len(set(train.targets))
    if classes < 2 or not len(validation):
        raise InputError(
            f"{part} has {len(train)} recordings of {classes} classes to train on and "
            f"{len(validation)} to validate, expected two classes and one recording at least: "
            "use another --seed, fewer --folds or more recordings"
        )


def _labelled(scaler: Scaler, train: Examples, validation: Examples) -> list[Labelled]:
    sources: list[BatchSource] = [scaler.source(side.read(scaler.inputs)) for side in (train, validation)]
    on_disk = train.columns is not None  # which only models that are fitted batch by batch read
    # Other models of columns take all of them at once.
    at_once = isinstance(scaler.inputs, ColumnInputs) or sum(map(memory_size, sources)) <= MAX_IN_MEMORY
    if at_once and not on_disk:
        sources = [read_all(source) for source in sources]
    return [
        Labelled(
            source,
            side.targets,
            len(side.labels),
            tuple(side.rows["file_id"]),
            tuple(side.groups),
        )
        for source, side in zip(sources, (train, validation), strict=True)
    ]


@contextmanager
def _epoch_callback(context: RunContext, step: Step, model: Model) -> Iterator[OnEpoch]:
    """Report every epoch to the progress callback, as a `step` of its fold, and to TensorBoard."""
    folder = context.tensorboard / step.part.replace(" ", "-") if context.tensorboard else None
    history: list[Row] = []
    with closing(Board(folder)) if folder else nullcontext() as board:

        def on_epoch(row: Row) -> None:
            if board:
                board.write(row, model.next_learning_rate(history))
            history.append(row)
            share = len(history) / model.most_epochs
            context.progress(replace(step, row=row, name=model.epoch_name(row), share=share))

        yield on_epoch


def _finish(data: _Data, split: Split, number: int, model: Model, history: list[Row]) -> Fold:
    """Fit the temperature, predict, and record what was fitted on what."""
    validation = data.validation
    temperature = 1.0
    if not (model.calibrated or split.selects_on_test):
        speakers = data.sides["validation"].rows[["dataset", "speaker"]].dropna().drop_duplicates()
        probabilities = model.predict(validation.source)
        temperature = fit_temperature(probabilities, validation.targets, max(1, len(speakers)))
    tables = [
        prediction_table(
            side,
            apply_temperature(model.predict(data.scaler.source(side.read(model.inputs))), temperature),
            fold=number,
            split=name,
        )
        for name, side in _predicted_sides(data.sides, split, number).items()
        if len(side)
    ]
    predictions = pd.concat(tables, ignore_index=True)
    return Fold(
        number, model, data.scaler, history, predictions, _fit_records(data, number, model), temperature
    )


def _fit_records(data: _Data, number: int, model: Model) -> tuple[FitRecord, ...]:
    both, train, validation = ("train", "validation"), data.train.file_ids, data.validation.file_ids
    seen, fitted = data.scaler.seen, frozenset(train)
    fitted = seen if fitted == seen else fitted  # a million names take memory once
    weights = (
        FitRecord("weights", number, fitted.union(validation), both)
        if model.trains_on_validation
        else FitRecord("weights", number, fitted)
    )
    # The temperature is fitted on the recordings of early stopping.
    stopping = FitRecord("early stopping", number, frozenset(validation), both)
    return FitRecord("scaler", number, seen), weights, stopping


def _predicted_sides(sides: Mapping[str, Examples], split: Split, number: int) -> dict[str, Examples]:
    """The sides to predict: test, and all of them by the final model; each recording once."""
    if number != split.final_fold:
        return {"test": sides["test"]}
    return {name: side for name, side in sides.items() if name != "validation" or not split.selects_on_test}


@contextmanager
def _state(context: RunContext, *, temporary: bool) -> Iterator[Path | None]:
    """The folder of the state; a `temporary` one if folds in processes need it."""
    if context.state or not temporary:
        yield context.state
        return
    with tempfile.TemporaryDirectory(prefix="ser-") as folder:
        yield Path(folder)


def _trained(examples: Examples, split: Split, config: TrainConfig, folds: list[Fold]) -> Trained:
    final = folds[-1]
    if final.scaler is None:
        raise RuntimeError("the final fold has no scaler")
    best = {fold.number: fold.model.best_epoch(fold.history) for fold in folds}
    rows = [
        {"fold": fold.number, **row, "best": row is best[fold.number]}
        for fold in folds
        for row in fold.history
    ]
    prior = None
    if config.speaker_norm:  # fitted once more: cheap, and not kept with a fold
        prior = fit_speaker_prior(split.take(examples, split.final_fold, "train"), final.model.inputs)
    return Trained(
        model=final.model,
        scaler=final.scaler,
        history=pd.DataFrame(rows).astype({"epoch": int}),
        predictions=pd.concat([fold.predictions for fold in folds], ignore_index=True),
        fitted=tuple(part for fold in folds for part in fold.fitted),
        temperature=final.temperature,
        speaker_prior=prior,
    )
