"""Stored features → trained, usable model.

store → `dataset` → `split` → `scaling` → `models` (through `training`) → `evaluation` → `artifact`
→ `inference`. `leakage` looks at every training; `experiment.run` is the whole way in one call.

    import ser_models

    result = ser_models.train("xgboost", store="data/store", folds=5)
    result.metrics.uar
    model = ser_models.load("artifacts/xgboost")
    model.predict("call.wav").emotion

What the command line does in one call each is here; everything else in the modules below. The imports happen
on first use, so that `import ser_models` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ser_models.api import Result, evaluate, load, train

__all__ = ["Result", "evaluate", "load", "train"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("ser_models.api"), name)
    if name == "__version__":
        from importlib.metadata import version

        return version("ser-toolkit")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
