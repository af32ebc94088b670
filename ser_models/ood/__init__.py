"""Out-of-distribution score: how far a recording is from the training data of a model.

rows of a store → `build` → `TrainingDistribution` ↔ reference.json + reference.npy
log-mel frames → `TrainingDistribution.distance`; core columns → `TrainingDistribution.percentiles`
"""

from ser_models.ood.distribution import MEL, TrainingDistribution, build, describe, read, write

__all__ = ["MEL", "TrainingDistribution", "build", "describe", "read", "write"]
