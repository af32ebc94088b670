"""Folds → fitted model, resumable and in parallel.

`Examples`, `Split`, `TrainConfig` → `train` (all folds) → `train_fold` (one) → `Model.fit` → `Trained`
"""

from ser_models.training.config import Progress, RunContext, Step, TrainConfig

__all__ = ["Progress", "RunContext", "Step", "TrainConfig"]
