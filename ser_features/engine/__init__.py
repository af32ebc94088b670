"""Many recordings → the store: plan what is missing, work on it shard by shard, commit each by one rename.

scan → `plan` (what the store lacks) → `ShardTask`s → executor (`local`) → `work` (pipeline + commit) → report
"""

from ser_features.engine.extract import ExtractReport, Observer, extract_corpora

__all__ = ["ExtractReport", "Observer", "extract_corpora"]
