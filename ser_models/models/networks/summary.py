"""The layers of a network: kind, settings, output shape and parameters of each.

`Network`, shapes, classes → graph → `summarise` → `Summary`

Layers are numbered by kind within the network, so that equal networks have equal summaries. Those that
compute nothing but the mask of padded frames are marked.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ser_features.config import Profile
from ser_features.extractors import Analysis
from ser_features.pipeline import frames_of
from ser_models.data.inputs import array_shapes
from ser_models.models.networks.network import Network
from ser_models.safe_io.keras_import import load_keras

if TYPE_CHECKING:
    import keras

MASK = "mask"
"""Name of the input that says which frames are real."""

SETTINGS = ("filters", "units", "kernel_size", "pool_size", "rate", "num_heads", "activation")
"""Entries of a layer's configuration that a summary states, where there are any."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer.

    Attributes:
        name: unique in the network.
        kind: class of Keras, such as Conv1D.
        settings: sizes, rate and activation in a few words.
        shape: of the output for one recording; None where it varies.
        parameters: number of all.
        trainable: number of those that the training changes.
        inputs: names of the layers before it.
        masks: whether it computes nothing but the mask.
    """

    name: str
    kind: str
    settings: str
    shape: tuple[int | None, ...]
    parameters: int
    trainable: int
    inputs: tuple[str, ...]
    masks: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """A network.

    Attributes:
        model: its name in the registry.
        classes: width of the softmax.
        layers: in the order of the computation.
    """

    model: str
    classes: int
    layers: tuple[Layer, ...]

    @property
    def parameters(self) -> int:
        """Number of all parameters."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def trainable(self) -> int:
        """Number of parameters that the training changes."""
        return sum(layer.trainable for layer in self.layers)

    @property
    def masking(self) -> int:
        """Number of layers that compute nothing but the mask."""
        return sum(layer.masks for layer in self.layers)

    @property
    def computing(self) -> tuple[Layer, ...]:
        """The layers without those that compute nothing but the mask."""
        return tuple(layer for layer in self.layers if not layer.masks)


def shapes_of(network: Network, profile: Profile) -> dict[str, tuple[int, ...]]:
    """Shape of one recording in each input array, with the bands that the features have in a profile.

    Raises:
        InputError: if a feature needs a pretrained encoder, and the profile has none.
    """
    inputs = network.inputs
    shapes = array_shapes(inputs)
    silence = Analysis(np.zeros(profile.audio.sample_rate, np.float32), profile)
    bands = sum(frames.shape[1] for frames in frames_of(silence, inputs.families).values())
    return {name: tuple(bands if size is None else size for size in shape) for name, shape in shapes.items()}


def summarise(network: Network, shapes: Mapping[str, tuple[int, ...]], classes: int) -> Summary:
    """Build a network and list its layers.

    Args:
        network: unfitted.
        shapes: shape of one recording in each input array; see `shapes_of`.
        classes: width of the softmax.
    """
    load_keras()
    return Summary(network.name, classes, tuple(_layers(network.build(shapes, classes))))


def _layers(graph: "keras.Model") -> Iterator[Layer]:
    configs = graph.get_config()["layers"]
    inputs = {
        config["name"]: list(_tensors([node["args"] for node in config["inbound_nodes"]]))
        for config in configs
    }
    masks: set[str] = set()
    for name, before in inputs.items():
        if name == MASK or (before and masks.issuperset(before)):
            masks.add(name)
    names = _names(
        [*(name for name in inputs if name not in masks), *(name for name in inputs if name in masks)]
    )
    for config in configs:
        name = config["name"]
        layer = graph.get_layer(name)
        before = [one for one in dict.fromkeys(inputs[name]) if one not in masks or name in masks]
        yield Layer(
            name=names[name],
            kind=_kind(config),
            settings=_settings(config["config"]),
            shape=tuple(layer.output.shape[1:]),
            parameters=layer.count_params(),
            trainable=sum(int(np.prod(weight.shape)) for weight in layer.trainable_weights),
            inputs=tuple(names[one] for one in before),
            masks=name in masks,
        )


def _names(names: Sequence[str]) -> dict[str, str]:
    """Name of each layer without the number of the process, which counts the layers of all networks."""
    kinds = [re.sub(r"_\d+$", "", name) for name in names]
    totals = Counter(kinds)
    numbered: Counter[str] = Counter()
    result = {}
    for name, kind in zip(names, kinds, strict=True):
        numbered[kind] += 1
        result[name] = f"{kind}_{numbered[kind]}" if totals[kind] > 1 else kind
    return result


def _tensors(argument: Any) -> Iterator[str]:
    """Names of the layers whose outputs are among the arguments of a layer."""
    if isinstance(argument, dict) and "keras_history" in argument.get("config", {}):
        yield argument["config"]["keras_history"][0]
    elif isinstance(argument, list | tuple):
        for child in argument:
            yield from _tensors(child)


def _kind(config: Mapping[str, Any]) -> str:
    """Class of a layer; with that of its inner layer, as in Bidirectional LSTM."""
    inner = config["config"].get("layer", {}).get("class_name", "")
    return f"{config['class_name']} {inner}".strip()


def _settings(config: Mapping[str, Any]) -> str:
    """Sizes, rate and activation of a layer; of the inner layer of a bidirectional one."""
    config = config.get("layer", {}).get("config", config)
    values = {name: config[name] for name in SETTINGS if config.get(name) not in (None, "linear")}
    return ", ".join(_setting(name, value) for name, value in values.items())


def _setting(name: str, value: Any) -> str:
    if isinstance(value, list | tuple):
        value = " × ".join(map(str, value))
    words = {"kernel_size": "kernel ", "num_heads": "heads ", "pool_size": "pool "}
    return f"{words.get(name, '')}{value}"
