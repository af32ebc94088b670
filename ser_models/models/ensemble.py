"""Ensemble of any models: a weighted product of their probabilities, weighted on held-out speakers.

`Labelled` → fitted members → predictions for held-out speakers → weights of their log-probabilities

p ∝ Π p_m ^ w_m, w ≥ 0 (logarithmic opinion pool; Genest & Zidek 1986): the weights maximise the likelihood of
the true classes of held-out speakers, which calibrates the probabilities as well.

>>> Ensemble(("logistic", "ridge")).inputs.families
('core', 'functionals')
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Self

import numpy as np

from ser_features.errors import InputError
from ser_models.data.batches import BatchSource, InMemory, Shapes
from ser_models.data.inputs import JointInputs, joined, separated
from ser_models.models.base import (
    Arrays,
    FitContext,
    Labelled,
    Model,
    Row,
    balanced_weights,
    concatenate,
    softmax,
)
from ser_models.models.hyperparameters import Names
from ser_models.models.inner_folds import GroupFold, inner_folds
from ser_models.models.parallel import parallel
from ser_models.safe_io.arrays import check

WEIGHTS = "weights"
"""Name of the array of the members' weights."""

FLOOR = 1e-6
"""Minimum probability of a member's prediction, so that none can exclude a class by itself."""

REGULARISATION = 1e-3
"""Penalty on the variance of the weights: members with equal predictions get equal weights."""


@dataclass
class Ensemble(Model):
    """Weighted ensemble of the models of your choice.

    Attributes:
        members: names of the member models, each with its own defaults.
    """

    name = "ensemble"
    calibrated = True
    trains_on_validation = True
    learns_from_copies = True
    members: Names = ("ridge", "kernel_ridge", "fisher_vectors")
    fitted: list[Model] | None = field(default=None, init=False, repr=False)
    weights: np.ndarray | None = field(default=None, init=False, repr=False)
    """Of the members, (members,), 0 and above."""

    def __post_init__(self) -> None:
        nested = [
            name
            for name, member in zip(self.members, self._unfitted(), strict=True)
            if isinstance(member, Ensemble)
        ]
        if nested:
            raise InputError(f"{nested[0]!r} in an ensemble: expected single models: name its members")

    @property
    def inputs(self) -> JointInputs:
        """The inputs of all members."""
        parts = [member.inputs for member in self._unfitted()]
        return JointInputs(tuple(part for part in parts if not isinstance(part, JointInputs)))

    @property
    def packages(self) -> tuple[str, ...]:
        """Packages that the members need."""
        return tuple(dict.fromkeys(package for member in self._unfitted() for package in member.packages))

    def fit(self, train: Labelled, validation: Labelled, context: FitContext) -> list[Row]:
        """Fit every member, then their weights on held-out speakers; see `Model.fit`.

        Members that predict held-out speakers during their own fit do so once; others are fitted again in
        each inner fold, with its held-out speakers as validation set.
        """
        both = concatenate(train, validation)
        rows, in_sample, held_out = [], [], []
        members = self._unfitted()
        jobs = min(context.jobs, len(members)) if self.fits_in_threads else 1
        fit = partial(_fit_member, train, validation, both, context.inner(jobs=context.jobs // jobs))
        results = parallel(fit, list(enumerate(members)), jobs=jobs)
        for epoch, (own, predictions) in enumerate(results, 1):
            in_sample.append(own)
            held_out.append(predictions)
            rows.append({"epoch": float(epoch), **both.row(own, ""), **both.row(predictions, "val_")})
            context.on_epoch(rows[-1])
        self.fitted, self.weights = members, pool_weights(held_out, both)
        whole = both.row(pool(in_sample, self.weights), "") | both.row(pool(held_out, self.weights), "val_")
        rows.append({"epoch": len(rows) + 1.0, **whole})
        context.on_epoch(rows[-1])
        return rows

    @property
    def most_epochs(self) -> int:
        """A row for each member, and one for all of them."""
        return len(self.members) + 1

    def epoch_name(self, row: Row) -> str:
        """The member that was fitted: "ridge, member 1 of 3"."""
        number, count = int(row["epoch"]), len(self.members)
        return f"{self.members[number - 1]}, member {number} of {count}" if number <= count else "all members"

    def kept_name(self, history: Sequence[Row]) -> str:
        """The members together."""
        return self.epoch_name(history[-1])

    def best_epoch(self, history: Sequence[Row]) -> Row:
        """The last row, that of the whole ensemble."""
        return history[-1]

    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64; members of weight 0 are not asked."""
        members, weights = self.members_and_weights()
        heard = np.flatnonzero(weights).tolist()
        predictions = [members[position].predict_proba(separated(arrays, position)) for position in heard]
        return pool(predictions, weights[heard])

    def state(self) -> dict[str, np.ndarray]:
        """Return the weights of the members, and each member's arrays behind its number: "0/intercept"."""
        members, weights = self.members_and_weights()
        return {WEIGHTS: weights, **joined([member.state() for member in members])}

    def set_state(self, state: Mapping[str, np.ndarray], *, classes: int) -> Self:
        """Restore every member by its own rules; see `Model.set_state`."""
        members = self._unfitted()
        prefixes = tuple(f"{position}/" for position in range(len(members)))
        check(
            {name: array for name, array in state.items() if not name.startswith(prefixes)},
            {WEIGHTS: ("float64", (len(members),))},
        )
        if (state[WEIGHTS] < 0).any() or not state[WEIGHTS].any():
            raise ValueError("a weight of a member is negative, or all of them are 0")
        for position, member in enumerate(members):
            member.set_state(separated(state, position), classes=classes)
        self.fitted, self.weights = members, state[WEIGHTS]
        return self

    @property
    def reproducible(self) -> bool:
        """Whether all members are."""
        return all(member.reproducible for member in self._unfitted())

    @property
    def fits_in_threads(self) -> bool:
        """Whether all members do."""
        return all(member.fits_in_threads for member in self._unfitted())

    @property
    def on_gpu(self) -> bool:
        """Whether a member is."""
        return any(member.on_gpu for member in self._unfitted())

    def members_and_weights(self) -> tuple[list[Model], np.ndarray]:
        """Return the fitted members, and their weights, (members,)."""
        if self.fitted is None or self.weights is None:
            raise self.not_fitted()
        return self.fitted, self.weights

    def _unfitted(self) -> list[Model]:
        from ser_models.models.registry import create

        return [create(name, described_only=True) for name in self.members]


def pool(predictions: Sequence[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Weighted geometric mean of the members' probabilities.

    Args:
        predictions: of each member, (recordings, classes).
        weights: of the members, (members,), 0 and above.

    Returns:
        (recordings, classes) float64, rows summing to 1; a class with probability 0 in all members has 0.
    """
    logs = sum(
        weight * np.log(np.maximum(prediction, FLOOR))
        for weight, prediction in zip(weights, predictions, strict=True)
    )
    pooled: np.ndarray = softmax(np.where(np.sum(predictions, axis=0) > 0, logs, -np.inf))
    return pooled


def pool_weights(predictions: Sequence[np.ndarray], labelled: Labelled) -> np.ndarray:
    """Weights, 0 and above, that maximise the class-balanced likelihood of `pool`.

    Args:
        predictions: of each member for recordings that it was not fitted on, (recordings, classes).
        labelled: the recordings with their classes.
    """
    from scipy.optimize import minimize  # not needed for prediction

    rows = np.arange(len(labelled.targets))
    balance = balanced_weights(labelled.targets, labelled.classes, labelled.corpora)

    def loss(weights: np.ndarray) -> float:
        true = pool(predictions, weights)[rows, labelled.targets]
        likelihood = np.average(-np.log(np.maximum(true, FLOOR)), weights=balance)
        return float(likelihood + REGULARISATION * np.square(weights - weights.mean()).sum())

    equal = np.full(len(predictions), 1 / len(predictions))
    weights: np.ndarray = minimize(loss, equal, method="L-BFGS-B", bounds=[(0, None)] * len(equal)).x
    return weights if weights.any() else equal


@dataclass(frozen=True)
class _Part:
    """The arrays of one member in a joint source."""

    source: BatchSource
    position: int

    def __len__(self) -> int:
        return len(self.source)

    @property
    def shapes(self) -> Shapes:
        """Shape of one recording in each of the member's arrays."""
        return separated(self.source.shapes, self.position)  # type: ignore[arg-type,return-value]

    def batch(self, indices: np.ndarray) -> Arrays:
        """Read the recordings at `indices`."""
        return separated(self.source.batch(indices), self.position)


def _part(source: BatchSource, position: int) -> BatchSource:
    """The arrays of one member; those in memory are not copied."""
    if isinstance(source, InMemory):
        return InMemory(separated(source.arrays, position))
    return _Part(source, position)


def _fit_member(
    train: Labelled, validation: Labelled, both: Labelled, context: FitContext, numbered: tuple[int, Model]
) -> tuple[np.ndarray, np.ndarray]:
    """Fit a member, and predict each recording twice: by the fitted member, and by a fit without its speaker.

    Returns:
        Two arrays, (recordings, classes).
    """
    position, member = numbered
    train, validation, both = (
        replace(side, source=_part(side.source, position)) for side in (train, validation, both)
    )
    member.fit(train, validation, context)
    predicted_in_fit: tuple[np.ndarray, np.ndarray] | None = getattr(member, "predicted_in_fit", None)
    if predicted_in_fit:
        return predicted_in_fit
    in_sample = member.predict(both.source)
    folds = inner_folds(both, context)
    predictions = np.zeros((len(both.targets), both.classes))
    jobs = context.jobs if member.thread_safe else 1

    def predicted(fold: GroupFold) -> np.ndarray:
        refitted, held_out = replace(member), both.take(fold.held_out)
        refitted.fit(both.take(fold.train), held_out, context.inner())
        return refitted.predict(held_out.source)

    for fold, probabilities in zip(folds, parallel(predicted, folds, jobs=jobs), strict=True):
        predictions[fold.held_out] = probabilities
    return in_sample, predictions
