"""Stored features → trained, usable model.

store → `dataset` → `split` → `scaling` → `models` (through `training`) → `evaluation` → `artifact`
→ `inference`. `leakage` looks at every training; `experiment.run` is the whole way in one call.
"""
