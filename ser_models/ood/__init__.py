"""Out-of-distribution score: distance of recordings to the training data of a model.

rows of a store → `build` → `TrainingDistribution` ↔ ood.npz
log-mel frames → `TrainingDistribution.ood_score`; core columns → `TrainingDistribution.percentiles`
"""

from ser_models.ood.distribution import (
    FAMILIES,
    FILE,
    MEL,
    TrainingDistribution,
    build,
    describe,
    read,
    write,
)

__all__ = ["FAMILIES", "FILE", "MEL", "TrainingDistribution", "build", "describe", "read", "write"]
