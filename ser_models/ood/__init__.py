"""What a model was trained on, in short: how far a recording is from that, and where its features lie in it.

rows of a store → `build.build` → `TrainingDistribution` ↔ reference.json + reference.npy
log-mel frames → `TrainingDistribution.distance`; core columns → `TrainingDistribution.percentiles`
"""

from ser_models.ood.distance import MEL, TrainingDistribution, describe
from ser_models.ood.file import read, write

__all__ = ["MEL", "TrainingDistribution", "describe", "read", "write"]
