"""The models by name; each is imported only when it is asked for, so extraction never loads TensorFlow.

name → (module, class) → `create(name, parameters)` → an unfitted `Model`.

>>> create("logistic", {"strength": 0.5}).parameters
{'strength': 0.5, 'iterations': 1000}
>>> create("perceptron")
Traceback (most recent call last):
...
ser_features.errors.InputError: unknown model 'perceptron': expected one of mlp, cnn_lstm, xgboost, logistic
"""

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ser_features.errors import InputError, MissingExtraError
from ser_models.models.base import Model

# Both are read when TensorFlow is imported. Its start-up talk would drown the progress; and oneDNN sums in an
# order that depends on the processor, for no measurable speed on networks of this size.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

MODELS: dict[str, tuple[str, str]] = {
    "mlp": ("ser_models.models.mlp", "Mlp"),
    "cnn_lstm": ("ser_models.models.cnn_lstm", "CnnLstm"),
    "xgboost": ("ser_models.models.boosting", "Boosting"),
    "logistic": ("ser_models.models.logistic", "Logistic"),
}
"""Where each model lives: name → (module, class)."""

OPTIONAL = ("keras", "tensorflow", "xgboost")
"""Packages that only some models need, installed by the extra `cpu` (or `gpu`)."""


def model_class(name: str) -> type[Model]:
    """Import the class of the model called `name`.

    Raises:
        InputError: if there is none; the message lists the names.
        MissingExtraError: if it needs a package that is not installed.
    """
    if name not in MODELS:
        raise InputError(f"unknown model {name!r}: expected one of {', '.join(MODELS)}")
    module, attribute = MODELS[name]
    try:
        return getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in OPTIONAL:
            raise
        raise MissingExtraError(
            f"model {name!r} needs {package}, which is not installed: pip install 'ser[cpu]'"
        ) from error


def create(name: str, parameters: Mapping[str, Any] | None = None) -> Model:
    """Return an unfitted model.

    Args:
        name: one of `MODELS`.
        parameters: hyperparameters that differ from the model's defaults.

    Raises:
        InputError: for an unknown name or hyperparameter; the message lists the known ones.
        MissingExtraError: if the model needs a package that is not installed.
    """
    cls = model_class(name)
    known, given = cls.hyperparameters(), dict(parameters or {})
    if unknown := sorted(set(given) - set(known)):
        raise InputError(f"model {name!r} has no parameter {', '.join(unknown)}: expected {', '.join(known)}")
    return cls(**given)
