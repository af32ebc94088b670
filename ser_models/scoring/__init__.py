"""Metrics of predictions that another system made, and of confusion matrices that a paper prints.

table → `auditing.sources.forms` → cells → `columns` (which is what), `probabilities` → `predictions`
`Predictions` → `measure` → `ScoreResult`; two of them → `compare` → `Comparison`
table or text → `confusion` → `ConfusionResult`

No store and no model is needed. `ser_models.evaluation` has the metrics.
"""
