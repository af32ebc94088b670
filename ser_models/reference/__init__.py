"""What a model was trained on, in short: how far a recording is from that, and where its features lie in it.

rows of a store → `build.build` → `Reference` ↔ reference.json + reference.npy
log-mel frames → `Reference.distance`; core columns → `Reference.percentiles`
"""

from ser_models.reference.file import read, write
from ser_models.reference.reference import MEL, Reference, describe

__all__ = ["MEL", "Reference", "describe", "read", "write"]
