"""Many recordings → the store: plan what is missing, compute it shard by shard, commit each by one rename.

scan → `plan` (what the store lacks) → `ShardTask`s → runner → `shard` (pipeline + commit) → `ExtractReport`
store, variants → `augmentation` (copies that are missing) → `VariantTask`s → runner → `AugmentReport`

The imports happen on first use: a worker needs nothing of the planning process.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from ser_features.engine.augmentation.run import augment_store as augment_store
    from ser_features.engine.extract import Observer as Observer
    from ser_features.engine.extract import extract_corpora as extract_corpora
    from ser_features.engine.report import AugmentReport as AugmentReport
    from ser_features.engine.report import ExtractReport as ExtractReport

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "augmentation.run": ["augment_store"],
        "extract": ["Observer", "extract_corpora"],
        "report": ["AugmentReport", "ExtractReport"],
    },
)
