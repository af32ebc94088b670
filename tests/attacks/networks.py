"""Attacks on model.keras; every file has the hash that artifact.json says."""

import base64
import io
import json
import marshal
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tests.attacks.base import PICKLE, Hostile, Spoil, members, rehash, replaced, rezip, zip_bomb

MODEL, CONFIG, WEIGHTS = "model.keras", "config.json", "model.weights.h5"
SECRET = "/etc/hostname"

Json = dict[str, Any]


def _config(change: Callable[[Json], Any]) -> Spoil:
    """Change the configuration of the network."""

    def spoil(folder: Path) -> None:
        held = members(folder / MODEL)
        config = json.loads(held[CONFIG])
        config = change(config) or config
        rezip(folder, MODEL, {**held, CONFIG: json.dumps(config).encode()})

    return spoil


def _layers(config: Json) -> list[Json]:
    found: list[Json] = config["config"]["layers"]
    return found


def _layer(node: Json) -> Spoil:
    """Put another layer in the place of the first one behind the input."""

    def change(config: Json) -> None:
        old = _layers(config)[1]
        _layers(config)[1] = {**old, "registered_name": None, **node, "name": old["name"]}

    return _config(change)


def _field(name: str, value: Any) -> Spoil:
    """Give the first layer behind the input another setting."""
    return _config(lambda config: _layers(config)[1]["config"].update({name: value}))


def _named(module: Any, name: Any, config: Any = None, registered: Any = None) -> Json:
    return {"module": module, "class_name": name, "config": config or {}, "registered_name": registered}


def _marshalled() -> str:
    code = compile("__import__('os').system('echo run > \"$SER_CANARY\"')", "payload", "eval")
    return base64.b64encode(marshal.dumps(code)).decode()


def _saved(folder: Path, layers: list[Any]) -> None:
    """Save a network of other layers."""
    import keras

    width = _layers(json.loads(members(folder / MODEL)[CONFIG]))[0]["config"]["batch_shape"][1]
    columns = keras.Input((width,), name="columns")
    x = columns
    for layer in layers:
        x = layer(x)
    keras.Model({"columns": columns}, x).save(folder / MODEL)
    rehash(folder, MODEL)


def _saved_lambda(folder: Path) -> None:
    from keras import layers

    _saved(folder, [layers.Lambda(lambda x: x), layers.Dense(3, activation="softmax")])


def _other_classes(folder: Path) -> None:
    from keras import layers

    _saved(folder, [layers.Dense(7, activation="softmax")])


def _legacy(folder: Path) -> None:
    """Save in the older format, in which Keras honoured no safe mode."""
    import keras

    network = keras.saving.load_model(folder / MODEL, compile=False)
    network.save(folder / "legacy.h5")
    (folder / "legacy.h5").replace(folder / MODEL)
    rehash(folder, MODEL)


def _h5(change: Callable[[Any], Any]) -> Spoil:
    """Change the weights."""

    def spoil(folder: Path) -> None:
        import h5py

        held = members(folder / MODEL)
        file = io.BytesIO(held[WEIGHTS])
        with h5py.File(file, "a") as weights:
            change(weights)
        rezip(folder, MODEL, {**held, WEIGHTS: file.getvalue()})

    return spoil


def _kernel(weights: Any) -> tuple[Any, str]:
    """Return a group with an array, and the array's name."""
    found: list[str] = []
    weights.visititems(lambda name, item: found.append(name) if hasattr(item, "shape") else None)
    group, _, name = found[0].rpartition("/")
    return weights[group], name


def _instead(make: Callable[[Any, str, Any], Any]) -> Spoil:
    """Put something else in the place of an array; `make` is given the group, the name and the old array."""

    def change(weights: Any) -> None:
        group, name = _kernel(weights)
        old = group[name][()]
        del group[name]
        make(group, name, old)

    return _h5(change)


def _link(kind: str, *target: str) -> Spoil:
    def make(group: Any, name: str, old: Any) -> None:
        import h5py

        group[name] = getattr(h5py, kind)(*target)

    return _instead(make)


def _virtual(group: Any, name: str, old: Any) -> None:
    import h5py

    layout = h5py.VirtualLayout(shape=old.shape, dtype=old.dtype)
    layout[...] = h5py.VirtualSource(SECRET, "weights", shape=old.shape)
    group.create_virtual_dataset(name, layout)


def _cycle(weights: Any) -> None:
    weights["layers/again"] = weights["layers"]


def _many(weights: Any) -> None:
    for index in range(6_000):
        weights.create_group(f"g{index}")


def _npz(folder: Path) -> None:
    """Offer the weights as numpy's own archive, with pickled objects."""
    file, held = io.BytesIO(), members(folder / MODEL)
    np.savez(file, weights=np.frombuffer(PICKLE, np.uint8).astype(object))
    del held[WEIGHTS]
    rezip(folder, MODEL, {**held, "model.weights.npz": file.getvalue()})


def _compressed(folder: Path) -> None:
    rezip(folder, MODEL, members(folder / MODEL), zipfile.ZIP_DEFLATED)


def _repeat_layer(config: Json) -> None:
    layer = _layers(config)[1]
    _layers(config)[1:1] = [{**layer, "name": f"again{index}"} for index in range(300)]


def _call_often(config: Json) -> None:
    layer = _layers(config)[1]
    layer["inbound_nodes"] = layer["inbound_nodes"] * 1000


def _recurrence(config: Json) -> None:
    layer = _layers(config)[1]
    layer.update(_named("keras.layers", "LSTM", {"units": 4, "unroll": True}))


def _wide(units: int) -> Spoil:
    """Ask for more weights than the file holds, in two layers that nothing else restrains."""

    def spoil(folder: Path) -> None:
        from keras import layers

        _saved(folder, [layers.Dense(8), layers.Dense(8), layers.Dense(3, activation="softmax")])
        _config(partial(_widen, units))(folder)

    return spoil


def _widen(units: int, config: Json) -> None:
    for layer in _layers(config)[1:3]:
        layer["config"]["units"] = units
    for layer in _layers(config)[2:4]:
        layer["build_config"]["input_shape"] = [None, units]


def _narrow(config: Json) -> None:
    _layers(config)[0]["config"]["batch_shape"] = [None, 7]


def _nan(weights: Any) -> None:
    group, name = _kernel(weights)
    group[name][...] = np.nan


def _member(name: str) -> Spoil:
    return lambda folder: rezip(folder, MODEL, {**members(folder / MODEL), name: PICKLE})


only = "expected only layers that ser uses"
numbers = "expected only arrays of numbers inside of the file"
extra = "expected only what ser writes"
system = {"command": 'echo run > "$SER_CANARY"'}

KINDS: dict[str, tuple[Spoil, str]] = {
    "a pickle named .keras": (replaced(MODEL, PICKLE), "cannot be read"),
    "an .h5 of the older format": (_legacy, "cannot be read"),
    "half a file": (
        lambda folder: replaced(MODEL, (folder / MODEL).read_bytes()[:9000])(folder),
        "cannot be read",
    ),
    "a Lambda layer": (_saved_lambda, "keras.layers.Lambda"),
    "a Lambda layer with code": (
        _layer(
            _named(
                "keras.layers",
                "Lambda",
                {"function": _named("builtins", "__lambda__", {"code": _marshalled()})},
            )
        ),
        "Lambda",
    ),
    "a lambda as activation": (
        _field("activation", _named("builtins", "__lambda__", {"code": _marshalled()})),
        "builtins.__lambda__",
    ),
    "os.system as a layer": (_layer(_named("os", "system", system)), "os.system"),
    "a function of os as activation": (
        _field("activation", _named("builtins", "function", "system", "os")),
        only,
    ),
    "a class of another package": (
        _layer(_named("subprocess", "Popen", {"args": "true"})),
        "subprocess.Popen",
    ),
    "a harmless name that is registered": (
        _layer(_named("keras.layers", "Dense", {"units": 3}, "evil>Dense")),
        only,
    ),
    "a custom object": (_layer(_named(None, "Evil", {}, "Custom>Evil")), "None.Evil"),
    "a download": (
        _layer(_named("keras.utils", "get_file", {"origin": "http://127.0.0.1:9/evil"})),
        "keras.utils.get_file",
    ),
    "the switch of the safe mode": (
        _layer(_named("keras.config", "enable_unsafe_deserialization")),
        "enable_unsafe_deserialization",
    ),
    "a TensorFlow graph": (
        _layer(_named("keras.layers", "TFSMLayer", {"filepath": "/tmp/evil"})),
        "TFSMLayer",
    ),
    "a pickled PyTorch module": (
        _layer(_named("keras.layers", "TorchModuleWrapper", {"module": base64.b64encode(PICKLE).decode()})),
        only,
    ),
    "a vocabulary that is a file": (
        _layer(_named("keras.layers", "StringLookup", {"vocabulary": SECRET})),
        "StringLookup",
    ),
    "a regulariser with code": (_field("kernel_regularizer", _named("os", "system", system)), "os.system"),
    "a type specification": (
        _field("input_spec", _named("tensorflow", "__typespec__", ["os", "system"])),
        only,
    ),
    "a module that is a list": (
        _layer({"module": ["os"], "class_name": {"a": 1}}),
        "cannot be loaded safely",
    ),
    "a network that is a layer": (_config(lambda config: _layers(config)[1]), "is no functional network"),
    "a network that is a list": (_config(lambda config: [config]), "cannot be loaded safely"),
    "a configuration of 64 MB": (
        lambda folder: zip_bomb(folder, MODEL, CONFIG, 2**26),
        "unpacks to 67108864 bytes",
    ),
    "weights of 320 MB": (
        lambda folder: zip_bomb(folder, MODEL, WEIGHTS, 5 * 2**26),
        "unpacks to 335544320 bytes",
    ),
    "weights that are compressed": (_compressed, "is compressed, which Keras never does"),
    "a configuration of lists in lists": (
        lambda folder: rezip(folder, MODEL, {**members(folder / MODEL), CONFIG: b"[" * 10**5}),
        "nested too deeply",
    ),
    "a layer of a billion units": (_wide(10**9), "weights and holds"),
    "layers of 20,000 units": (_wide(20_000), "weights and holds"),
    "300 layers": (_config(_repeat_layer), "layers, expected at most 256"),
    "a layer that is called a thousand times": (_config(_call_often), "layers, expected at most 256"),
    "an unrolled recurrence": (_config(_recurrence), "an unrolled recurrence"),
    "weights in another file": (_link("ExternalLink", "/tmp/other.h5", "weights"), numbers),
    "weights through a link": (_link("SoftLink", "/layers/dense_1/vars/0"), numbers),
    "weights in bytes of another file": (
        _instead(
            lambda group, name, old: group.create_dataset(
                name, old.shape, old.dtype, external=[(SECRET, 0, 2**40)]
            )
        ),
        numbers,
    ),
    "virtual weights": (_instead(_virtual), numbers),
    "weights that are text": (
        _instead(lambda group, name, old: group.create_dataset(name, data=["a", "b"])),
        numbers,
    ),
    "weights that promise a terabyte": (
        _instead(lambda group, name, old: group.create_dataset(name, (2**38,), "f4", chunks=(2**20,))),
        numbers,
    ),
    "weights that unpack to 4 GB": (
        _instead(
            lambda group, name, old: group.create_dataset(
                name, (2**30,), "f4", chunks=(2**20,), compression="gzip", fillvalue=1
            )
        ),
        numbers,
    ),
    "weights in a circle": (_h5(_cycle), numbers),
    "6,000 groups": (_h5(_many), numbers),
    "weights that are no HDF5": (
        lambda folder: rezip(folder, MODEL, {**members(folder / MODEL), WEIGHTS: PICKLE}),
        "cannot be loaded safely",
    ),
    "weights of another shape": (
        _instead(lambda group, name, old: group.create_dataset(name, data=np.ones(old.size + 9, "f4"))),
        "cannot be loaded safely",
    ),
    "weights as pickled objects": (_npz, extra),
    "no weights": (
        lambda folder: rezip(folder, MODEL, {CONFIG: members(folder / MODEL)[CONFIG]}),
        "cannot be loaded safely",
    ),
    "a member above the folder": (_member("../../evil"), extra),
    "an asset": (_member("assets/layers/evil"), extra),
    "weights of NaN": (_h5(_nan), "gives no numbers for a tone"),
    "an input of other columns": (_config(_narrow), "cannot be loaded safely"),
    "other classes": (_other_classes, "has 3 labels for a model of 7 classes"),
}

NETWORKS = [
    Hostile(name, "mlp", spoil, says, "" if "tone" in says or "labels" in says else MODEL)
    for name, (spoil, says) in KINDS.items()
]
