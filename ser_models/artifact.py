"""A trained model on disk: written whole or not at all, and checked before anything of it is read.

`Trained` → `save` → artifacts/<name>/ → `load` → `Artifact` (model, scaler, card)

    artifact.json            the card: what it is, and the SHA-256 of every other file
    scaler.skops             imputation and scaling
    model.keras | .ubj | .skops
    splits.parquet  predictions.parquet  history.csv  metrics.json  figures/*.png

Loading runs no pickle: skops with a fixed list of types, Keras in safe mode, XGBoost's own format.
"""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sklearn.pipeline import Pipeline

from ser_features.config import profile as find_profile
from ser_features.errors import ArtifactError, InputError, SerError
from ser_features.pipeline import digest
from ser_features.store import layout
from ser_models import safe_skops
from ser_models.card import CARD, SCALER, Card, read_card, verify, write_card
from ser_models.models import create
from ser_models.models.base import Model
from ser_models.scaling import Scaler
from ser_models.untrusted import shown


@dataclass(frozen=True)
class Artifact:
    """A loaded artifact."""

    folder: Path
    card: Card
    model: Model
    scaler: Scaler


def check_target(folder: Path) -> None:
    """Refuse to replace what is not an artifact; called before any work is done.

    Raises:
        InputError: if `folder` is a file, or a folder with anything but an artifact in it.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        card = read_card(folder)
    except ArtifactError as error:
        raise InputError(
            f"{folder} is not an artifact of this version and is not replaced: pass another --out"
        ) from error
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    if foreign := sorted(found - {CARD, *card.files}):
        raise InputError(f"{folder} holds {foreign[0]}, which is not ser's: move it, or pass another --out")


def save(folder: Path, card: Card, model: Model, scaler: Scaler, extras: Callable[[Path], None]) -> None:
    """Write an artifact to a hidden folder beside `folder`, then rename it.

    Args:
        folder: where it shall stand; an artifact that is there is replaced.
        card: everything but `files`, which is filled in here.
        model: the fitted model.
        scaler: its scaler.
        extras: writes tables, metrics and figures into the folder it is given.

    Raises:
        InputError: if something that is not an artifact is in the way.
    """
    check_target(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    hidden = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        hidden.chmod(0o755)  # mkdtemp's folders are private
        model.save(hidden / card.model_file)
        safe_skops.save(scaler.pipeline, hidden / SCALER)
        extras(hidden)
        write_card(hidden, card)
        for path in (*hidden.rglob("*"), hidden):
            layout.sync(path)
        _swap(hidden, folder)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def load(folder: Path) -> Artifact:
    """Check an artifact and read its model.

    Raises:
        ArtifactError: if it is incomplete, altered, of another format, or made with other features.
        MissingExtraError: if its model needs a package that is not installed.
    """
    card = read_card(folder)
    verify(folder, card)
    try:
        model = create(card.model, card.parameters)
        current = digest(find_profile(card.profile), model.inputs.families)
    except InputError as error:
        raise ArtifactError(f"{folder / CARD}: {shown(error, 400)}") from error
    if current != card.digest:
        raise ArtifactError(
            f"{folder} was trained on features {card.profile} ({shown(card.digest)}), "
            f"this version of ser computes ({current}): train again, or use the version that made it"
        )
    if model.inputs.to_json() != card.inputs or card.model_file != f"model{model.suffix}":
        raise ArtifactError(f"{folder / CARD} does not describe a {card.model} of this version: train again")
    scaler = Scaler(model.inputs, safe_skops.load(folder / SCALER, Pipeline))
    return Artifact(folder, card, _restore(model, folder / card.model_file, len(card.labels)), scaler)


def _restore(model: Model, path: Path, classes: int) -> Model:
    try:
        return model.restore(path, classes=classes)
    except SerError:
        raise
    except Exception as error:  # a damaged or hostile file can fail anywhere in its parser
        raise ArtifactError(f"{path} cannot be loaded safely ({shown(error)}): train again") from error


def _swap(hidden: Path, folder: Path) -> None:
    """Put `hidden` in the place of `folder`; what stood there is removed after it."""
    old = hidden.with_name(f"{hidden.name}.old")
    if folder.exists():
        folder.rename(old)
    hidden.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
