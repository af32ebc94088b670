"""The feature store: Parquet rows and npy frames, committed shard by shard. It does not import extractors.

shard of rows and frames → `write` (scratch files, one rename each) → files/, frames/, variants/
→ `Store` (pandas tables, frames)

The imports happen on first use: a worker writes shards, and reads no store.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from ser_features.store.description import Description as Description
    from ser_features.store.info import DatasetInfo as DatasetInfo
    from ser_features.store.info import describe as describe
    from ser_features.store.part import open_frames as open_frames
    from ser_features.store.part import read_part as read_part
    from ser_features.store.read import Store as Store
    from ser_features.store.read import open_or_create as open_or_create
    from ser_features.store.read import open_store as open_store

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "description": ["Description"],
        "info": ["DatasetInfo", "describe"],
        "part": ["open_frames", "read_part"],
        "read": ["Store", "open_or_create", "open_store"],
    },
)
