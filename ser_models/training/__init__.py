"""Folds → fitted model, resumable and in parallel.

`Examples`, `Split` → `train` (all folds) → `train_fold` (one) → `Model.fit` → `Trained`
"""
