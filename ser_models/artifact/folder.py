"""A trained model on disk: written whole or not at all, and checked before anything of it is read.

`Trained` → `save` → artifacts/<name>/ → `load` → `Artifact` (card, recogniser)

    artifact.json            the card: what it is, and the SHA-256 of every other file
    scaler.skops             imputation and scaling
    model.keras | .ubj | .skops
    model.onnx               of networks: the same with its scaling, for prediction without Keras
    speakers.npz             the mean training speaker, of models that take voices out
    reference.json  .npy     what the training recordings are like: how far is another from them?
    README.md                the model card, for people
    splits.parquet  predictions.parquet  history.csv  metrics.json  figures/*.png

Loading runs no pickle: ONNX of known operators, or else skops with a fixed list of types, Keras in safe mode,
XGBoost's own format. A network is run by ONNX Runtime where there is a model.onnx: neither Keras nor
scikit-learn is imported, nor need they be installed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ser_features.config import profile as find_profile
from ser_features.errors import ArtifactError, InputError
from ser_features.pipeline import digest
from ser_models.artifact.backend import Recogniser
from ser_models.artifact.metadata import (
    CARD,
    PORTABLE,
    SCALER,
    Card,
    feature_profile,
    read_card,
    verify,
    write_card,
)
from ser_models.data.speaker_norm import FILE, Population
from ser_models.models import create
from ser_models.models.base import Model
from ser_models.models.networks.network import Network
from ser_models.ood import Reference
from ser_models.ood import read as read_reference
from ser_models.ood.file import NUMBERS, RECORDINGS
from ser_models.safe_io.strict import shown

if TYPE_CHECKING:
    from ser_models.data.scaling import Scaler


@dataclass(frozen=True)
class Artifact:
    """A loaded artifact.

    Attributes:
        folder: where it stands.
        card: what it is.
        model: its inputs and hyperparameters; fitted only if it is what runs.
        recogniser: what answers.
        reference: what its training recordings are like; None if their store had no log-mel frames.
        population: the mean training speaker, if recordings are rid of their speaker's voice; else None.
    """

    folder: Path
    card: Card
    model: Model
    recogniser: Recogniser
    reference: Reference | None = None
    population: Population | None = None


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


def save(
    folder: Path,
    card: Card,
    model: Model,
    scaler: "Scaler",
    extras: Callable[[Path], None],
    population: Population | None = None,
) -> None:
    """Write an artifact to a hidden folder beside `folder`, then rename it.

    Args:
        folder: where it shall stand; an artifact that is there is replaced.
        card: everything but `files`, which is filled in here.
        model: the fitted model.
        scaler: its scaler.
        extras: writes tables, metrics and figures into the folder it is given.
        population: the mean training speaker, if recordings are rid of their speaker's voice.

    Raises:
        InputError: if something that is not an artifact is in the way.
    """
    from ser_features import files
    from ser_models.safe_io import skops_file

    check_target(folder)
    with files.replacing_folder(folder) as hidden:
        model.save(hidden / card.model_file)
        if isinstance(model, Network):
            model.export(hidden / PORTABLE, scaler)
        skops_file.save(scaler.pipeline, hidden / SCALER)
        if population:
            population.save(hidden)
        extras(hidden)
        write_card(hidden, card)


def load(folder: Path) -> Artifact:
    """Check an artifact and read its model.

    Raises:
        ArtifactError: if it is incomplete, altered, of another format, or made with other features.
        MissingExtraError: if its model needs a package that is not installed.
    """
    card = read_card(folder)
    verify(folder, card)
    try:
        model = create(card.model, card.parameters, described_only=PORTABLE in card.files)
        current = digest(feature_profile(card), model.inputs.families)
    except InputError as error:
        raise ArtifactError(f"{folder / CARD}: {shown(error, 400)}") from error
    if current != card.digest:
        raise ArtifactError(
            f"{folder} was trained on features {card.profile} ({shown(card.digest)}), "
            f"this version of ser computes ({current}): train again, or use the version that made it"
        )
    if not _describes(card, model):
        raise ArtifactError(f"{folder / CARD} does not describe a {card.model} of this version: train again")
    recogniser, reference = _recogniser(folder, card, model), _reference(folder, card)
    return Artifact(folder, card, model, recogniser, reference, _population(folder, card, model))


def _describes(card: Card, model: Model) -> bool:
    """Whether the card names the inputs and files that such a model has."""
    may_be_portable = isinstance(model, Network) or PORTABLE not in card.files
    as_saved = card.model_file == f"model{model.suffix}" and model.inputs.to_json() == card.inputs
    return may_be_portable and as_saved


def _recogniser(folder: Path, card: Card, model: Model) -> Recogniser:
    """Read what answers; the packages that it needs are imported only here."""
    if PORTABLE in card.files:
        from ser_models.onnx_format.session import Portable

        return Portable.load(folder / PORTABLE, model)
    from ser_models.artifact.native_backend import Fitted

    return Fitted.restore(folder, card, model)


def _population(folder: Path, card: Card, model: Model) -> Population | None:
    """Read what the training speakers are like, where the model needs to know.

    Raises:
        ArtifactError: if the card says so and it is not there, or the other way round.
    """
    if (FILE in card.files) != (card.speaker_norm > 0):
        raise ArtifactError(
            f"{folder / CARD}: speaker_norm is {card.speaker_norm} "
            f"{'with' if FILE in card.files else 'without'} {FILE}: restore it, or train again"
        )
    return Population.load(folder, model.inputs) if card.speaker_norm else None


def _reference(folder: Path, card: Card) -> Reference | None:
    """Read what the training recordings are like."""
    if not {NUMBERS, RECORDINGS} <= set(card.files):
        return None
    reference = read_reference(folder)
    bands = find_profile(card.profile).frames.n_mels
    if reference.mean.size != 2 * bands:
        raise ArtifactError(
            f"{folder / NUMBERS} describes recordings by {reference.mean.size} numbers, expected {2 * bands} "
            f"of profile {card.profile}: train again"
        )
    return reference
