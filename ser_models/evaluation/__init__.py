"""Predictions → `EvaluationResult`: metrics, confidence intervals, calibration, errors, leak audit."""
