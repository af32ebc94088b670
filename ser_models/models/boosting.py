"""Gradient-boosted trees (XGBoost) on the per-file columns: the baseline that is hard to beat.

`Labelled` → multi:softprob on histograms, early stopping on validation → model.ubj

>>> Boosting(depth=3).parameters["depth"]
3
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import xgboost

from ser_models.inputs import ColumnInputs
from ser_models.models.base import Arrays, Labelled, Model, OnEpoch, Row
from ser_models.models.columns import CORE_INPUTS

THREADS = 1
"""On a busy machine OpenMP's waiting threads take the cores from the working ones: measured on two busy
cores, two threads took 50 times as long as one. One thread also gives the same trees on every machine."""


@dataclass
class Boosting(Model):
    """XGBoost with balanced weights; trees after the best round on validation are cut off.

    Attributes:
        rounds: most boosting rounds (one tree per class each).
        patience: rounds without a better validation loss before it stops.
        learning_rate: shrinkage of each tree.
        depth: deepest level of a tree.
        row_share: share of the recordings that each tree sees.
        column_share: share of the columns that each tree sees.
    """

    name = "xgboost"
    suffix = ".ubj"
    rounds: int = 600
    patience: int = 40
    learning_rate: float = 0.05
    depth: int = 4
    row_share: float = 0.8
    column_share: float = 0.6
    booster: xgboost.Booster | None = field(default=None, init=False, repr=False)

    @property
    def inputs(self) -> ColumnInputs:
        """Every core column that describes the voice."""
        return ColumnInputs(CORE_INPUTS)

    def fit(self, train: Labelled, validation: Labelled, *, seed: int, on_epoch: OnEpoch) -> list[Row]:
        """Boost until validation stops improving; see `Model.fit`."""
        history = _History(on_epoch)
        stop = xgboost.callback.EarlyStopping(
            rounds=self.patience, data_name="val", metric_name="mlogloss", save_best=True
        )
        self.booster = xgboost.train(
            {"num_class": train.classes, "seed": seed, **self._settings()},
            _matrix(train),
            num_boost_round=self.rounds,
            evals=[(_matrix(train), "train"), (_matrix(validation), "val")],
            callbacks=[stop, history],
            verbose_eval=False,
        )
        return history.rows

    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64."""
        probabilities = self._fitted().predict(xgboost.DMatrix(arrays["columns"])).astype(np.float64)
        return probabilities / probabilities.sum(axis=1, keepdims=True)

    def save(self, path: Path) -> None:
        """Write XGBoost's own binary JSON."""
        self._fitted().save_model(path)

    def restore(self, path: Path, *, classes: int) -> Self:
        """Load XGBoost's own binary JSON."""
        self.booster = xgboost.Booster({"nthread": THREADS})
        self.booster.load_model(path)
        return self

    def _settings(self) -> dict[str, Any]:
        return {
            "objective": "multi:softprob",
            "tree_method": "hist",
            "nthread": THREADS,
            "eval_metric": ["merror", "mlogloss"],
            "learning_rate": self.learning_rate,
            "max_depth": self.depth,
            "subsample": self.row_share,
            "colsample_bytree": self.column_share,
        }

    def _fitted(self) -> xgboost.Booster:
        if self.booster is None:
            raise RuntimeError(f"{self.name} is not fitted: call fit or restore first")
        return self.booster


class _History(xgboost.callback.TrainingCallback):
    """Collects one `Row` per round and passes it on."""

    def __init__(self, on_epoch: OnEpoch) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.on_epoch = on_epoch

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """Keep the row of a round, counted from 1; never asks to stop."""
        row: Row = {"epoch": epoch + 1}
        for data, prefix in (("train", ""), ("val", "val_")):
            row[f"{prefix}loss"] = float(evals_log[data]["mlogloss"][-1])
            # Weighted by balanced weights, accuracy is the UAR.
            row[f"{prefix}uar"] = 1 - float(evals_log[data]["merror"][-1])
        self.rows.append(row)
        self.on_epoch(row)
        return False


def _matrix(labelled: Labelled) -> xgboost.DMatrix:
    return xgboost.DMatrix(labelled.arrays["columns"], label=labelled.targets, weight=labelled.weights)
