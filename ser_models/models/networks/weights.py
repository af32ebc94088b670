"""Weights of a Keras network as named arrays, and back into a network of the same graph.

network → `state_of` → {"shape.frames": …, "000.kernel": …, "001.bias": …} → `restore` → network

Names consist of the position of a weight in the network and its name in Keras, because the names of layers
depend on how many were built before. `restore` builds the graph without weights first, so that nothing is
allocated because hyperparameters ask for it.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from ser_models.safe_io.arrays import check
from ser_models.safe_io.keras_import import load_keras

if TYPE_CHECKING:
    import keras

Shapes = Mapping[str, tuple[int, ...]]
"""Shape of one recording in each input, by the input's name."""

SHAPE = "shape."
"""Prefix of the arrays that hold shapes of inputs."""


def state_of(network: "keras.Model") -> dict[str, np.ndarray]:
    """Return the shapes of the inputs and all weights, in Keras's order."""
    shapes = {f"{SHAPE}{tensor.name}": np.array(tensor.shape[1:], np.int64) for tensor in network.inputs}
    return shapes | dict(zip(_names(network), network.get_weights(), strict=True))


def input_shapes(
    state: Mapping[str, np.ndarray], expected: Mapping[str, tuple[int | None, ...]]
) -> dict[str, tuple[int, ...]]:
    """Return the shape of one recording in each input.

    Args:
        state: from `state_of`.
        expected: shape by name; None for a dimension that depends on the feature profile.

    Raises:
        ValueError: if the state has other inputs.
    """
    arrays = {name: array for name, array in state.items() if name.startswith(SHAPE)}
    check(arrays, {f"{SHAPE}{name}": ("int64", (len(shape),)) for name, shape in expected.items()})
    shapes = {name: tuple(arrays[f"{SHAPE}{name}"].tolist()) for name in expected}
    for name, shape in shapes.items():
        sizes = zip(shape, expected[name], strict=True)
        if any(size < 1 or fixed not in (None, size) for size, fixed in sizes):
            raise ValueError(f"input {name} has the shape {shape}, expected {expected[name]}")
    return shapes


def restore(build: Callable[[], "keras.Model"], state: Mapping[str, np.ndarray]) -> "keras.Model":
    """Build a network and set its weights.

    Args:
        build: returns the graph.
        state: from `state_of`.

    Raises:
        ValueError: if the weights differ from those of the graph in names, shapes or data types.
    """
    load_keras()
    import keras

    weights = {name: array for name, array in state.items() if not name.startswith(SHAPE)}
    try:
        with keras.StatelessScope(initialize_variables=False):
            network = build()
        forms = {
            name: (str(variable.dtype), tuple(variable.shape))
            for name, variable in zip(_names(network), network.weights, strict=True)
        }
        check(weights, forms)
    except Exception:
        keras.utils.clear_session(free_memory=False)  # forgets the weights that wait to be allocated
        raise
    with keras.StatelessScope():
        pass  # leaving it allocates them
    network.set_weights([weights[name] for name in forms])
    return network


def _names(network: "keras.Model") -> list[str]:
    return [f"{index:03}.{variable.name}" for index, variable in enumerate(network.weights)]
