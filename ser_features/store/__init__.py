"""The feature store: Parquet rows and npy frames, committed shard by shard. It does not import extractors.

shard of rows and frames → `write` (scratch files, one rename each) → files/, frames/, variants/
→ `Store` (pandas tables, frames)
"""

from ser_features.store.description import Description
from ser_features.store.info import DatasetInfo, describe
from ser_features.store.part import open_frames, read_part
from ser_features.store.read import Store, open_or_create, open_store

__all__ = [
    "DatasetInfo",
    "Description",
    "Store",
    "describe",
    "open_frames",
    "open_or_create",
    "open_store",
    "read_part",
]
