"""The models by name; the packages that a model stands on are imported only when it is built or restored.

name → (module, class) → `create(name, parameters)` → an unfitted `Model`.

So a wrong name or parameter shows at once, and extraction never loads TensorFlow.

>>> create("logistic", {"C": 0.5}).parameters
{'C': 0.5, 'max_iter': 1000}
>>> create("perceptron")
Traceback (most recent call last):
...
ser_features.errors.InputError: unknown model 'perceptron': expected one of mlp, ...
>>> create("logistic", {"max_iter": "many"})
Traceback (most recent call last):
...
ser_features.errors.InputError: model 'logistic': max_iter is 'many', expected a whole number of at least 1
"""

import os
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ser_features.errors import InputError
from ser_features.extras import require
from ser_models.models.hyperparameters import MismatchError, convert, describe

if TYPE_CHECKING:
    from ser_models.models.base import Model

# Read when TensorFlow is imported, whose start-up talk would drown the progress. Its oneDNN kernels stay on:
# they sum in an order that depends on the processor, but without them a step of the Conv3D takes eight times
# as long and one of a network with an LSTM twice; and two runs on one machine are equal with them too.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

MODELS: dict[str, tuple[str, str]] = {
    "mlp": ("ser_models.models.networks.mlp", "Mlp"),
    "cnn_lstm": ("ser_models.models.networks.cnn_lstm", "CnnLstm"),
    "xgboost": ("ser_models.models.trees", "Xgboost"),
    "logistic": ("ser_models.models.logistic", "Logistic"),
    "bone_conducted_transformer": (
        "ser_models.models.networks.bone_conducted_transformer",
        "BoneConductedTransformer",
    ),
    "fusion_cnn_bilstm": ("ser_models.models.networks.fusion_cnn_bilstm", "FusionCnnBilstm"),
    "attention_cnn_bilstm": ("ser_models.models.networks.attention_cnn_bilstm", "AttentionCnnBilstm"),
    "chunked_conv3d": ("ser_models.models.networks.chunked_conv3d", "ChunkedConv3d"),
    "ridge": ("ser_models.models.kernel.ridge", "Ridge"),
    "kernel_ridge": ("ser_models.models.kernel.ridge", "KernelRidge"),
    "ridge_ssl": ("ser_models.models.kernel.ridge", "RidgeSsl"),
    "fisher_vectors": ("ser_models.models.kernel.fisher_vectors", "FisherVectors"),
    "xgboost_functionals": ("ser_models.models.trees", "XgboostFunctionals"),
    "crnn": ("ser_models.models.networks.crnn", "Crnn"),
    "ensemble": ("ser_models.models.ensemble", "Ensemble"),
    "best": ("ser_models.models.best", "Best"),
}
"""Where each model lives: name → (module, class)."""


def model_class(name: str, *, described_only: bool = False) -> "type[Model]":
    """Return the class of the model called `name`, without importing what it needs.

    Args:
        name: one of `MODELS`.
        described_only: whether what it needs may be missing, as it is not going to be fitted or restored.

    Raises:
        InputError: if there is none; the message lists the names.
        MissingExtraError: if it needs a package that is not installed.
    """
    if name not in MODELS:
        raise InputError(f"unknown model {name!r}: expected one of {', '.join(MODELS)}")
    module, attribute = MODELS[name]
    cls: type[Model] = getattr(import_module(module), attribute)
    if not described_only:
        require(f"model {name!r}", *_packages(cls))
    return cls


def create(
    name: str, parameters: Mapping[str, Any] | None = None, *, described_only: bool = False
) -> "Model":
    """Return an unfitted model.

    Args:
        name: one of `MODELS`.
        parameters: hyperparameters that differ from the model's defaults, as Python or JSON values.
        described_only: see `model_class`.

    Raises:
        InputError: for an unknown name or hyperparameter (the message lists the known ones), or a value that
            does not fit.
        MissingExtraError: if the model needs a package that is not installed.
    """
    cls = model_class(name, described_only=described_only)
    hints, given = cls.hints(), dict(parameters or {})
    if unknown := sorted(set(given) - set(hints)):
        raise InputError(f"model {name!r} has no parameter {', '.join(unknown)}: expected {', '.join(hints)}")
    return cls(**{key: _fitting(name, key, hints[key], value) for key, value in given.items()})


def _fitting(name: str, key: str, hint: Any, value: Any) -> Any:
    try:
        return convert(hint, value)
    except MismatchError as error:
        raise InputError(f"model {name!r}: {key} is {value!r}, expected {describe(hint)}") from error


def _packages(cls: "type[Model]") -> tuple[str, ...]:
    """What `cls` imports; Keras itself imports the backend that the environment names."""
    if "keras" not in cls.needs:
        return cls.needs
    return (*cls.needs, os.environ.get("KERAS_BACKEND", "tensorflow"))
