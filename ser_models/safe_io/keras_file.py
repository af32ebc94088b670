"""Keras networks on disk: a graph of known layers, and as many weights as it says; nothing else gets in.

.keras → `load` → the network, or an `ArtifactError`

Keras's safe mode refuses Lambda layers, and has been got round in other ways every few months: by classes of
any module that a configuration names, by layers that read files, by links inside of the weights. So here the
file is looked at before Keras sees it: its members, every class that the configuration names, and every
object of the weights. And nothing is allocated because the configuration asks for it: the graph is drawn up
without weights first, and gets them if the file holds as many.
"""

import io
import math
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ser_features.errors import ArtifactError
from ser_models.safe_io.keras_import import load_keras
from ser_models.safe_io.strict import MAX_FILE, open_archive, quoted, strict_json

if TYPE_CHECKING:
    import h5py
    import keras

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
LIMITS = {CONFIG: 2**20, METADATA: 2**16, WEIGHTS: MAX_FILE}
"""Most bytes of each member; the largest network here writes 40 kB of configuration."""

MAX_LAYERS = 256
"""Layers of a graph, and calls of them; each takes milliseconds to draw up. The largest has 60."""

MAX_LINKS = 5_000
"""Groups and arrays in the weights, of which a layer has about three."""

LAYERS: frozenset[str] = frozenset(
    {
        "Activation",
        "Add",
        "Average",
        "AveragePooling1D",
        "AveragePooling2D",
        "AveragePooling3D",
        "BatchNormalization",
        "Bidirectional",
        "Concatenate",
        "Conv1D",
        "Conv2D",
        "Conv3D",
        "Dense",
        "DepthwiseConv1D",
        "Dot",
        "Dropout",
        "ELU",
        "Flatten",
        "GRU",
        "GlobalAveragePooling1D",
        "GlobalAveragePooling2D",
        "GlobalAveragePooling3D",
        "InputLayer",
        "LSTM",
        "LayerNormalization",
        "LeakyReLU",
        "MaxPooling1D",
        "MaxPooling2D",
        "MaxPooling3D",
        "MultiHeadAttention",
        "Multiply",
        "Permute",
        "ReLU",
        "Reshape",
        "Softmax",
        "SpatialDropout1D",
    }
)
"""Layers that only calculate. A model that needs another adds it here, if that reads no file and runs no
function that its configuration names."""

CLASSES: frozenset[tuple[str | None, str]] = frozenset(
    {
        ("keras", "DTypePolicy"),
        ("keras.src.models.functional", "Functional"),
        (None, "__keras_tensor__"),
        *(("keras.layers", name) for name in LAYERS),
    }
)
"""Whatever a configuration may name: (module, class)."""

_ZEROS: dict[str, Any] = {
    "module": "keras.initializers",
    "class_name": "Zeros",
    "config": {},
    "registered_name": None,
}


def load(path: Path) -> "keras.Model":
    """Read a network for prediction.

    Args:
        path: what `keras.Model.save` wrote of a functional model.

    Raises:
        ArtifactError: if the file is damaged, or holds or asks for what no network here needs.
    """
    try:
        with open_archive(path, LIMITS) as archive:
            if archive.getinfo(WEIGHTS).compress_type != zipfile.ZIP_STORED:
                raise ArtifactError(
                    f"{path.name}: {WEIGHTS} is compressed, which Keras never does: train again"
                )
            config = _checked_config(path, strict_json(archive.read(CONFIG)))
            held = _checked_weights(path, archive.read(WEIGHTS))
        network = _drawn(path, config, held)
        network.load_weights(path)
    except ArtifactError:
        raise
    except Exception as error:  # a damaged file can fail anywhere in Keras
        raise ArtifactError(f"{path.name} cannot be loaded safely ({quoted(error)}): train again") from error
    return network


def _checked_config(path: Path, config: Any) -> Any:
    """Return the configuration without what only training needs, all weights zero at first."""
    plain = _for_prediction(config)
    nodes = list(_nodes(plain))
    if strangers := {quoted(_class_name(node)) for node in nodes if not _is_known(node)}:
        raise ArtifactError(
            f"{path.name} holds {quoted(', '.join(sorted(strangers)))}, expected only layers that ser uses: "
            "do not use it"
        )
    if plain.get("class_name") != "Functional":
        raise ArtifactError(f"{path.name} is no functional network: train again")
    layers = sum(node.get("module") == "keras.layers" for node in nodes)
    calls = sum(len(node.get("inbound_nodes", ())) for node in nodes)
    if max(layers, calls) > MAX_LAYERS:
        raise ArtifactError(
            f"{path.name} has {max(layers, calls)} layers, expected at most {MAX_LAYERS}: do not use it"
        )
    return plain


def _for_prediction(node: Any) -> Any:
    """Drop loss and optimizer, and what weights begin as: that can take minutes, and all are overwritten."""
    if isinstance(node, list):
        return [_for_prediction(child) for child in node]
    if not isinstance(node, dict):
        return node
    kept = {name: child for name, child in node.items() if name != "compile_config"}
    return {
        name: _ZEROS if name.endswith("_initializer") and child is not None else _for_prediction(child)
        for name, child in kept.items()
    }


def _nodes(config: Any) -> Iterator[dict[str, Any]]:
    """Yield every part of a configuration that names a class, or asks for a loop to be written out."""
    children: Iterable[Any] = config if isinstance(config, list) else ()
    if isinstance(config, dict):
        if {"class_name", "module", "registered_name"} & set(config) or config.get("unroll"):
            yield config
        children = config.values()
    for child in children:
        yield from _nodes(child)


def _class_name(node: dict[str, Any]) -> str:
    return (
        "an unrolled recurrence" if node.get("unroll") else f"{node.get('module')}.{node.get('class_name')}"
    )


def _is_known(node: dict[str, Any]) -> bool:
    if node == _ZEROS:
        return True
    name, registered = node.get("class_name"), node.get("registered_name")
    return (node.get("module"), name) in CLASSES and registered in (None, name) and not node.get("unroll")


def _checked_weights(path: Path, content: bytes) -> int:
    """Return how many numbers the weights hold, all of them inside of the file."""
    import h5py

    numbers = size = links = 0
    with h5py.File(io.BytesIO(content), "r") as file:
        pending = [file["/"]]
        while pending:
            group = pending.pop()
            for name in group:
                links += 1
                found = _member(group, name)
                if found is None or links > MAX_LINKS:
                    raise ArtifactError(
                        f"{path.name}: {WEIGHTS} holds {quoted(repr(name))}, expected only arrays of numbers "
                        f"inside of the file, at most {MAX_LINKS}: do not use it"
                    )
                if isinstance(found, h5py.Group):
                    pending.append(found)
                else:
                    numbers += found.size
                    size += found.nbytes
    if size > len(content):
        raise ArtifactError(f"{path.name}: {WEIGHTS} promises {size} bytes of {len(content)}: train again")
    return numbers


def _member(group: "h5py.Group", name: str) -> "h5py.Group | h5py.Dataset | None":
    """Return a member of a group; None if it is elsewhere, is no number, or is not stored as it stands."""
    import h5py

    if type(group.get(name, getlink=True)) is not h5py.HardLink:
        return None
    found = group[name]
    if isinstance(found, h5py.Group):
        return found
    if not isinstance(found, h5py.Dataset) or found.external or found.is_virtual:
        return None
    stored = found.dtype.kind in "fiu" and found.id.get_storage_size() == found.nbytes
    return found if stored else None


def _drawn(path: Path, config: Any, held: int) -> "keras.Model":
    """Draw up the network, and allocate its weights only if the file holds as many."""
    load_keras()
    import keras

    try:
        with keras.StatelessScope(initialize_variables=False):
            network = keras.saving.deserialize_keras_object(config, safe_mode=True)
        asked = sum(math.prod(variable.shape) for variable in network.weights)
        if asked > held:
            raise ArtifactError(f"{path.name} asks for {asked} weights and holds {held}: do not use it")
    except Exception:
        keras.utils.clear_session(free_memory=False)  # forgets weights that wait to be allocated
        raise
    with keras.StatelessScope():
        pass  # leaving it allocates them
    return network
