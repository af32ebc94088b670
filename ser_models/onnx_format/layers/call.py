"""A layer with its inputs: all that a converter needs to know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ser_features.errors import InputError
from ser_models.onnx_format.graph import GraphBuilder, Value


@dataclass(frozen=True, slots=True)
class Call:
    """A layer in the graph of a network.

    Attributes:
        kind: name of its class.
        config: its configuration in Keras.
        weights: its weights, in Keras's order.
        inputs: its inputs, in order.
        mask: 1 for valid steps, 0 for padding; None without a mask.
    """

    kind: str
    config: Mapping[str, Any]
    weights: tuple[np.ndarray, ...]
    inputs: tuple[Value, ...]
    mask: Value | None = None

    @property
    def name(self) -> str:
        """Name of the first input."""
        return self.inputs[0].name

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of the first input."""
        return self.inputs[0].shape

    def require(self, **settings: Any) -> None:
        """Refuse configurations that the converter does not support.

        Raises:
            InputError: naming the option.
        """
        for name, expected in settings.items():
            value = self.config[name]
            if (tuple(value) if isinstance(value, list) else value) != expected:
                raise InputError(
                    f"{self.kind} with {name} {value!r} has no ONNX converter: expected {expected!r}, "
                    "or add one to ser_models/onnx_format/layers"
                )


Converter = Callable[[GraphBuilder, Call], str]
"""Adds the nodes of a layer to the graph and returns the name of its output."""
