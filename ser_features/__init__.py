"""Audio files → stored features: corpora, audio, extractors, the engine and the feature store.

    import ser_features

    report = ser_features.extract(["ravdess"], data="data/raw", store="data/store")
    rows = ser_features.read_store("data/store").files()       # pandas, a row per recording

What the command line does in one call each is here; everything else in the modules below. The imports happen
on first use, so that `import ser_features` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ser_features.api import extract, read_store
    from ser_features.estimator import FeatureExtractor

__all__ = ["FeatureExtractor", "extract", "read_store"]


def __getattr__(name: str) -> Any:
    if name == "FeatureExtractor":
        return import_module("ser_features.estimator").FeatureExtractor
    if name in __all__:
        return getattr(import_module("ser_features.api"), name)
    if name == "__version__":
        from importlib.metadata import version

        return version("ser-toolkit")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
