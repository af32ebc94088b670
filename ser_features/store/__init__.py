"""The feature store: Parquet rows and npy frames, committed shard by shard."""

from ser_features.store.info import DatasetInfo, describe
from ser_features.store.read import Store, open_frames, open_or_create, open_store
from ser_features.store.schema import dictionary

__all__ = ["DatasetInfo", "Store", "describe", "dictionary", "open_frames", "open_or_create", "open_store"]
