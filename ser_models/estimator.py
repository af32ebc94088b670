"""`SerClassifier`: a model of this package as a scikit-learn classifier, on a store or on arrays.

store, its rows, or an array with classes → `Examples`, a validation side → `train_fold` → model, scaler
store, rows or array → the same columns or frames → scaler → model → probabilities

    rows = ser_features.read_store("data/store").files()
    model = SerClassifier("ridge", store="data/store")
    cross_val_score(model, rows, rows["emotion"], groups=rows["speaker"], cv=GroupKFold(5))
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from ser_features.arguments import PathLike
from ser_features.errors import InputError
from ser_features.store import Store, open_store
from ser_features.store.layout import store_root
from ser_models.data.batches import Scaler
from ser_models.data.dealing import Draw
from ser_models.data.examples import EMOTION, Examples, load_examples, speaker_keys
from ser_models.data.inputs import OWN, Raw
from ser_models.data.split import FINAL_FOLD, Split
from ser_models.models import MODELS, create, model_class
from ser_models.models.base import ColumnModel, Model, apply_temperature
from ser_models.training.config import RunContext, TrainConfig
from ser_models.training.train import train_fold

ARRAY = "array"
"""Corpus of the rows of an array."""


class FitError(InputError, ValueError):
    """An `InputError` that is a `ValueError` too, as scikit-learn expects."""


@dataclass(frozen=True)
class _Data:
    """What an estimator is fitted on.

    Attributes:
        examples: the recordings, whose classes are their positions in `classes`, as text.
        classes: sorted.
        model: unfitted.
    """

    examples: Examples
    classes: np.ndarray
    model: Model


class SerClassifier(ClassifierMixin, BaseEstimator):
    """A model of `ser models`, with its scaling and calibration, as a scikit-learn classifier.

    A share of the recordings, of whole groups if there are three, is the validation side: it decides the best
    epoch and the temperature; models that need neither are fitted on all recordings.

    Args:
        model: name in `ser_models.models.MODELS`.
        hyperparameters: those that differ from the model's defaults.
        store: that the rows are of, or its folder; None for arrays.
        seed: the same seed gives the same model where `Model.reproducible`.
        jobs: cores for inner folds and members of an ensemble.

    Attributes:
        classes_: of the training recordings, sorted, (classes,).
        model_: the fitted model.
        scaler_: its imputation and scaling.
        temperature_: of its probabilities.
        n_features_in_: number of columns of the array; only if it was fitted on one.
    """

    classes_: np.ndarray
    model_: Model
    scaler_: Scaler
    temperature_: float

    def __init__(
        self,
        model: str = "logistic",
        *,
        hyperparameters: Mapping[str, Any] | None = None,
        store: Store | PathLike | None = None,
        seed: int = 0,
        jobs: int = 1,
    ) -> None:
        self.model = model
        self.hyperparameters = hyperparameters
        self.store = store
        self.seed = seed
        self.jobs = jobs

    def fit(self, X: Any, y: Any = None, groups: Any = None) -> Self:
        """Fit the model.

        Args:
            X: a store or its folder, for all its recordings with a class; rows of `Store.files`; or numbers,
                (recordings, columns), NaN where unknown, for the models of columns.
            y: class of each recording, (recordings,). Of a store: name of the column, by default the emotion;
                of rows by default their emotion.
            groups: what may not be on both sides, (recordings,), such as speakers; by default the speakers of
                a store, and each recording of an array.

        Raises:
            FitError: if the arguments do not fit the model, or there are fewer than two classes.
            MissingExtraError: if the model needs a package that is not installed.
        """
        try:
            data = self._data(X, y, groups)
            config, context = TrainConfig(data.model.name, seed=self.seed), RunContext(jobs=self.jobs)
            split = _with_validation(data.examples, self.seed)
            fold = train_fold(data.examples, split, FINAL_FOLD, config, context, data.model)
        except InputError as error:
            raise FitError(str(error)) from error
        self.classes_, self.temperature_ = data.classes, fold.temperature
        assert fold.scaler is not None, "a fold that was just trained has its scaler"
        self.model_, self.scaler_ = fold.model, fold.scaler
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64, in the order of `classes_`.

        Args:
            X: of the same kind as in `fit`; of a store all recordings, sorted by `file_id`.

        Raises:
            FitError: if it has other columns.
        """
        check_is_fitted(self)
        raw = self._read(X)
        if not len(raw):
            return np.empty((0, len(self.classes_)))
        return apply_temperature(self.model_.predict(self.scaler_.source(raw)), self.temperature_)

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable class of each recording, (recordings,); see `predict_proba`."""
        probabilities = self.predict_proba(X)
        predicted: np.ndarray = self.classes_[probabilities.argmax(axis=1)]
        return predicted

    def __sklearn_tags__(self) -> Tags:
        """Missing values are imputed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _data(self, X: Any, y: Any, groups: Any) -> _Data:
        if not _is_of_store(X):
            return self._array_data(X, y, groups)
        model = create(self.model, self.hyperparameters)
        if _is_rows(X):
            store, rows = self._store(X), X.reset_index(drop=True)
            classes = rows[EMOTION] if y is None else y
        else:
            store = _opened(X)
            rows = load_examples(store, None, EMOTION if y is None else y).rows
            classes = rows[EMOTION]
        if groups is not None:
            rows = rows.assign(speaker=column_or_1d(groups).astype(str))
        return _labelled(Examples(rows, (), store), classes, model)

    def _array_data(self, X: Any, y: Any, groups: Any) -> _Data:
        X, y = validate_data(
            self, X, y, dtype=np.float32, ensure_all_finite="allow-nan", ensure_min_samples=2
        )
        if not issubclass(model_class(self.model), ColumnModel):
            described = {name: model_class(name, described_only=True) for name in MODELS}
            able = (name for name, cls in described.items() if issubclass(cls, ColumnModel))
            raise FitError(
                f"model {self.model!r} reads frames of a store, found an array: fit it on a store, or use "
                f"one of {', '.join(able)}"
            )
        columns = _names(X)
        model = create(self.model, {**(self.hyperparameters or {}), "columns": columns})
        keys = {
            "file_id": [f"{ARRAY}/{index:09d}" for index in range(len(X))],
            "dataset": ARRAY,
            "path": None,
            "gender": None,
            "speaker": None if groups is None else column_or_1d(groups).astype(str),
        }
        rows = pd.concat([pd.DataFrame(keys), pd.DataFrame(X, columns=columns)], axis=1)
        return _labelled(Examples(rows, ()), y, model)

    def _read(self, X: Any) -> Raw:
        """The model's raw values of recordings."""
        inputs = self.model_.inputs
        if not _is_of_store(X):
            values: np.ndarray = validate_data(
                self, X, dtype=np.float32, ensure_all_finite="allow-nan", reset=False
            )
            return values
        try:
            if _is_rows(X):
                return inputs.from_store(self._store(X), X)
            store = _opened(X)
            return inputs.from_store(store, store.files())
        except InputError as error:
            raise FitError(str(error)) from error

    def _store(self, rows: pd.DataFrame) -> Store:
        if self.store is None:
            raise FitError(
                f"found {len(rows)} rows of a store, and no store: pass SerClassifier(…, store=…), or an "
                "array of numbers"
            )
        return _opened(self.store)


def _labelled(examples: Examples, classes: Any, model: Model) -> _Data:
    """Recordings with classes of any type."""
    classes = column_or_1d(classes, warn=True)
    if pd.isna(classes).any():
        raise FitError(f"the class of {pd.isna(classes).sum()} recordings is unknown: leave them out")
    check_classification_targets(classes)
    if len(classes) != len(examples):
        raise FitError(f"found {len(classes)} classes for {len(examples)} recordings: expected one for each")
    different, codes = np.unique(classes, return_inverse=True)
    if len(different) < 2:
        raise FitError(
            f"found {len(different)} class, expected at least two: add recordings of another class"
        )
    labels = tuple(map(str, range(len(different))))
    rows = examples.rows.assign(emotion=np.array(labels, dtype=object)[codes])
    return _Data(replace(examples, rows=rows, labels=labels), different, model)


def _with_validation(examples: Examples, seed: int) -> Split:
    """All recordings, some groups of them as the validation side."""
    keys = None if examples.rows["speaker"].isna().all() else speaker_keys
    draw = Draw(keys, EMOTION, np.random.default_rng(seed))
    nothing_tested = np.zeros(len(examples), dtype=bool)
    return Split(draw.with_validation(examples, nothing_tested, FINAL_FOLD), "all recordings")


def _names(X: np.ndarray) -> list[str]:
    """Names of the columns of an array."""
    return [f"{OWN}{index}" for index in range(X.shape[1])]


def _is_of_store(X: Any) -> bool:
    return isinstance(X, Store | str) or hasattr(X, "__fspath__") or _is_rows(X)


def _is_rows(X: Any) -> bool:
    """Whether these are rows of `Store.files`."""
    return isinstance(X, pd.DataFrame) and {"file_id", "dataset"} <= {*X.columns}


def _opened(store: Store | PathLike) -> Store:
    return store if isinstance(store, Store) else open_store(store_root(store))
