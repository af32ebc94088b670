"""Train a model on every fold of a split.

`Examples`, `Split`, `TrainConfig` → `train_fold` for each fold, in order or in parallel → `Trained`

Progress goes to a callback; library code never prints. With a folder for its state, a killed training
continues where it stopped. In parallel, each fold is trained in a process of its own and comes back
through the state.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pandas as pd

from ser_models.data.examples import Examples
from ser_models.data.scaling import Scaler
from ser_models.data.speaker_norm import SpeakerPrior
from ser_models.data.split import Split
from ser_models.evaluation.leakage import FitRecord
from ser_models.models import create
from ser_models.models.base import Model
from ser_models.training.config import RunContext, Step, TrainConfig, ignore
from ser_models.training.fold import fit_speaker_prior, train_fold
from ser_models.training.resume import Fold, State, fingerprint
from ser_models.training.tensorboard_log import check as check_tensorboard

if TYPE_CHECKING:
    from queue import Queue


@dataclass(frozen=True)
class Trained:
    """The result of a training.

    Attributes:
        model: the fitted model of the final fold.
        scaler: its scaler.
        history: columns fold, epoch, loss, uar, val_loss, val_uar, best.
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
    jobs = min(context.jobs, len(split.folds))
    unfitted = create(config.model, config.hyperparameters)
    with _state(context, jobs) as state:
        if state:
            State.open(state, fingerprint(examples, split, unfitted, config))
        context = replace(context, state=state, jobs=jobs)
        if jobs > 1:
            _train_in_parallel(examples, split, config, context)
            context = replace(context, progress=ignore)
        folds = []
        for number in split.folds:
            fold = train_fold(examples, split, number, config, context)
            # Fitted models take memory: only the final one is kept.
            folds.append(fold if number == split.final_fold else replace(fold, model=unfitted, scaler=None))
    return _trained(examples, split, config, folds)


@contextmanager
def _state(context: RunContext, jobs: int) -> Iterator[Path | None]:
    """The folder of the state; a temporary one if folds that are trained in parallel need it."""
    if context.state or jobs == 1:
        yield context.state
        return
    with tempfile.TemporaryDirectory(prefix="ser-") as folder:
        yield Path(folder)


def _train_in_parallel(examples: Examples, split: Split, config: TrainConfig, context: RunContext) -> None:
    """Train folds in processes of their own; each leaves its result in the state."""
    from joblib import Parallel, delayed, parallel_config
    from joblib.externals.loky.backend.context import get_context

    # As many threads as without parallel folds: the order of sums, and so the result, may depend on it.
    threads = os.cpu_count() or 1
    with get_context("loky").Manager() as manager:
        steps: Queue[Step | None] = manager.Queue()
        listener = Thread(target=_forward, args=(steps, context), daemon=True)
        listener.start()
        try:
            with parallel_config("loky", n_jobs=context.jobs, inner_max_num_threads=threads):
                Parallel(pre_dispatch="n_jobs")(
                    delayed(_train_in_worker)(
                        examples, split, number, config, replace(context, progress=steps.put), os.getpid()
                    )
                    for number in split.folds
                )
        finally:
            steps.put(None)
            listener.join()


def _train_in_worker(
    examples: Examples, split: Split, number: int, config: TrainConfig, context: RunContext, parent: int
) -> None:
    """Train a fold and leave it in the state: a fitted network cannot be pickled."""
    from ser_features.engine.processes import end_with

    Thread(target=end_with, args=(parent,), daemon=True).start()
    train_fold(examples, split, number, config, context)


def _forward(steps: "Queue[Step | None]", context: RunContext) -> None:
    """Call the progress callback with the steps of all workers until None arrives."""
    while (step := steps.get()) is not None:
        context.progress(step)


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
        prior = fit_speaker_prior(examples.take(split.side(split.final_fold, "train")), final.model.inputs)
    return Trained(
        model=final.model,
        scaler=final.scaler,
        history=pd.DataFrame(rows).astype({"epoch": int}),
        predictions=pd.concat([fold.predictions for fold in folds], ignore_index=True),
        fitted=tuple(part for fold in folds for part in fold.fitted),
        temperature=final.temperature,
        speaker_prior=prior,
    )
