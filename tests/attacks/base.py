"""Good artifacts, and what every attacker can do to them."""

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
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from ser_features.config import SPEECH16K
from ser_features.pipeline import digest
from ser_models import artifact
from ser_models.artifact.metadata import METADATA_FILE, ONNX_FILE, ArtifactMetadata
from ser_models.data.scaling import Scaler
from ser_models.models import create
from ser_models.models.base import Model

CANARY = "SER_CANARY"
"""Environment variable with the path of a file that any payload writes when it is run."""

LABELS = ["angry", "neutral", "sad"]
PARAMETERS: dict[str, dict[str, Any]] = {
    "logistic": {},
    "mlp": {"epochs": 1},
    "xgboost": {"n_estimators": 4},
    "cnn_lstm": {"length": 24, "epochs": 1},
    "mlp.onnx": {"epochs": 1},
    "cnn_lstm.onnx": {"length": 24, "epochs": 1},
}
"""Hyperparameters of each good artifact. Networks are as older versions of ser saved them, run by Keras; with
".onnx" behind their names they are run by ONNX Runtime."""

Spoil = Callable[[Path], None]


@dataclass(frozen=True)
class Hostile:
    """An artifact that must be refused.

    Attributes:
        name: what is wrong with it.
        model: the good artifact that it is made of.
        spoil: turns a copy of that into this.
        says: part of the message of the refusal.
        names: the file that the message must name.
    """

    name: str
    model: str
    spoil: Spoil
    says: str
    names: str


class Payload:
    """Writes the canary when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f'echo run > "${CANARY}"',)


PICKLE = pickle.dumps(Payload())


def good(name: str, folder: Path) -> None:
    """Write one of the good artifacts, fitted on noise."""
    model = create(name.removesuffix(".onnx"), PARAMETERS[name])
    rng = np.random.default_rng(0)
    scaler = StandardScaler().fit(rng.normal(size=(60, 64)))
    pipeline = Pipeline([("scale", scaler)])
    if model.inputs.kind == "columns":
        columns = rng.normal(size=(60, len(model.inputs.columns)))
        imputer = SimpleImputer(strategy="median", keep_empty_features=True)
        pipeline = Pipeline([("impute", imputer), ("scale", StandardScaler())]).fit(columns)
    fit(model, pipeline)
    artifact.save(folder, card(model), model, Scaler(model.inputs, pipeline), lambda hidden: None)
    if not name.endswith(".onnx"):
        (folder / ONNX_FILE).unlink(missing_ok=True)
        files = json.loads((folder / METADATA_FILE).read_text())["files"]
        edit(folder, files={file: known for file, known in files.items() if file != ONNX_FILE})


def fit(model: Model, pipeline: Pipeline) -> None:
    """Give a model weights, without the cost of training a network."""
    rng = np.random.default_rng(1)
    if model.suffix == ".keras":
        shapes: dict[str, tuple[int, ...]] = {"frames": (24, 64), "mask": (24,)}
        if model.inputs.kind == "columns":
            shapes = {"columns": (len(model.inputs.columns),)}
        model.network = model.build(shapes, len(LABELS))
        return
    columns = rng.normal(size=(60, len(model.inputs.columns))).astype(np.float32)
    if model.suffix == ".skops":
        from sklearn.linear_model import LogisticRegression

        model.estimator = LogisticRegression().fit(columns, np.arange(60) % 3)
        return
    import xgboost

    settings = {"objective": "multi:softprob", "num_class": 3, "max_depth": 3, "nthread": 1}
    model.booster = xgboost.train(settings, xgboost.DMatrix(columns, np.arange(60) % 3), 4)


def card(model: Model) -> ArtifactMetadata:
    """Return the card of a good artifact."""
    return ArtifactMetadata(
        model=model.name,
        parameters=model.parameters,
        model_file=f"model{model.suffix}",
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
    """Make artifact.json agree with a file that was changed."""
    files = json.loads((folder / METADATA_FILE).read_text())["files"]
    with (folder / name).open("rb") as file:
        edit(folder, files={**files, name: hashlib.file_digest(file, "sha256").hexdigest()})


def replaced(name: str, content: bytes) -> Spoil:
    """Put other bytes in the place of a file."""

    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(content)
        rehash(folder, name)

    return spoil


def members(path: Path) -> dict[str, bytes]:
    """Return what a zip file holds."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rezip(folder: Path, name: str, content: Mapping[str, bytes], kind: int = zipfile.ZIP_STORED) -> None:
    """Write a zip file in the place of a file."""
    with zipfile.ZipFile(folder / name, "w", kind) as archive:
        for member, held in content.items():
            archive.writestr(member, held)
    rehash(folder, name)


def zip_bomb(folder: Path, name: str, member: str, size: int) -> None:
    """Replace one member of a zip file by so many spaces, which take a thousandth of it."""
    held = members(folder / name)
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for other in held.keys() - {member}:
            archive.writestr(other, held[other])
        with archive.open(member, "w", force_zip64=True) as file:
            for _ in range(size >> 20):
                file.write(b" " * 2**20)
    rehash(folder, name)
