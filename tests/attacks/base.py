"""Valid artifacts, and the changes that every attack is made of."""

import hashlib
import json
import os
import pickle
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ser_features.config import SPEECH16K
from ser_features.extractors import digest
from ser_models import artifact, ood
from ser_models.artifact.metadata import METADATA_FILE, ONNX_FILE, ArtifactMetadata
from ser_models.data.batches import InMemory, Scaler, fit_statistics
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled, Model
from ser_models.models.networks.network import Network

CANARY = "SER_CANARY"
"""Environment variable with the path of a file that every payload writes when it is run."""

LABELS = ["angry", "neutral", "sad"]
BANDS = 64
PARAMETERS: dict[str, dict[str, Any]] = {
    "logistic": {},
    "mlp": {},
    "conv_attention": {"length": 24, "n_members": 1, "stem": 4, "width": 4, "units": 4},
    "xgboost": {"n_estimators": 4, "max_depth": 3},
    "ensemble": {"members": ["logistic", "xgboost"]},
    "mlp.onnx": {},
    "cnn_lstm.onnx": {"length": 24},
}
"""Hyperparameters of each valid artifact. ".onnx" behind the name of a network: it is run by ONNX
Runtime instead of Keras."""

Spoil = Callable[[Path], object]


@dataclass(frozen=True)
class Hostile:
    """An artifact that must be refused.

    Attributes:
        name: what is wrong with it.
        model: the valid artifact that it is made of.
        spoil: turns a copy of that into this one.
        says: part of the error message.
        file: name of the file that the message must contain.
    """

    name: str
    model: str
    spoil: Spoil
    says: str
    file: str = ""


class Payload:
    """Writes the canary when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f'echo run > "${CANARY}"',)


PICKLE = pickle.dumps(Payload())


def valid(name: str, folder: Path) -> None:
    """Write one of the valid artifacts, fitted on noise."""
    model = create(name.removesuffix(".onnx"), PARAMETERS[name])
    rng = np.random.default_rng(0)
    raw: Any = [rng.normal(size=(30, BANDS)).astype(np.float32) for _ in range(60)]
    if model.inputs.kind == "columns":
        raw = rng.normal(size=(60, len(model.inputs.columns))).astype(np.float32)
    if model.inputs.kind == "joint":
        raw = [tuple(rng.normal(size=len(part.columns)) for part in model.inputs.parts) for _ in range(60)]
    scaler = Scaler(model.inputs, fit_statistics(model.inputs, raw))
    fit(model, scaler.transform(raw))
    columns = {"pitch_mean": np.arange(101.0)}
    mean, scale = np.zeros(2 * BANDS), np.ones(2 * BANDS)
    distribution = ood.TrainingDistribution(mean, scale, 1.0, rng.normal(size=(9, 2 * BANDS)), columns)
    artifact.save(folder, metadata(model), model, scaler, lambda hidden: ood.write(hidden, distribution))
    if isinstance(model, Network) and not name.endswith(".onnx"):
        (folder / ONNX_FILE).unlink()
        files = json.loads((folder / METADATA_FILE).read_text())["files"]
        edit(folder, files={file: sha256 for file, sha256 in files.items() if file != ONNX_FILE})


def fit(model: Model, arrays: Mapping[str, np.ndarray]) -> None:
    """Fit a model; networks keep their initial weights."""
    if isinstance(model, Network):
        model.network = model.build({key: array.shape[1:] for key, array in arrays.items()}, len(LABELS))
        return
    speakers = tuple(f"own/s{index // 10}" for index in range(60))
    ids = tuple(f"own/{index}" for index in range(60))
    data = Labelled(InMemory(dict(arrays)), np.arange(60) % 3, 3, ids, speakers)
    model.fit(data, data, FitContext(0))


def metadata(model: Model) -> ArtifactMetadata:
    """Return the metadata of a valid artifact."""
    return ArtifactMetadata(
        model=model.name,
        parameters=model.parameters,
        labels=LABELS,
        label_map={},
        inputs=model.inputs.to_json(),
        profile="speech16k",
        digest=digest(SPEECH16K, model.inputs.families),
        datasets=["own"],
        synthetic=False,
        protocol="speaker-disjoint",
        seed=0,
        reproducible=True,
        final_fold=0,
        versions={"ser": "0.1.0"},
        files={},
    )


def edit(folder: Path, **changes: Any) -> None:
    """Change fields of artifact.json."""
    path = folder / METADATA_FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def rehash(folder: Path, name: str) -> None:
    """Make artifact.json agree with a changed file: an attacker can do that too."""
    files = json.loads((folder / METADATA_FILE).read_text())["files"]
    with (folder / name).open("rb") as file:
        edit(folder, files={**files, name: hashlib.file_digest(file, "sha256").hexdigest()})


def replaced(name: str, content: bytes) -> Spoil:
    """Replace the content of a file."""

    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(content)
        rehash(folder, name)

    return spoil


def changed(name: str, change: Callable[[bytes], bytes]) -> Spoil:
    """Change the content of a file."""
    return lambda folder: replaced(name, change((folder / name).read_bytes()))(folder)


def members(path: Path) -> dict[str, bytes]:
    """Return the members of a zip file."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rezip(folder: Path, name: str, content: Mapping[str, bytes]) -> None:
    """Write a zip file in the place of a file."""
    with zipfile.ZipFile(folder / name, "w") as archive:
        for member, data in content.items():
            archive.writestr(member, data)
    rehash(folder, name)
