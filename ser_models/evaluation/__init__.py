"""Predictions → `EvaluationResult`: metrics, confidence intervals, calibration, errors, leak audit.

predictions table → `score` (`metrics`, `bootstrap`) → `EvaluationResult` ↔ metrics.json; split → `leakage`
"""

from ser_models.evaluation.result import EvaluationResult, read_result

__all__ = ["EvaluationResult", "read_result"]
