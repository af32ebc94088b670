"""Many recordings → the store: plan what is missing, work on it shard by shard, commit each by one rename.

scan → `plan` (what the store lacks) → `ShardTask`s → executor (`local`) → `work` (pipeline + commit) → report
store, variants → what its copies lack → `VariantTask`s → executor → `variants` (augment + commit) → report
"""

from ser_features.engine.augmentation.run import augment_store
from ser_features.engine.extract import Observer, extract_corpora
from ser_features.engine.report import AugmentReport, ExtractReport

__all__ = ["AugmentReport", "ExtractReport", "Observer", "augment_store", "extract_corpora"]
