"""One fold: fit the scaler, fit the model, predict.

`Examples`, `Split`, number of the fold → `train_fold` → `Fold`

Everything is fitted on the fold's training recordings; validation only decides when to stop and how sure to
be; what each part saw is kept for the leak audit. Arrays that are small enough are read into memory once;
larger ones stay on disk and are read and scaled batch by batch, so that memory does not grow with the store.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ser_features.errors import InputError
from ser_models.data.batches import BatchSource, Oversampled, memory_size, read_all
from ser_models.data.examples import Examples
from ser_models.data.inputs import ColumnInputs, Inputs
from ser_models.data.scaling import Scaler
from ser_models.data.speaker_norm import SpeakerPrior
from ser_models.data.split import Split
from ser_models.evaluation.leakage import FitRecord
from ser_models.evaluation.predictions import prediction_table
from ser_models.models.base import Labelled, Model, OnEpoch, Row
from ser_models.models.temperature import apply_temperature, fit_temperature

MOST_KEPT = 512 * 2**20
"""Bytes that the arrays of training and validation may take in memory together; beyond, they are streamed."""


@dataclass(frozen=True)
class Fold:
    """What the training of a fold leaves.

    Attributes:
        number: of the fold.
        model: fitted, or its hyperparameters alone where it is done with: it takes memory.
        scaler: its scaler; None where the model is not fitted.
        history: a row per epoch.
        predictions: see `Trained.predictions`.
        fitted: what each fitted part saw.
        temperature: of its probabilities, those of `predictions` among them.
    """

    number: int
    model: Model
    scaler: Scaler | None
    history: list[Row]
    predictions: pd.DataFrame
    fitted: tuple[FitRecord, ...]
    temperature: float = 1.0


def train_fold(
    examples: Examples,
    split: Split,
    number: int,
    model: Model,
    *,
    part: str,
    seed: int,
    oversample: bool,
    speaker_norm: bool,
    on_epoch: OnEpoch,
    checkpoint: Path | None,
) -> Fold:
    """Train and predict one fold; the arguments are those of `train` and `Model.fit`.

    Raises:
        InputError: if there are fewer than two classes to train on, or nothing to validate; `part` says what
            of the training it is.
    """
    sides = {name: examples.take(split.side(number, name)) for name in ("train", "validation", "test")}
    _check(part, sides["train"], sides["validation"])
    if speaker_norm:
        prior = fit_speaker_prior(sides["train"], model.inputs)
        sides = {name: side.normalize_speakers(prior) for name, side in sides.items()}
    scaler = Scaler.fit(model.inputs, sides["train"])
    learned, watched = _labelled(scaler, sides["train"], sides["validation"])
    if oversample:
        learned = oversampled(learned, seed=seed, fold=number)
    history = model.fit(learned, watched, seed=seed, on_epoch=on_epoch, fold=number, checkpoint=checkpoint)
    fitted = (
        FitRecord("scaler", number, scaler.seen),
        _weights(model, number, learned, watched),
        # The temperature below is found on the same recordings.
        FitRecord("early stopping", number, frozenset(watched.file_ids), ("train", "validation")),
    )
    temperature = 1.0
    if not (model.calibrated or split.selects_on_test):
        said, speakers = model.predict(watched.source), len(set(watched.speakers))
        temperature = fit_temperature(said, watched.targets, speakers)
    told = _predict(model, scaler, temperature, _predicted(sides, split, number), number)
    return Fold(number, model, scaler, history, told, fitted, temperature)


def fit_speaker_prior(train: Examples, inputs: Inputs) -> SpeakerPrior:
    """What the speakers of a training side are like."""
    return SpeakerPrior.fit(inputs, train.read(inputs), train.speaker_variants)


def oversampled(labelled: Labelled, *, seed: int, fold: int) -> Labelled:
    """Repeat recordings of the smaller classes until every class that occurs has as many as the largest.

    Whole rounds first, then as many as are missing, drawn without repetition: no recording occurs more than
    once more often than another of its class.

    Args:
        labelled: recordings to learn from; none is left out.
        seed: the same seed and fold draw the same.
        fold: of the split, from -1.
    """
    rng = np.random.default_rng([seed, fold + 1])
    members = [np.flatnonzero(labelled.targets == target) for target in np.unique(labelled.targets)]
    wanted = max(map(len, members))
    drawn = [
        np.concatenate([np.tile(each, wanted // len(each)), rng.permutation(each)[: wanted % len(each)]])
        for each in members
    ]
    positions = np.sort(np.concatenate(drawn))
    return Labelled(
        Oversampled(labelled.source, positions),
        labelled.targets[positions],
        labelled.classes,
        tuple(labelled.file_ids[position] for position in positions),
        tuple(labelled.speakers[position] for position in positions) if labelled.speakers else (),
    )


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
    # Models of columns take all of them at once; they are small.
    if isinstance(scaler.inputs, ColumnInputs) or sum(map(memory_size, sources)) <= MOST_KEPT:
        sources = [read_all(source) for source in sources]
    return [
        Labelled(source, side.targets, len(side.labels), tuple(side.rows["file_id"]), tuple(side.groups))
        for source, side in zip(sources, (train, validation), strict=True)
    ]


def _weights(model: Model, number: int, learned: Labelled, watched: Labelled) -> FitRecord:
    """What the weights were fitted on, and may be."""
    if model.trains_on_validation:
        both = frozenset((*learned.file_ids, *watched.file_ids))
        return FitRecord("weights", number, both, ("train", "validation"))
    return FitRecord("weights", number, frozenset(learned.file_ids))


def _predicted(sides: Mapping[str, Examples], split: Split, number: int) -> dict[str, Examples]:
    """The sides that are predicted: test, and of the shipped model all; each recording once."""
    if number != split.final_fold:
        return {"test": sides["test"]}
    return {name: side for name, side in sides.items() if name != "validation" or not split.selects_on_test}


def _predict(
    model: Model, scaler: Scaler, temperature: float, sides: Mapping[str, Examples], number: int
) -> pd.DataFrame:
    tables = []
    for name, side in sides.items():
        if len(side):
            said = apply_temperature(model.predict(scaler.source(side.read(model.inputs))), temperature)
            tables.append(prediction_table(side, said, fold=number, split=name))
    return pd.concat(tables, ignore_index=True)
