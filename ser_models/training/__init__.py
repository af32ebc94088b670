"""Folds → fitted model, resumable and in parallel.

`Examples`, `Split` → `train` (all folds) → `fold` (one) → `Model.fit` → `Trained`
"""
