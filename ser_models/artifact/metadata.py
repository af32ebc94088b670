"""artifact.json: the description of a trained model, and the SHA-256 of every file beside it.

`ArtifactMetadata`, `versions` → `write_metadata` → artifact.json → `read_metadata` → `verified` (path)

A file is held to its SHA-256 when ser reads it. Documents and figures may be edited or removed, and other
files may be added: nothing reads them.
"""

import hashlib
import importlib.metadata
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from ser_features.config import EncoderConfig, Profile, before_conditioning
from ser_features.config import profile as find_profile
from ser_features.errors import ArtifactError
from ser_features.extractors import digest
from ser_features.labels import is_label
from ser_models import ood
from ser_models.data import speaker_norm
from ser_models.models.base import HIGHEST, LOWEST
from ser_models.safe_io.strict import MAX_FILE, quoted, strict_json

FORMAT = 2
"""Version of the layout; an artifact of another version is refused."""

METADATA_FILE = "artifact.json"
RUN_FILE = "run.toml"
MODEL_FILE, SCALER_FILE = "model.npz", "scaler.npz"
ONNX_FILE = "model.onnx"
READ_FILES = (MODEL_FILE, SCALER_FILE, ONNX_FILE, speaker_norm.FILE, ood.FILE)
"""All files that a model is loaded from."""

NAME_PATTERN = re.compile(r"(figures/)?[A-Za-z0-9_][A-Za-z0-9_.-]*")
"""Allowed file names: none leads out of the folder."""

MAX_BYTES = 2**20
"""Maximum size of artifact.json in bytes; 5 kB are usual."""

MAX_LENGTH = 2**16
"""Maximum number of frames of an input: ten minutes at a hop of 10 ms, the longest recording allowed."""

PACKAGES = (
    "ser-toolkit",
    "numpy",
    "scikit-learn",
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "onnx",
    "onnxruntime",
    "xgboost",
    "xgboost-cpu",
)
"""Packages whose versions are recorded with every result."""


@dataclass(frozen=True)
class ArtifactMetadata:
    """The content of artifact.json.

    Attributes:
        model: name in the registry.
        parameters: hyperparameters.
        labels: classes in the order of the probabilities.
        label_map: emotions that count as another class, such as calm as neutral.
        target: what the classes are: emotion, or another column of the store.
        inputs: what the model reads, from `Inputs.to_json`.
        profile: name of the feature profile.
        digest: fingerprint of the profile and its extractors.
        datasets: training corpora.
        synthetic: whether some of the training speech is synthesised.
        protocol: description of the evaluation protocol.
        seed: of split, training and bootstrap.
        reproducible: whether the same command gives the same model on the same machine.
        final_fold: fold of splits.parquet and predictions.parquet that this model belongs to.
        versions: versions of the packages that were used.
        files: SHA-256 of every other file, by path.
        temperature: divisor of the log-probabilities; see `ser_models.models.base.fit_temperature`.
        calibrated_on: corpora that the temperature was fitted on after the training; usually none.
        speaker_norm: median number of recordings per speaker that speaker normalisation had in the
            evaluation; 0 without speaker normalisation.
        encoder: fields of the `EncoderConfig` of the pretrained encoder; empty without one.
        format: version of the layout.
    """

    model: str
    parameters: dict[str, Any]
    labels: list[str]
    label_map: dict[str, str]
    inputs: dict[str, Any]
    profile: str
    digest: str
    datasets: list[str]
    synthetic: bool
    protocol: str
    seed: int
    reproducible: bool
    final_fold: int
    versions: dict[str, str]
    files: dict[str, str]
    target: str = "emotion"
    temperature: float = 1.0
    calibrated_on: list[str] = field(default_factory=list)
    speaker_norm: int = 0
    encoder: dict[str, Any] = field(default_factory=dict)
    format: int = FORMAT


def write_metadata(folder: Path, metadata: ArtifactMetadata) -> None:
    """Write artifact.json with the SHA-256 of every file in the folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): sha256(path) for path in paths}
    content = {**asdict(metadata), "files": files}
    (folder / METADATA_FILE).write_text(
        json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def read_metadata(folder: Path) -> ArtifactMetadata:
    """Read and validate artifact.json.

    Raises:
        ArtifactError: if it is missing, damaged, of another format, or names files outside of the folder.
    """
    path = folder / METADATA_FILE
    if folder.is_file():
        raise ArtifactError(
            f"{folder} is a file, expected the folder of a model: unpack it if it is an archive, or name the "
            "folder that ser train wrote"
        )
    if not path.is_file():
        raise ArtifactError(
            f"no artifact at {folder}: expected {path}: make one with ser train --out {folder}, or name "
            "builtin, the model that comes with ser"
        )
    with path.open("rb") as file:
        text = file.read(MAX_BYTES + 1)
    if len(text) > MAX_BYTES:
        raise ArtifactError(f"{path} has more than {MAX_BYTES} bytes, expected about 5000: do not use it")
    try:
        content = strict_json(text)
        _check_format(path, content["format"])
        metadata = ArtifactMetadata(**content)
    except (ValueError, KeyError, TypeError) as error:
        raise ArtifactError(f"{path} is damaged ({quoted(error)}): train again") from error
    _check_form(path, metadata)
    return metadata


def _check_format(path: Path, number: Any) -> None:
    if number == FORMAT and type(number) is int:
        return
    if type(number) is int and 0 < number < FORMAT:
        raise ArtifactError(f"{path} was made by an earlier version of ser (format {number}): train again")
    raise ArtifactError(
        f"{path} has format {quoted(repr(number))}, expected {FORMAT}: use the version of ser that wrote it"
    )


def verified(folder: Path, metadata: ArtifactMetadata, name: str) -> Path:
    """Return the path of a file of an artifact that is about to be read.

    Args:
        folder: of the artifact; its files may be links, as in the cache of a model hub.
        metadata: of the artifact.
        name: of the file.

    Raises:
        ArtifactError: if the file is missing, not listed, too large, or not the one that was written.
    """
    path, expected = folder / name, metadata.files.get(name)
    if expected is None or not path.is_file():
        lists = "lists" if expected else "should list"
        raise ArtifactError(
            f"{folder} lacks {name}, which {METADATA_FILE} {lists}: restore it, or train again"
        )
    if (size := path.stat().st_size) > MAX_FILE:
        raise ArtifactError(f"{path} has {size} bytes, expected at most {MAX_FILE}: do not use it")
    if sha256(path) != expected:
        raise ArtifactError(
            f"{path} was altered: its SHA-256 is not the one in {METADATA_FILE}: restore it, or train again"
        )
    return path


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def versions() -> dict[str, str]:
    """Return the installed versions of `PACKAGES` by name; packages that are not installed are left out.

    >>> sorted(set(versions()) - set(PACKAGES))
    []
    """
    installed = {}
    for package in PACKAGES:
        try:
            installed[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return installed


def feature_profile(metadata: ArtifactMetadata, families: Sequence[str]) -> Profile:
    """Return the feature configuration that the model was trained with.

    Args:
        metadata: of its artifact.
        families: feature families that it reads.

    Raises:
        InputError: if this version has no profile of that name.
    """
    profile = find_profile(metadata.profile)
    if metadata.encoder:
        profile = replace(profile, encoder=EncoderConfig(**metadata.encoder))
    earlier = before_conditioning(profile)
    return earlier if digest(earlier, families) == metadata.digest else profile


def _check_form(path: Path, metadata: ArtifactMetadata) -> None:
    """Refuse values of other types than `write_metadata` writes, values out of range, and foreign paths."""
    for name, hint in get_type_hints(ArtifactMetadata).items():
        if not _fits(getattr(metadata, name), hint):
            raise ArtifactError(
                f"{path}: {name} is {quoted(repr(getattr(metadata, name)))}, expected {_type_name(hint)}: "
                "train again"
            )
    for text in _texts(vars(metadata)):
        if not text.isprintable():
            raise ArtifactError(f"{path} holds {quoted(repr(text))}, expected printable text: do not use it")
    if not set(metadata.label_map.values()) <= set(metadata.labels):
        raise ArtifactError(
            f"{path}: label_map is {quoted(metadata.label_map)}, expected labels as its values: train again"
        )
    different = len(set(metadata.labels))
    if not all(map(is_label, metadata.labels)) or different < max(2, len(metadata.labels)):
        raise ArtifactError(
            f"{path}: labels are {quoted(metadata.labels)}, expected different names: train again"
        )
    if not is_label(metadata.target):
        raise ArtifactError(f"{path}: target is {quoted(metadata.target)}, expected a name: train again")
    if not LOWEST <= metadata.temperature <= HIGHEST:
        raise ArtifactError(
            f"{path}: temperature is {metadata.temperature}, expected {LOWEST:g} to {HIGHEST:g}: train again"
        )
    length = math.prod(size for size in metadata.inputs.values() if isinstance(size, int))
    if not 1 <= length <= MAX_LENGTH:
        raise ArtifactError(
            f"{path}: inputs have {quoted(length)} frames, expected 1 to {MAX_LENGTH}: train again"
        )
    if metadata.encoder and not _is_encoder(metadata.encoder):
        raise ArtifactError(
            f"{path}: encoder is {quoted(metadata.encoder)}, expected a local folder, sha256, layer, "
            "size and pooling: train again"
        )
    _check_names(path, metadata)


def _is_encoder(content: dict[str, Any]) -> bool:
    """Whether these are the fields of an `EncoderConfig` with a folder of this machine."""
    types = {"folder": str, "sha256": str, "layer": int, "size": int, "pooling": str}
    if {name: type(value) for name, value in content.items()} != types:
        return False
    return content["pooling"] in ("mean", "mean_std") and not content["folder"].startswith(("//", "\\\\"))


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value and its items have the types that `write_metadata` writes."""
    expected, arguments = get_origin(hint) or hint, (*get_args(hint), Any)
    if type(value) is not expected:
        return False
    items = value if expected is list else value.values() if expected is dict else ()
    item_hint = arguments[1] if expected is dict else arguments[0]
    return item_hint is Any or all(type(item) is item_hint for item in items)


def _type_name(hint: Any) -> str:
    items = [item for item in get_args(hint)[-1:] if item is not Any]
    return f"a {(get_origin(hint) or hint).__name__}" + "".join(f" of {item.__name__}" for item in items)


def _check_names(path: Path, metadata: ArtifactMetadata) -> None:
    for name in metadata.files:
        if not NAME_PATTERN.fullmatch(name):
            raise ArtifactError(
                f"{path} names the file {quoted(repr(name))}, expected one inside the artifact: do not use it"
            )
    if missing := sorted({MODEL_FILE, SCALER_FILE} - set(metadata.files)):
        raise ArtifactError(f"{path} has no SHA-256 of {', '.join(missing)}: restore it, or train again")


def _texts(value: Any) -> Iterator[str]:
    """Yield every string of the metadata, including field names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, child in value.items():
            yield name
            yield from _texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from _texts(child)
