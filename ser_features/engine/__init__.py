"""Many recordings → the store: plan what is missing, compute it shard by shard, commit each by one rename.

scan → `plan` (what the store lacks) → `ShardTask`s → runner → `shard` (pipeline + commit) → `ExtractReport`
store, variants → `augmentation` (copies that are missing) → `VariantTask`s → runner → `AugmentReport`
"""

from ser_features.engine.augmentation.run import augment_store
from ser_features.engine.extract import Observer, extract_corpora
from ser_features.engine.report import AugmentReport, ExtractReport

__all__ = ["AugmentReport", "ExtractReport", "Observer", "augment_store", "extract_corpora"]
