"""Gradient-boosted trees (XGBoost) on the per-file columns: a strong baseline.

`Labelled` → multi:softprob on histograms, early stopping on validation → trees
XGBoost's JSON → `Forest` → probabilities, without importing XGBoost, which imports scikit-learn and pandas

>>> Xgboost(max_depth=3).parameters["max_depth"]
3
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ser_models.data.batches import InMemory
from ser_models.models.base import Arrays, ColumnModel, FitContext, Labelled, OnEpoch, Row
from ser_models.models.boosted import Forest
from ser_models.models.feature_sets import CORE_INPUTS, FUNCTIONAL_INPUTS
from ser_models.models.hyperparameters import Count, Portion, Positive
from ser_models.models.xgboost_batches import batches_of
from ser_models.safe_io import xgboost_json
from ser_models.safe_io.arrays import check

if TYPE_CHECKING:
    import xgboost

JSON = "json"
"""Name of the array that holds XGBoost's JSON."""

THREADS = 1
"""On two busy cores, two OpenMP threads took 50 times as long as one, as waiting threads occupy the cores.
One thread also gives the same trees on every machine."""


@dataclass
class Xgboost(ColumnModel):
    """Gradient-boosted trees with early stopping, on the core columns.

    Attributes:
        n_estimators: maximum number of boosting rounds, of one tree per class each.
        patience: rounds without a better validation loss before training stops.
        learning_rate: shrinkage of each tree.
        max_depth: maximum depth of a tree.
        subsample: share of the recordings that each tree is fitted to.
        colsample_bytree: share of the columns that each tree is fitted to.
    """

    name = "xgboost"
    in_batches = True
    needs = ("xgboost",)
    usual_columns = CORE_INPUTS
    n_estimators: Count = 600
    patience: Count = 40
    learning_rate: Positive = 0.05
    max_depth: Count = 4
    subsample: Portion = 0.8
    colsample_bytree: Portion = 0.6
    content: bytes | None = field(default=None, init=False, repr=False)
    """XGBoost's JSON; None before the fit."""
    forest: Forest | None = field(default=None, init=False, repr=False)
    """The trees of `content`."""

    @property
    def most_epochs(self) -> int:
        """Number of boosting rounds without early stopping."""
        return self.n_estimators

    def fit(self, train: Labelled, validation: Labelled, context: FitContext) -> list[Row]:
        """Boost until the validation loss stops improving; later trees are dropped. See `Model.fit`."""
        import xgboost

        rows: list[Row] = []
        matrices = _matrices(train, validation)
        stop = xgboost.callback.EarlyStopping(
            rounds=self.patience, data_name="val", metric_name="mlogloss", save_best=True
        )
        booster = xgboost.train(
            {"num_class": train.classes, "seed": context.seed, **self._settings()},
            matrices[0],
            num_boost_round=self.n_estimators,
            evals=list(zip(matrices, ("train", "val"), strict=True)),
            custom_metric=_accuracy,
            callbacks=[stop, _collector(rows, context.on_epoch)],
            verbose_eval=False,
        )
        self._read(bytes(booster.save_raw("json")), train.classes)
        return rows

    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64."""
        if self.forest is None:
            raise self.not_fitted()
        return self.forest.probabilities(arrays["columns"])

    @property
    def booster(self) -> "xgboost.Booster":
        """The trees in XGBoost, for SHAP values."""
        import xgboost

        booster = xgboost.Booster({"nthread": THREADS})
        booster.load_model(bytearray(self._content()))
        return booster

    def state(self) -> dict[str, np.ndarray]:
        """Return XGBoost's own JSON as bytes."""
        return {JSON: np.frombuffer(self._content(), np.uint8)}

    def set_state(self, state: Mapping[str, np.ndarray], *, classes: int) -> Self:
        """Read XGBoost's own JSON after its structure was checked; see `Model.set_state`."""
        check(state, {JSON: ("uint8", (None,))})
        self._read(state[JSON].tobytes(), classes)
        return self

    def _read(self, content: bytes, classes: int) -> None:
        learner = xgboost_json.read(content, features=len(self.inputs.columns), classes=classes)
        self.content, self.forest = content, Forest.of(learner, classes)

    def _content(self) -> bytes:
        if self.content is None:
            raise self.not_fitted()
        return self.content

    def _settings(self) -> dict[str, Any]:
        return {
            "objective": "multi:softprob",
            "tree_method": "hist",
            "nthread": THREADS,
            "eval_metric": ["merror", "mlogloss"],
            "learning_rate": self.learning_rate,
            "max_depth": self.max_depth,
            "subsample": self.subsample,
            "colsample_bytree": self.colsample_bytree,
        }


@dataclass
class XgboostFunctionals(Xgboost):
    """Gradient-boosted trees on the functionals; each tree is fitted to a tenth of their thousands."""

    name = "xgboost_functionals"
    usual_columns = FUNCTIONAL_INPUTS
    colsample_bytree: Portion = 0.1
    n_estimators: Count = 300


def _collector(rows: list[Row], on_epoch: OnEpoch) -> "xgboost.callback.TrainingCallback":
    """Return a callback that appends one `Row` per round to `rows` and passes it on."""
    import xgboost

    class Collector(xgboost.callback.TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            """Collect the row of a round, counted from 1; never stop training."""
            row: Row = {"epoch": epoch + 1}
            for data, prefix in (("train", ""), ("val", "val_")):
                row[f"{prefix}loss"] = float(evals_log[data]["mlogloss"][-1])
                # With balanced weights the accuracy is the UAR.
                row[f"{prefix}uar"] = 1 - float(evals_log[data]["merror"][-1])
                row[f"{prefix}accuracy"] = float(evals_log[data]["accuracy"][-1])
            rows.append(row)
            on_epoch(row)
            return False

    return Collector()


def _accuracy(probabilities: np.ndarray, matrix: "xgboost.DMatrix") -> tuple[str, float]:
    """Accuracy without weights; XGBoost's own metrics are weighted."""
    return "accuracy", float((probabilities.argmax(axis=1) == matrix.get_label()).mean())


def _matrices(train: Labelled, validation: Labelled) -> "list[xgboost.DMatrix]":
    """XGBoost's own copy of both sides: as floats, or of columns on disk as bins, of a byte each."""
    import xgboost

    if not isinstance(train.source, InMemory):
        binned = xgboost.QuantileDMatrix(batches_of(train))
        return [binned, xgboost.QuantileDMatrix(batches_of(validation), ref=binned)]
    return [
        xgboost.DMatrix(side.arrays["columns"], label=side.targets, weight=side.weights)
        for side in (train, validation)
    ]
