"""A trained model on disk: written completely or not at all, and verified before anything of it is read.

fitted model, scaler → `save` → artifacts/<name>/ → `load` → `Artifact` (metadata, backend)

    artifact.json            the metadata: what the model is, and the SHA-256 of every other file
    model.npz                of every model: what was fitted, as numeric arrays
    model.onnx               of networks: the graph with its scaling, for prediction without Keras
    scaler.npz               imputation and scaling
    speakers.npz             of models with speaker normalisation: the mean training speaker
    ood.npz                  the distribution of the training data, for out-of-distribution scores
    README.md                the model card, for people
    splits.parquet  predictions.parquet  history.csv  metrics.json  figures/*.png

Files are held to their SHA-256 when they are read, so that the card can be completed and notes can be added.
What a user added or edited stays when the artifact is replaced (see `kept`).

Loading unpickles nothing: files hold numbers, checked JSON, or ONNX of known operators. A network is run by
ONNX Runtime if there is a model.onnx: Keras and scikit-learn are neither imported nor needed. Without it the
graph is built from the hyperparameters and gets its weights from model.npz.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ser_features.errors import ArtifactError, InputError
from ser_features.extractors import digest
from ser_features.preprocess import check_packages
from ser_models import ood
from ser_models.artifact.backend import Backend
from ser_models.artifact.kept import carry_over, kept, notes
from ser_models.artifact.metadata import (
    METADATA_FILE,
    MODEL_FILE,
    ONNX_FILE,
    READ_FILES,
    SCALER_FILE,
    ArtifactMetadata,
    feature_profile,
    read_metadata,
    verified,
    write_metadata,
)
from ser_models.artifact.native_backend import NativeBackend, load_scaler
from ser_models.data import speaker_norm
from ser_models.data.inputs import Inputs
from ser_models.data.speaker_norm import SpeakerPrior
from ser_models.models import create
from ser_models.models.base import Model
from ser_models.models.networks.network import Network
from ser_models.ood import TrainingDistribution
from ser_models.safe_io import arrays
from ser_models.safe_io.strict import quoted

if TYPE_CHECKING:
    from ser_models.data.batches import Scaler


@dataclass(frozen=True)
class Artifact:
    """A loaded artifact.

    Attributes:
        folder: its path.
        metadata: what it is.
        model: inputs and hyperparameters; fitted only if it is part of the backend.
        backend: computes probabilities.
        training_distribution: for out-of-distribution scores; None if the store had no log-mel frames.
        speaker_prior: the mean training speaker, if the model needs speaker normalisation.
    """

    folder: Path
    metadata: ArtifactMetadata
    model: Model
    backend: Backend
    training_distribution: TrainingDistribution | None = None
    speaker_prior: SpeakerPrior | None = None

    @cached_property
    def inputs(self) -> Inputs:
        """What the model reads."""
        return self.model.inputs

    @property
    def scaler(self) -> "Scaler":
        """Imputation and scaling of what the model reads; read from disk where the ONNX graph includes it."""
        if isinstance(self.backend, NativeBackend):
            return self.backend.scaler
        return load_scaler(self.folder, self.inputs)

    def path(self, name: str) -> Path:
        """Path of a file that was written with the model, such as splits.parquet, to be read.

        Raises:
            ArtifactError: if it is missing or altered.
        """
        return verified(self.folder, self.metadata, name)


def check_target(folder: Path) -> None:
    """Refuse to replace anything but an artifact; called before any work is done.

    Raises:
        InputError: if `folder` is a file or a folder without an artifact, or holds a file that cannot stay.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        kept(folder)
    except ArtifactError as error:
        raise InputError(
            f"{folder} is not an artifact of this version and is not replaced: pass another --out"
        ) from error


def notes_on_replacing(folder: Path) -> list[str]:
    """Lines on files of the user's that stay when a model is saved to `folder`; empty without such files."""
    return notes(folder) if (folder / METADATA_FILE).is_file() else []


def save(
    folder: Path,
    metadata: ArtifactMetadata,
    model: Model,
    scaler: "Scaler",
    extras: Callable[[Path], None],
    speaker_prior: SpeakerPrior | None = None,
) -> None:
    """Write an artifact to a hidden folder beside `folder`, then put it in place in one step.

    Args:
        folder: path of the artifact; an existing artifact is replaced but for a user's own files.
        metadata: everything but `files`, which is filled in here.
        model: the fitted model.
        scaler: its scaler.
        extras: writes tables, metrics and figures into the folder that it is given.
        speaker_prior: the mean training speaker, if the model needs speaker normalisation.

    Raises:
        InputError: if `folder` exists and is not an artifact.
    """
    from ser_features import files

    check_target(folder)
    with files.replacing_folder(folder) as hidden:
        save_model(hidden, model, scaler)
        if isinstance(model, Network):
            from ser_models.onnx_format import export

            export.write(model.fitted_network, scaler, hidden / ONNX_FILE)
        if speaker_prior:
            speaker_prior.save(hidden)
        extras(hidden)
        write_metadata(hidden, metadata)
        if (folder / METADATA_FILE).is_file():
            carry_over(folder, hidden)


def save_model(folder: Path, model: Model, scaler: "Scaler") -> None:
    """Write a fitted model and its scaler as numeric arrays; `NativeBackend.load` reads them."""
    arrays.save(folder / MODEL_FILE, model.state())
    arrays.save(folder / SCALER_FILE, scaler.statistics)


def load(folder: Path) -> Artifact:
    """Verify an artifact and load its model.

    Raises:
        ArtifactError: if its model is incomplete or altered, of another format, or made with other features.
        MissingExtraError: if its model or its profile needs a package that is not installed.
    """
    metadata = read_metadata(folder)
    for name in READ_FILES:
        if name in metadata.files:
            verified(folder, metadata, name)
    try:
        model = create(metadata.model, metadata.parameters, described_only=ONNX_FILE in metadata.files)
        profile = feature_profile(metadata, model.inputs.families)
    except InputError as error:
        raise ArtifactError(f"{folder / METADATA_FILE}: {quoted(error, 400)}") from error
    if (current := digest(profile, model.inputs.families)) != metadata.digest:
        raise ArtifactError(
            f"{folder} was trained on features {metadata.profile} ({quoted(metadata.digest)}), "
            f"this version of ser computes ({current}): train again, or use the version that made it"
        )
    check_packages(profile.audio)
    has_onnx = ONNX_FILE in metadata.files
    if model.inputs.to_json() != metadata.inputs or (has_onnx and not isinstance(model, Network)):
        raise ArtifactError(
            f"{folder / METADATA_FILE} does not describe a {metadata.model} of this version: train again"
        )
    return Artifact(
        folder,
        metadata,
        model,
        _backend(folder, metadata, model),
        ood.read(folder, bands=profile.frames.n_mels) if ood.FILE in metadata.files else None,
        _speaker_prior(folder, metadata, model),
    )


def _backend(folder: Path, metadata: ArtifactMetadata, model: Model) -> Backend:
    """Load the backend; the packages that it needs are imported only here."""
    if ONNX_FILE in metadata.files:
        from ser_models.onnx_format.session import OnnxBackend

        return OnnxBackend.load(folder / ONNX_FILE, model)
    return NativeBackend.load(folder, model, classes=len(metadata.labels))


def _speaker_prior(folder: Path, metadata: ArtifactMetadata, model: Model) -> SpeakerPrior | None:
    """Load the mean training speaker, if the model needs speaker normalisation.

    Raises:
        ArtifactError: if the metadata and the files disagree about that.
    """
    exists = speaker_norm.FILE in metadata.files
    if exists != (metadata.speaker_norm > 0):
        raise ArtifactError(
            f"{folder / METADATA_FILE}: speaker_norm is {metadata.speaker_norm} "
            f"{'with' if exists else 'without'} {speaker_norm.FILE}: restore it, or train again"
        )
    return SpeakerPrior.load(folder, model.inputs) if exists else None
