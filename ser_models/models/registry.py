"""Registry of the models; the packages that a model needs are imported only when it is fitted or restored.

name → (module, class) → `create(name, parameters)` → an unfitted `Model`.

So invalid names and hyperparameters are reported at once, and extraction never loads TensorFlow.

>>> create("logistic", {"C": 0.5}).parameters
{'C': 0.5, 'max_iter': 1000, 'columns': []}
>>> create("perceptron")
Traceback (most recent call last):
...
ser_features.errors.InputError: unknown model 'perceptron': expected one of mlp, ...
>>> create("logistic", {"max_iter": "many"})
Traceback (most recent call last):
...
ser_features.errors.InputError: model 'logistic': max_iter is 'many', expected an integer of at least 1
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ser_features.arguments import chosen, suggestion
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
    "spectrogram_cnn_bilstm": (
        "ser_models.models.networks.spectrogram_cnn_bilstm",
        "SpectrogramCnnBilstm",
    ),
    "attention_cnn_bilstm": ("ser_models.models.networks.attention_cnn_bilstm", "AttentionCnnBilstm"),
    "chunked_conv3d": ("ser_models.models.networks.chunked_conv3d", "ChunkedConv3d"),
    "knn": ("ser_models.models.neighbours", "Knn"),
    "gmm": ("ser_models.models.mixture", "Gmm"),
    "random_forest": ("ser_models.models.forest", "RandomForest"),
    "svm": ("ser_models.models.kernel.svm", "Svm"),
    "ridge": ("ser_models.models.kernel.ridge", "Ridge"),
    "kernel_ridge": ("ser_models.models.kernel.ridge", "KernelRidge"),
    "group_ridge": ("ser_models.models.kernel.ridge", "GroupRidge"),
    "group_kernel_ridge": ("ser_models.models.kernel.ridge", "GroupKernelRidge"),
    "loudness_ridge": ("ser_models.models.kernel.ridge", "LoudnessRidge"),
    "loudness_kernel_ridge": ("ser_models.models.kernel.ridge", "LoudnessKernelRidge"),
    "ridge_ssl": ("ser_models.models.kernel.ridge", "RidgeSsl"),
    "fisher_vectors": ("ser_models.models.kernel.fisher_vectors", "FisherVectors"),
    "fisher_vectors_f0": ("ser_models.models.kernel.fisher_vectors", "FisherVectorsF0"),
    "context_vectors": ("ser_models.models.kernel.context_vectors", "ContextVectors"),
    "covariances": ("ser_models.models.kernel.covariances", "Covariances"),
    "xgboost_functionals": ("ser_models.models.trees", "XgboostFunctionals"),
    "conv_attention": ("ser_models.models.networks.conv_attention", "ConvAttention"),
    "ensemble": ("ser_models.models.ensemble", "Ensemble"),
    "best": ("ser_models.models.best", "Best"),
}
"""Name → (module, class) of each model."""

MEASURED = Path(__file__).with_name("measured.json")
"""Training time and UAR of models, written by benchmarks.speed.models."""

USES = {
    "best": "highest accuracy on new speakers",
    "svm": "baseline of the literature",
    "ridge": "less accurate in a twelfth of the time, small on disk",
    "kernel_ridge": "the same with an RBF kernel",
    "group_ridge": "fixed shares of groups of columns; ensemble member",
    "group_kernel_ridge": "the same with an RBF kernel",
    "loudness_ridge": "other corpora: rooms, microphones, languages",
    "loudness_kernel_ridge": "the same with an RBF kernel",
    "ridge_ssl": "a pretrained encoder is available",
    "fisher_vectors": "stores without functionals; complementary ensemble member",
    "fisher_vectors_f0": "the course of the F0 too; complementary ensemble member",
    "context_vectors": "the course over syllables; complementary ensemble member",
    "covariances": "which coefficients vary together; complementary ensemble member",
    "ensemble": "a combination of other models",
    "xgboost_functionals": "SHAP explanations of functionals",
    "logistic": "baseline",
    "random_forest": "baseline of the literature",
    "knn": "baseline of the literature",
    "gmm": "generative baseline of the literature",
    "xgboost": "interactions of columns; larger corpora; SHAP explanations",
    "mlp": "comparison with its paper",
    "cnn_lstm": "thousands of recordings of many speakers; course over time",
    "conv_attention": "compact network on log-mel for few speakers, average of three",
    "bone_conducted_transformer": "its recipe; attention weights",
    "attention_cnn_bilstm": "its recipe; attention weights",
    "fusion_cnn_bilstm": "its recipe",
    "spectrogram_cnn_bilstm": "its paper; 2-D convolutions",
    "chunked_conv3d": "its recipe; large corpora",
}
"""What each model is for, the recommended ones first."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured of a model.

    Attributes:
        time: CPU time of its training on 1,000 recordings of RAVDESS, as a multiple of that of `logistic`.
        uar: on new speakers of 1,200 recordings of RAVDESS, as in docs/accuracy.md; None if it is not there.
    """

    time: float
    uar: float | None = None


@cache
def _measurements() -> dict[str, Measurement]:
    content = json.loads(MEASURED.read_text(encoding="utf-8"))
    return {name: Measurement(**values) for name, values in content.items()}


def measurement(name: str) -> Measurement | None:
    """Training time and accuracy of a model; None if they were not measured."""
    return _measurements().get(name)


def model_class(name: str, *, described_only: bool = False) -> "type[Model]":
    """Return the class of a model, without importing the packages it needs.

    Args:
        name: one of `MODELS`; case, hyphens and underscores do not count.
        described_only: whether these packages may be missing, as it will be neither fitted nor restored.

    Raises:
        InputError: for an unknown name; the message lists the names and the nearest one.
        MissingExtraError: if a package that it needs is not installed.
    """
    if name not in MODELS:
        name = chosen(name, MODELS, "model")
    module, attribute = MODELS[name]
    cls: type[Model] = getattr(import_module(module), attribute)
    if not described_only:
        _require(name, cls.needs)
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
        InputError: for an unknown name or hyperparameter (the message lists the valid ones), or an invalid
            value.
        MissingExtraError: if the model, or a member of an ensemble, needs a package that is not installed.
    """
    cls = model_class(name, described_only=described_only)
    name = cls.name
    hints, given = cls.hints(), dict(parameters or {})
    if unknown := sorted(set(given) - set(hints)):
        nearest_one = f"{meant} " if (meant := suggestion(unknown[0], hints)) else ""
        raise InputError(
            f"model {name!r} has no parameter {', '.join(unknown)}: {nearest_one}expected {', '.join(hints)}"
        )
    model = cls(**{key: _converted(name, key, hints[key], value) for key, value in given.items()})
    if not described_only:
        _require(name, model.packages)
    return model


def families_read(name: str) -> tuple[str, ...]:
    """Feature families that a model reads, also those that it reads if optimised for other corpora.

    >>> families_read("best")
    ('core', 'functionals', 'loudness', 'mfcc', 'intonation')
    """
    instead = model_class(name, described_only=True).for_other_corpora
    models = [create(name, parameters, described_only=True) for parameters in (None, instead)]
    return tuple(dict.fromkeys(family for model in models for family in model.inputs.families))


def _converted(name: str, key: str, hint: Any, value: Any) -> Any:
    try:
        return convert(hint, value)
    except MismatchError as error:
        raise InputError(f"model {name!r}: {key} is {value!r}, expected {describe(hint)}") from error


def _require(name: str, packages: tuple[str, ...]) -> None:
    """Check that the packages of a model are installed, with the backend of Keras that is selected.

    Raises:
        MissingExtraError: naming the first that is not.
    """
    if "keras" in packages:
        packages = (*packages, os.environ.get("KERAS_BACKEND", "tensorflow"))
    if packages:
        require(f"model {name!r}", *packages)
