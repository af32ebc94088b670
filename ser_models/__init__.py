"""Stored features → trained, usable model.

store → `data` → `training` (of `models`) → `evaluation` → `reporting` → `artifact` → `inference`;
`experiments` runs the whole chain in one call, with a leak audit of every training.

    import ser_models

    result = ser_models.train("xgboost", store="data/store", folds=5)
    result.metrics.uar
    model = ser_models.load("artifacts/xgboost")
    model.predict("call.wav").emotion

Each command of the command line is one call here; `SerClassifier` is for scikit-learn's tools. Imports happen
on first use: `import ser_models` is cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ser_models.api import Result, audit, calibrate, compare, evaluate, load, score, train
    from ser_models.estimator import SerClassifier

__all__ = ["Result", "SerClassifier", "audit", "calibrate", "compare", "evaluate", "load", "score", "train"]


def __getattr__(name: str) -> Any:
    if name == "SerClassifier":
        return import_module("ser_models.estimator").SerClassifier
    if name in __all__:
        return getattr(import_module("ser_models.api"), name)
    if name == "__version__":
        import ser_features

        return ser_features.__version__
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
