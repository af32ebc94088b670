"""Recordings → predictions.

files → `predictor` (features, model, temperature) → `prediction` → `output` (CSV, JSON, Parquet)
`parallel` spreads many files over processes; `journal` resumes an interrupted run.
"""

from ser_models.inference.predictor import Predictor, load

__all__ = ["Predictor", "load"]
