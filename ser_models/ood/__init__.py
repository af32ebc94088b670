"""What a model was trained on, in short: how far a recording is from that, and where its features lie in it.

rows of a store → `build.build` → `Reference` ↔ reference.json + reference.npy
log-mel frames → `Reference.distance`; core columns → `Reference.percentiles`
"""

from ser_models.ood.distance import MEL, Reference, describe
from ser_models.ood.file import read, write

__all__ = ["MEL", "Reference", "describe", "read", "write"]
