"""Interface of all models: a dataclass of hyperparameters with declared inputs.

`Labelled` (scaled recordings, targets) → `Model.fit` → `Model.predict_proba` → (recordings, classes).

A new model is one file with a dataclass that derives from `Model`, and one line in
`ser_models.models.registry.MODELS`. The file imports the packages it needs (`needs`) inside functions only.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np

from ser_models.data.batches import Arrays, BatchSource, InMemory, Joined, Oversampled, shared
from ser_models.data.inputs import ColumnInputs, Inputs
from ser_models.safe_io.arrays import Form, check

Row = dict[str, float]
"""One line of a training history: epoch, loss, uar, accuracy, and the same of validation, val_loss etc."""

OnEpoch = Callable[[Row], None]
"""Called after every epoch or boosting round."""

OptimiseFor = Literal["own", "other"]
"""Whom a model is for: new speakers of its training corpora, or those of other corpora."""

BATCH_TO_PREDICT = 64
"""Recordings per prediction batch."""


def _ignore(row: Row) -> None:
    """Do nothing after an epoch."""


@dataclass(frozen=True, slots=True)
class FitContext:
    """Settings of one call of `Model.fit` that are not hyperparameters.

    Attributes:
        seed: two runs with one seed are equal where `Model.reproducible`.
        fold: number of the fold, from -1; folds draw different random numbers.
        on_epoch: called with every row of the history; after a resume first with the restored rows.
        checkpoint: file for the state after each epoch. A fit that finds one resumes from it, with the same
            result as without interruption. Models that train in seconds ignore it.
        jobs: cores to use, for inner folds or ensemble members in parallel; results do not depend on it.
        optimise_for: "other": what is chosen on held-out recordings is chosen on held-out corpora, "own": on
            held-out speakers.
    """

    seed: int
    fold: int = 0
    on_epoch: OnEpoch = _ignore
    checkpoint: Path | None = None
    jobs: int = 1
    optimise_for: OptimiseFor = "own"

    def inner(self, *, jobs: int = 1) -> "FitContext":
        """Context of a fit within this one, with neither progress nor checkpoint."""
        return FitContext(self.seed, self.fold, jobs=jobs, optimise_for=self.optimise_for)


@dataclass(frozen=True, slots=True)
class Labelled:
    """Scaled recordings with their classes.

    Attributes:
        source: their arrays.
        targets: class index of each recording, (recordings,), 0 to classes - 1.
        classes: number of classes, even if some are absent here.
        file_ids: of the recordings, for the leakage audit.
        speakers: of each recording, "dataset/speaker"; empty where not needed.
    """

    source: BatchSource
    targets: np.ndarray
    classes: int
    file_ids: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()

    @property
    def arrays(self) -> Arrays:
        """All recordings at once, for models that are not trained in batches; not to be changed."""
        if isinstance(self.source, InMemory):
            return self.source.arrays
        return self.source.batch(np.arange(len(self.source)))

    @property
    def weights(self) -> np.ndarray:
        """Class-balanced weight of each recording, mean 1.

        With them a weighted accuracy is the UAR, and a weighted loss the mean of the classes' losses.

        >>> from ser_models.data.batches import InMemory
        >>> Labelled(InMemory({}), np.array([0, 0, 0, 2]), classes=3).weights.tolist()
        [0.666..., 0.666..., 0.666..., 2.0]
        """
        return balanced_weights(self.targets, self.classes)

    @property
    def corpora(self) -> np.ndarray:
        """Number of each recording's corpus, (recordings,), from 0; equal for all without file ids.

        >>> from ser_models.data.batches import InMemory
        >>> Labelled(InMemory({}), np.array([0, 1]), 2, file_ids=("tess/a", "emodb/b")).corpora.tolist()
        [1, 0]
        """
        if not self.file_ids:
            return np.zeros(len(self.targets), dtype=np.int64)
        names = [name.rpartition("/")[0].partition("/")[0] for name in self.file_ids]
        numbers: np.ndarray = np.unique(names, return_inverse=True)[1]
        return numbers

    @property
    def recorded_weights(self) -> np.ndarray:
        """As `weights`, but balanced over the recordings before any was repeated; mean 1.

        >>> from ser_models.data.batches import InMemory
        >>> repeated = Labelled(InMemory({}), np.array([0, 0, 1, 1]), 2, file_ids=("a", "b", "c", "c"))
        >>> repeated.weights.tolist(), repeated.recorded_weights.round(2).tolist()
        ([1.0, 1.0, 1.0, 1.0], [0.67, 0.67, 1.33, 1.33])
        """
        first = np.unique(self.file_ids, return_index=True)[1]
        weights = 1 / np.bincount(self.targets[first], minlength=self.classes)[self.targets]
        return weights / weights.mean()

    def take(self, indices: np.ndarray) -> "Labelled":
        """Recordings at `indices`, (n,) integers, any of them repeatedly."""
        return replace(
            self,
            source=Oversampled(self.source, indices),
            targets=self.targets[indices],
            file_ids=tuple(self.file_ids[index] for index in indices) if self.file_ids else (),
            speakers=tuple(self.speakers[index] for index in indices) if self.speakers else (),
        )

    def row(self, probabilities: np.ndarray, prefix: str) -> Row:
        """Balanced loss, UAR and accuracy of predictions for these recordings, as part of a history row.

        Args:
            probabilities: (recordings, classes).
            prefix: "" for training, "val_" for validation.
        """
        true = probabilities[np.arange(len(self.targets)), self.targets]
        loss = -np.log(np.maximum(true, np.finfo(np.float64).eps))
        correct = probabilities.argmax(axis=1) == self.targets
        return {
            f"{prefix}loss": float((self.weights * loss).mean()),
            f"{prefix}uar": float((self.weights * correct).mean()),
            f"{prefix}accuracy": float(correct.mean()),
        }


def balanced_weights(targets: np.ndarray, classes: int, corpora: np.ndarray | None = None) -> np.ndarray:
    """Weights of recordings, mean 1, that give every class present the same total weight.

    With several corpora, every class of every corpus has the same: neither the largest corpus nor that with
    the most classes decides.

    >>> balanced_weights(np.array([0, 1, 1, 0]), 2, np.array([0, 0, 0, 1])).round(2).tolist()
    [1.33, 0.67, 0.67, 1.33]

    Args:
        targets: class index of each recording, (recordings,).
        classes: number of classes, even if some are absent.
        corpora: number of each recording's corpus, (recordings,), from 0; None for one corpus.
    """
    if corpora is not None:
        return balanced_weights(corpora * classes + targets, (int(corpora.max()) + 1) * classes)
    counts = np.bincount(targets, minlength=classes)
    return len(targets) / (np.count_nonzero(counts) * counts[targets])


def concatenate(train: Labelled, validation: Labelled) -> Labelled:
    """Training and validation recordings, in this order; without names, each is its own speaker."""
    targets = np.concatenate([train.targets, validation.targets])
    file_ids = train.file_ids + validation.file_ids or tuple(map(str, range(len(targets))))
    source: BatchSource = Joined(train.source, validation.source)
    if isinstance(train.source, InMemory):
        sides = [train.arrays, validation.arrays]
        same = shared(sides[0])
        arrays = {name: np.concatenate([side[name] for side in sides]) for name in {*same.values()}}
        source = InMemory({name: arrays[other] for name, other in same.items()})
    speakers = train.speakers + validation.speakers or file_ids
    return Labelled(source, targets, train.classes, file_ids, speakers)


@dataclass
class Model(ABC):
    """An emotion classifier; the fields of a subclass are its hyperparameters, their hints its valid values.

    Class attributes:
        name: its name in the registry.
        needs: packages beyond the base installation that it imports.
        calibrated: whether `fit` calibrates its probabilities on held-out speakers; other models get a
            temperature afterwards.
        trains_on_validation: whether its weights are fitted to the validation speakers too, as it needs no
            early stopping; test speakers are never used.
        learns_from_copies: whether it is trained on the augmented copies of a store by default.
        for_other_corpora: hyperparameters that it has instead of its defaults when it is optimised for other
            corpora than those it is trained on.
        in_batches: whether it can be fitted batch by batch, to columns that stay on disk.
        thread_safe: whether several may be fitted at once in threads of one process; other models use several
            cores by themselves.
    """

    name: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    calibrated: ClassVar[bool] = False
    trains_on_validation: ClassVar[bool] = False
    learns_from_copies: ClassVar[bool] = False
    for_other_corpora: ClassVar[Mapping[str, Any]] = {}
    in_batches: ClassVar[bool] = False
    thread_safe: ClassVar[bool] = True

    @property
    @abstractmethod
    def inputs(self) -> Inputs:
        """Features that it reads from every recording."""

    @abstractmethod
    def fit(self, train: Labelled, validation: Labelled, context: FitContext) -> list[Row]:
        """Train with class-balanced weights.

        Args:
            train: training recordings.
            validation: recordings of other speakers, for early stopping; see `trains_on_validation`.
            context: seed, fold, progress, checkpoint, parallelism.

        Returns:
            The history, one row per epoch, including those before an interruption.
        """

    def report(
        self, train: Labelled, validation: Labelled, context: FitContext, epoch: float = 1
    ) -> list[Row]:
        """History of a model that is fitted in one step: one row, which is also passed to `on_epoch`."""
        row: Row = {"epoch": float(epoch)}
        for side, prefix in ((train, ""), (validation, "val_")):
            row |= side.row(self.predict(side.source), prefix)
        context.on_epoch(row)
        return [row]

    @property
    def most_epochs(self) -> int:
        """Largest number of rows of a history: 1 of a model that is fitted in one step."""
        return 1

    def epoch_name(self, row: Row) -> str:
        """What a row of a history is, in words; empty of a model that is fitted in one step."""
        return f"epoch {row['epoch']:.0f}" if self.most_epochs > 1 else ""

    def kept_name(self, history: Sequence[Row]) -> str:
        """What the row of `best_epoch` is, in words: "best epoch 12 of 31"."""
        name = self.epoch_name(self.best_epoch(history))
        return f"best {name} of {len(history)}" if name else ""

    def best_epoch(self, history: Sequence[Row]) -> Row:
        """The epoch whose state is kept: the first with the lowest validation loss, unless overridden."""
        return min(history, key=lambda row: row["val_loss"])

    @abstractmethod
    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64; rows sum to 1."""

    def predict(self, source: BatchSource) -> np.ndarray:
        """Return the probabilities of every recording of a source, which is read in batches."""
        starts = range(0, len(source), BATCH_TO_PREDICT)
        batches = (np.arange(start, min(start + BATCH_TO_PREDICT, len(source))) for start in starts)
        return np.concatenate([self.predict_proba(source.batch(indices)) for indices in batches])

    def next_learning_rate(self, history: Sequence[Row]) -> float | None:
        """Return the learning rate of the epoch after `history`; None for models without one."""
        return None

    def attention(self, arrays: Arrays) -> np.ndarray | None:
        """Return the attention weight of each input frame.

        Returns:
            (recordings, frames of the input array) float64, rows summing to 1 and 0 on padding; None for
            models without attention.
        """
        return None

    @abstractmethod
    def state(self) -> dict[str, np.ndarray]:
        """Return everything that was fitted, as numeric arrays by name; see `set_state`."""

    @abstractmethod
    def set_state(self, state: Mapping[str, np.ndarray], *, classes: int) -> Self:
        """Restore a fitted model and return self.

        Args:
            state: from `state` of a model with the same hyperparameters; it may come from an untrusted file.
            classes: number of classes.

        Raises:
            ValueError: if an array is missing, unexpected, or of another data type or shape.
        """

    def not_fitted(self) -> RuntimeError:
        """The error of a prediction before `fit` or `set_state`."""
        return RuntimeError(f"{self.name} is not fitted: call fit or set_state first")

    @property
    def reproducible(self) -> bool:
        """Whether two runs with one seed on this machine give the same model."""
        return True

    @property
    def fits_in_threads(self) -> bool:
        """Whether it, with all of its members, is `thread_safe`."""
        return self.thread_safe

    @property
    def on_gpu(self) -> bool:
        """Whether it is trained on a GPU, which several processes would contend for."""
        return False

    @property
    def packages(self) -> tuple[str, ...]:
        """Packages beyond the base installation that these hyperparameters need."""
        return self.needs

    @classmethod
    def hints(cls) -> dict[str, Any]:
        """Type hint of each hyperparameter, by name; see `ser_models.models.hyperparameters`."""
        own = sorted(fields(cls), key=lambda field: bool(field.kw_only))  # those of a shared base last
        return {field.name: field.type for field in own if field.init}

    @classmethod
    def hyperparameters(cls) -> tuple[str, ...]:
        """Names of the hyperparameters."""
        return tuple(cls.hints())

    @property
    def parameters(self) -> dict[str, Any]:
        """Hyperparameters by name, as JSON values."""
        values = {name: getattr(self, name) for name in self.hyperparameters()}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


@dataclass
class ArrayModel(Model):
    """A model whose fitted state is a few numeric arrays."""

    arrays: dict[str, np.ndarray] | None = field(default=None, init=False, repr=False)
    """What `state` returns; None before the fit."""

    @abstractmethod
    def forms(self, state: Mapping[str, np.ndarray], classes: int) -> dict[str, Form]:
        """Data type and shape of every array of a state.

        Args:
            state: for sizes that only it knows; arrays may be missing.
            classes: number of classes.
        """

    def check_values(self, state: Mapping[str, np.ndarray]) -> None:
        """Check what the forms do not say.

        Raises:
            ValueError: if the arrays, which may come from an untrusted file, are no such model.
        """

    def state(self) -> dict[str, np.ndarray]:
        """Return the fitted arrays."""
        if self.arrays is None:
            raise self.not_fitted()
        return self.arrays

    def set_state(self, state: Mapping[str, np.ndarray], *, classes: int) -> Self:
        """Restore the arrays; see `Model.set_state`."""
        check(state, self.forms(state, classes))
        self.check_values(state)
        self.arrays = dict(state)
        return self


@dataclass
class ColumnModel(Model):
    """A model of per-file columns.

    Class attributes:
        usual_columns: those that it reads by default.

    Attributes:
        columns: names of the columns to read instead of its usual ones; none for those.
    """

    usual_columns: ClassVar[tuple[str, ...]]
    columns: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def inputs(self) -> ColumnInputs:
        """The chosen columns, or the usual ones."""
        return ColumnInputs(self.columns or self.usual_columns)


LOWEST, HIGHEST = 0.2, 20.0
"""Bounds of the temperature; beyond, a few recordings decide and probabilities are one-hot or uniform."""

REGULARISATION = 0.2
"""Penalty on the squared log-temperature with one validation speaker; divided by the number of speakers."""


def softmax(values: np.ndarray) -> np.ndarray:
    """Probabilities exp(x) / Σ exp(x); `scipy.special` takes a seventh of the time of a cold prediction.

    >>> softmax(np.array([[0.0, np.log(3)], [5.0, -np.inf]])).round(3).tolist()
    [[0.25, 0.75], [1.0, 0.0]]

    Args:
        values: (recordings, classes); at least one of each recording is finite.
    """
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    probabilities: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return probabilities


def apply_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Sharpen (below 1) or flatten (above 1) probabilities.

    Args:
        probabilities: (recordings, classes), rows summing to 1.
        temperature: above 0; 1 leaves them unchanged.
    """
    if temperature == 1:
        return probabilities
    highest = np.maximum(probabilities.max(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    powers = (probabilities / highest) ** (1 / temperature)
    calibrated: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return calibrated


def fit_temperature(
    probabilities: np.ndarray, targets: np.ndarray, speakers: int, weights: np.ndarray | None = None
) -> float:
    """Temperature with the highest regularised likelihood of the true classes (temperature scaling).

    Guo et al., "On calibration of modern neural networks", 2017: one divisor of the log-probabilities, so
    that the predicted class does not change. Speakers differ in difficulty, so the temperature of few
    speakers is regularised towards 1.

    Args:
        probabilities: of recordings without training data, (recordings, classes).
        targets: their classes, (recordings,).
        speakers: number of their speakers, at least 1.
        weights: of the recordings, (recordings,); None for equal ones.

    >>> confident = np.array([[0.99, 0.01], [0.99, 0.01], [0.99, 0.01], [0.01, 0.99]])
    >>> temperature = fit_temperature(confident, np.array([0, 0, 1, 1]), speakers=10**6)
    >>> round(temperature, 2), apply_temperature(confident, temperature)[0].round(2).tolist()
    (4.18, [0.75, 0.25])
    >>> fit_temperature(confident, np.array([0, 0, 1, 1]), speakers=1) < temperature
    True
    """
    from scipy.optimize import minimize_scalar  # not needed for prediction

    def loss(logarithm: float) -> float:
        true = apply_temperature(probabilities, np.exp(logarithm))[np.arange(len(targets)), targets]
        penalty = REGULARISATION * logarithm**2 / speakers
        logs = np.log(np.maximum(true, np.finfo(np.float64).eps))
        return float(penalty - np.average(logs, weights=weights))

    best = minimize_scalar(loss, bounds=(np.log(LOWEST), np.log(HIGHEST)), method="bounded")
    return float(np.exp(best.x))
