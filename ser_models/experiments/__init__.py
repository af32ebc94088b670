"""Store or recipe → artifact: training, evaluation, reproduction and tuning, each in one call.

`Store` → examples and split → `training` → `evaluation` → `reporting` → `artifact`
"""
