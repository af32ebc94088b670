"""How much a split flatters: a model trained on the split, and on honest training sides of the same size.

`IdentifiedSplit`, audio or store → `recordings.read` → `Recordings` → `compare` → `Estimate`
`Recordings` → `honest.draw` → fits → predictions of the same test recordings in each draw → UARs, difference

Both systems are tested on the same recordings, those of the split. A speaker-disjoint split of the same sizes
has other test recordings, whose speakers may be easier or harder: that difference is larger than most leaks,
and would be part of the estimate. Sentences and sessions may be on both sides, for both systems.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ser_features.arguments import chosen
from ser_features.errors import InputError, listed
from ser_models.auditing.difference import interval_over_draws
from ser_models.auditing.honest import TrainingPair, draw
from ser_models.auditing.recordings import Fold, Recordings, read
from ser_models.auditing.result import Estimate
from ser_models.auditing.split_table import IdentifiedSplit
from ser_models.data.batches import InMemory, Scaler, fit_statistics
from ser_models.evaluation.metrics import confusion_matrix, uar
from ser_models.models.base import FitContext, Labelled
from ser_models.models.kernel.ridge import Ridge
from ser_models.models.logistic import Logistic

if TYPE_CHECKING:
    from ser_features.engine import Observer

MODELS: Mapping[str, type[Logistic] | type[Ridge]] = {"logistic": Logistic, "ridge": Ridge}
"""Models of columns without early stopping: fitted in about a second, and without a validation side."""

OnFold = Callable[[int, int], None]
"""Called after every fold with the number of those that are finished, and of all."""


def ignore(finished: int, total: int) -> None:
    """Do nothing: the progress callback by default."""


def estimate(
    split: IdentifiedSplit,
    *,
    data: Path | None = None,
    store: Path | str | None = None,
    model: str = "logistic",
    draws: int = 10,
    seed: int = 0,
    observer: "Observer | None" = None,
    on_fold: OnFold = ignore,
) -> Estimate:
    """Estimate how much higher the UAR of a split is than without its test speakers in training.

    Args:
        split: with the speaker of each row; the class is its emotion.
        data: folder of the audio, whose features are extracted into a temporary store; the root of the split
            by default.
        store: a feature store to read instead.
        model: one of `MODELS`.
        draws: number of draws of honest training sides, 1 or more.
        seed: the same seed gives the same result.
        observer: callbacks for the progress of the extraction.
        on_fold: callback for the progress of the fits.

    Raises:
        InputError: if the model is none of them, there is neither audio nor store, or no fold has an honest
            training side.
    """
    name = chosen(model, MODELS, "model")
    recordings = read(split, MODELS[name]().inputs, data=data, store=store, observer=observer)
    return compare(recordings, name, draws=draws, seed=seed, on_fold=on_fold)


def compare(
    recordings: Recordings,
    model: str,
    *,
    draws: int,
    seed: int,
    on_fold: OnFold = ignore,
) -> Estimate:
    """Estimate from recordings whose features are read; see `estimate`."""
    from threadpoolctl import threadpool_limits

    plans, notes = _plans(recordings, draws, seed)
    test = np.concatenate([plan.fold.test for plan in plans])
    targets, speakers = recordings.targets[test], recordings.keys["speaker"].to_numpy(dtype=object)[test]
    if len(np.unique(targets)) < 2:
        raise InputError(
            "the test recordings are of one class: expected two or more, of which a UAR is the mean"
        )
    predictions = []
    with threadpool_limits(1):  # each fit is small: threads would wait for each other most of the time
        for plan in plans:
            predictions.append(_predict(recordings, MODELS[model], plan, seed))
            on_fold(len(predictions), len(plans))
    whole, own, honest = (np.concatenate(side, axis=1) for side in zip(*predictions, strict=True))
    classes = len(recordings.labels)
    means = [
        float(np.mean([uar(confusion_matrix(targets, predicted, classes)) for predicted in system]))
        for system in (whole, own, honest)
    ]
    bounds = interval_over_draws(targets, own, honest, speakers, classes=classes, seed=seed)
    return Estimate(
        model=model,
        uar=means[0],
        own_uar=means[1],
        honest_uar=means[2],
        difference=means[1] - means[2],
        low=bounds.low,
        high=bounds.high,
        unit=bounds.unit,
        draws=draws,
        train=round(np.mean([len(pair.honest) for plan in plans for pair in plan.pairs])),
        test=len(test),
        notes=(*recordings.notes, *notes),
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is trained of a fold: the pairs of each draw."""

    fold: Fold
    draws: tuple[tuple[TrainingPair, ...], ...]

    @property
    def pairs(self) -> list[TrainingPair]:
        """Those of all draws."""
        return [pair for drawn in self.draws for pair in drawn]

    def is_trainable(self, targets: np.ndarray) -> bool:
        """Whether every honest training side has two classes."""
        return all(len(np.unique(targets[pair.honest])) > 1 for pair in self.pairs)


def _plans(recordings: Recordings, draws: int, seed: int) -> tuple[list[_Plan], list[str]]:
    """Draw the honest training sides of every fold that has them, with notes on them.

    Raises:
        InputError: if there is no such fold.
    """
    kept: list[_Plan] = []
    left_out: list[str] = []
    for number, fold in enumerate(recordings.folds):
        rng = np.random.default_rng([seed, number])
        drawn = (tuple(draw(fold, recordings.keys, recordings.targets, rng)) for _ in range(draws))
        plan = _Plan(fold, tuple(drawn))
        if plan.is_trainable(recordings.targets):
            kept.append(plan)
        else:
            left_out.append(fold.name)
    if not kept:
        raise InputError(
            "without the test speakers no fold has two classes to train on: expected recordings of other "
            "speakers and a training and a test side: estimate from a split that has them"
        )
    notes = []
    if left_out:
        notes.append(f"fold {listed(left_out, 5)} left out: without its test speakers no two classes remain")
    return kept, notes + _on_sizes(kept)


def _on_sizes(plans: Sequence[_Plan]) -> list[str]:
    """Notes on honest training sides that are the split's own, or smaller."""
    sides = [(plan.fold.train, pair.honest) for plan in plans for pair in plan.pairs]
    if all(np.array_equal(train, honest) for train, honest in sides):
        return ["training shares no speaker, file, audio or recording with the test: nothing is replaced"]
    whole, honest = (round(np.mean([len(side) for side in of])) for of in zip(*sides, strict=True))
    if honest == whole:
        return []
    return [
        f"training reduced from {whole} to {honest} recordings on average: no more are left of some classes "
        "without the test speakers"
    ]


def _predict(
    recordings: Recordings, model: type[Logistic] | type[Ridge], plan: _Plan, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Classes of the test recordings of a fold in each draw, (draws, recordings) int64.

    Returns:
        Predictions by the whole training side, by the split's own reduced one, and by the honest one.
    """
    fold = plan.fold
    whole = np.tile(_fit(recordings, model(), fold.train, fold.test, seed), (len(plan.draws), 1))
    own, honest = whole.copy(), whole.copy()
    for number, drawn in enumerate(plan.draws):
        for pair in drawn:
            columns = np.searchsorted(fold.test, pair.test)
            for train, predicted in ((pair.own, own), (pair.honest, honest)):
                if not np.array_equal(train, fold.train):
                    predicted[number, columns] = _fit(recordings, model(), train, pair.test, seed)
    return whole, own, honest


def _fit(
    recordings: Recordings, model: Logistic | Ridge, train: np.ndarray, test: np.ndarray, seed: int
) -> np.ndarray:
    """Train a model, and return the classes that it predicts, (test recordings,)."""
    values, keys = recordings.values, recordings.keys.iloc[train]
    scaler = Scaler(model.inputs, fit_statistics(model.inputs, values[train]))
    labelled = Labelled(
        InMemory(scaler.transform(values[train])),
        recordings.targets[train],
        len(recordings.labels),
        tuple(keys["file_id"]),
        tuple(keys["speaker"]),
    )
    nothing = labelled.take(np.array([], dtype=np.int64))
    # Nothing is decided on validation: a model that trains on it gets none, another one only reports it.
    model.fit(labelled, nothing if model.trains_on_validation else labelled, FitContext(seed))
    predicted: np.ndarray = model.predict(InMemory(scaler.transform(values[test]))).argmax(axis=1)
    return predicted
