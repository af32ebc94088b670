"""Recordings → predictions.

artifact folder → `loading` → `Predictor`
files, folders, signals → `collect` → `recording` (features) → `predictor` (model) → `prediction`
→ `output` (CSV, JSON, Parquet)
`parallel` spreads many files over processes; `prediction_cache` resumes an interrupted run.
"""

from ser_models.inference.loading import load
from ser_models.inference.prediction import Prediction, PredictOptions
from ser_models.inference.predictor import Predictor

__all__ = ["PredictOptions", "Prediction", "Predictor", "load"]
