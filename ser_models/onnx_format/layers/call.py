"""A layer with what it is given in a graph, which is all that a way needs to know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ser_features.errors import InputError
from ser_models.onnx_format.graph import Draft, Value


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a layer.

    Attributes:
        kind: class of the layer.
        config: its settings, as Keras writes them.
        weights: its arrays, in Keras's order.
        inputs: the values that it is given, in order.
        mask: the value that says what is real; None if everything is.
    """

    kind: str
    config: Mapping[str, Any]
    weights: tuple[np.ndarray, ...]
    inputs: tuple[Value, ...]
    mask: Value | None = None

    @property
    def name(self) -> str:
        """Of its first input, in the graph."""
        return self.inputs[0].name

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Of its first input."""
        return self.inputs[0].shape

    def require(self, **settings: Any) -> None:
        """Refuse settings that the way does not know, instead of writing another network.

        Raises:
            InputError: naming the setting.
        """
        for name, expected in settings.items():
            actual = self.config[name]
            # What was read from a file has lists where a new layer has tuples.
            if (tuple(actual) if isinstance(actual, list) else actual) != expected:
                raise InputError(
                    f"{self.kind} with {name} {actual!r} cannot be written as ONNX: expected {expected!r}, "
                    "or add it to ser_models/onnx_format/layers"
                )


Way = Callable[[Draft, Call], str]
"""Appends the nodes of a call to the draft, and returns the name of its output."""
