"""artifact.json: what a trained model is, and the SHA-256 of every file beside it.

`Card` → `write_card` → artifact.json → `read_card` (form and paths checked) → `verify` (files checked)
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, get_origin, get_type_hints

from ser_features.errors import ArtifactError
from ser_features.labels import EMOTIONS

FORMAT = 1
"""Version of the layout; an artifact of another version is refused."""

CARD = "artifact.json"
SCALER = "scaler.skops"
NAME_PATTERN = re.compile(r"(figures/)?[A-Za-z0-9_][A-Za-z0-9_.-]*")
"""What a file of an artifact may be called: nothing leads out of the folder."""

PACKAGES = (
    "ser",
    "numpy",
    "scikit-learn",
    "skops",
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "xgboost",
    "xgboost-cpu",
)
"""Packages whose versions are recorded."""


@dataclass(frozen=True)
class Card:
    """The content of artifact.json.

    Attributes:
        model: name in the registry.
        parameters: hyperparameters.
        model_file: file that holds the model.
        labels: the classes, in the order of the probabilities.
        inputs: what the model reads, as `Inputs.to_json` gives it.
        profile: name of the feature profile.
        digest: fingerprint of the profile and its extractors.
        datasets: corpora it was trained on.
        synthetic: whether some of that speech is synthesised.
        protocol: how it was evaluated, in words.
        seed: of split, training and bootstrap.
        reproducible: whether the same command gives the same model on the machine that trained it.
        shipped_fold: fold of splits.parquet and predictions.parquet that this model belongs to.
        versions: versions of the packages that were used.
        files: SHA-256 of every other file, by path.
        format: version of the layout.
    """

    model: str
    parameters: dict[str, Any]
    model_file: str
    labels: list[str]
    inputs: dict[str, Any]
    profile: str
    digest: str
    datasets: list[str]
    synthetic: bool
    protocol: str
    seed: int
    reproducible: bool
    shipped_fold: int
    versions: dict[str, str]
    files: dict[str, str]
    format: int = FORMAT


def write_card(folder: Path, card: Card) -> None:
    """Write artifact.json with the SHA-256 of every file that is in the folder by now."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): sha256(path) for path in paths}
    content = {**asdict(card), "files": files}
    (folder / CARD).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_card(folder: Path) -> Card:
    """Read artifact.json and check its form.

    Raises:
        ArtifactError: if it is missing, damaged, of another format, or names files outside of the folder.
    """
    path = folder / CARD
    if not path.is_file():
        raise ArtifactError(
            f"no artifact at {folder}: expected {path}: make one with ser train --out {folder}"
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found = content["format"]
        card = Card(**content) if found == FORMAT else None
    except (ValueError, KeyError, TypeError) as error:
        raise ArtifactError(f"{path} is damaged ({error}): train again") from error
    if card is None:
        raise ArtifactError(
            f"{path} has format {found!r}, expected {FORMAT}: use the version of ser that wrote it"
        )
    _check_form(path, card)
    return card


def verify(folder: Path, card: Card) -> None:
    """Check that every file is there, is the one that was written, and that no model file is beside them.

    Raises:
        ArtifactError: naming the first file that is not as it should be.
    """
    for name, expected in sorted(card.files.items()):
        path = folder / name
        if not path.is_file() or path.is_symlink():
            raise ArtifactError(f"{folder} lacks {name}, which {CARD} lists: restore it, or train again")
        if sha256(path) != expected:
            raise ArtifactError(
                f"{path} was altered: its SHA-256 is not the one in {CARD}: restore it, or train again"
            )
    for path in sorted(folder.iterdir()):
        if path.stem in ("model", "scaler") and path.name not in card.files:
            raise ArtifactError(f"{path} is not listed in {CARD}: expected one model: remove the file")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of those of `PACKAGES` that are installed."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _check_form(path: Path, card: Card) -> None:
    """Refuse values of another type than `save` writes, and paths that lead elsewhere."""
    for name, hint in get_type_hints(Card).items():
        wanted, value = get_origin(hint) or hint, getattr(card, name)
        if type(value) is not wanted:
            raise ArtifactError(f"{path}: {name} is {value!r}, expected a {wanted.__name__}: train again")
    if any(label not in EMOTIONS for label in card.labels) or len(set(card.labels)) < len(card.labels):
        raise ArtifactError(f"{path}: labels are {card.labels}, expected different emotions: train again")
    for name in (card.model_file, *card.files):
        if not isinstance(name, str) or not NAME_PATTERN.fullmatch(name):
            raise ArtifactError(
                f"{path} names the file {name!r}, expected one inside of the artifact: do not use it"
            )
    if missing := sorted({card.model_file, SCALER} - set(card.files)):
        raise ArtifactError(f"{path} has no SHA-256 of {', '.join(missing)}: restore it, or train again")
