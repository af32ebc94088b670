"""A trained model on disk: written whole or not at all, and checked before anything of it is read.

`Trained` → `save` → artifacts/<name>/ → `load` → `Artifact` (metadata, backend)

    artifact.json            the metadata: what it is, and the SHA-256 of every other file
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
from ser_models import ood
from ser_models.artifact.backend import Backend
from ser_models.artifact.metadata import (
    METADATA_FILE,
    ONNX_FILE,
    SCALER,
    ArtifactMetadata,
    feature_profile,
    read_metadata,
    verify,
    write_metadata,
)
from ser_models.data.speaker_norm import FILE, SpeakerPrior
from ser_models.models import create
from ser_models.models.base import Model
from ser_models.models.networks.network import Network
from ser_models.ood import TrainingDistribution
from ser_models.ood.distribution import NUMBERS, RECORDINGS
from ser_models.safe_io.strict import quoted

if TYPE_CHECKING:
    from ser_models.data.scaling import Scaler


@dataclass(frozen=True)
class Artifact:
    """A loaded artifact.

    Attributes:
        folder: where it stands.
        metadata: what it is.
        model: its inputs and hyperparameters; fitted only if it is what runs.
        backend: runs the model.
        training_distribution: None if the store had no log-mel frames.
        speaker_prior: the mean training speaker, if recordings are rid of their speaker's voice; else None.
    """

    folder: Path
    metadata: ArtifactMetadata
    model: Model
    backend: Backend
    training_distribution: TrainingDistribution | None = None
    speaker_prior: SpeakerPrior | None = None


def check_target(folder: Path) -> None:
    """Refuse to replace what is not an artifact; called before any work is done.

    Raises:
        InputError: if `folder` is a file, or a folder with anything but an artifact in it.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        metadata = read_metadata(folder)
    except ArtifactError as error:
        raise InputError(
            f"{folder} is not an artifact of this version and is not replaced: pass another --out"
        ) from error
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    if foreign := sorted(found - {METADATA_FILE, *metadata.files}):
        raise InputError(f"{folder} holds {foreign[0]}, which is not ser's: move it, or pass another --out")


def save(
    folder: Path,
    metadata: ArtifactMetadata,
    model: Model,
    scaler: "Scaler",
    extras: Callable[[Path], None],
    speaker_prior: SpeakerPrior | None = None,
) -> None:
    """Write an artifact to a hidden folder beside `folder`, then rename it.

    Args:
        folder: where it shall stand; an artifact that is there is replaced.
        metadata: everything but `files`, which is filled in here.
        model: the fitted model.
        scaler: its scaler.
        extras: writes tables, metrics and figures into the folder it is given.
        speaker_prior: the mean training speaker, if recordings are rid of their speaker's voice.

    Raises:
        InputError: if something that is not an artifact is in the way.
    """
    from ser_features import files
    from ser_models.safe_io import skops_file

    check_target(folder)
    with files.replacing_folder(folder) as hidden:
        model.save(hidden / metadata.model_file)
        if isinstance(model, Network):
            model.export(hidden / ONNX_FILE, scaler)
        skops_file.save(scaler.pipeline, hidden / SCALER)
        if speaker_prior:
            speaker_prior.save(hidden)
        extras(hidden)
        write_metadata(hidden, metadata)


def load(folder: Path) -> Artifact:
    """Check an artifact and read its model.

    Raises:
        ArtifactError: if it is incomplete, altered, of another format, or made with other features.
        MissingExtraError: if its model needs a package that is not installed.
    """
    metadata = read_metadata(folder)
    verify(folder, metadata)
    try:
        model = create(metadata.model, metadata.parameters, described_only=ONNX_FILE in metadata.files)
        current = digest(feature_profile(metadata), model.inputs.families)
    except InputError as error:
        raise ArtifactError(f"{folder / METADATA_FILE}: {quoted(error, 400)}") from error
    if current != metadata.digest:
        raise ArtifactError(
            f"{folder} was trained on features {metadata.profile} ({quoted(metadata.digest)}), "
            f"this version of ser computes ({current}): train again, or use the version that made it"
        )
    if not _describes(metadata, model):
        raise ArtifactError(
            f"{folder / METADATA_FILE} does not describe a {metadata.model} of this version: train again"
        )
    backend, distribution = _backend(folder, metadata, model), _training_distribution(folder, metadata)
    return Artifact(folder, metadata, model, backend, distribution, _speaker_prior(folder, metadata, model))


def _describes(metadata: ArtifactMetadata, model: Model) -> bool:
    """Whether the metadata names the inputs and files that such a model has."""
    may_be_portable = isinstance(model, Network) or ONNX_FILE not in metadata.files
    as_saved = metadata.model_file == f"model{model.suffix}" and model.inputs.to_json() == metadata.inputs
    return may_be_portable and as_saved


def _backend(folder: Path, metadata: ArtifactMetadata, model: Model) -> Backend:
    """Read what answers; the packages that it needs are imported only here."""
    if ONNX_FILE in metadata.files:
        from ser_models.onnx_format.session import OnnxBackend

        return OnnxBackend.load(folder / ONNX_FILE, model)
    from ser_models.artifact.native_backend import NativeBackend

    return NativeBackend.restore(folder, metadata, model)


def _speaker_prior(folder: Path, metadata: ArtifactMetadata, model: Model) -> SpeakerPrior | None:
    """Read what the training speakers are like, where the model needs to know.

    Raises:
        ArtifactError: if the metadata says so and it is not there, or the other way round.
    """
    if (FILE in metadata.files) != (metadata.speaker_norm > 0):
        raise ArtifactError(
            f"{folder / METADATA_FILE}: speaker_norm is {metadata.speaker_norm} "
            f"{'with' if FILE in metadata.files else 'without'} {FILE}: restore it, or train again"
        )
    return SpeakerPrior.load(folder, model.inputs) if metadata.speaker_norm else None


def _training_distribution(folder: Path, metadata: ArtifactMetadata) -> TrainingDistribution | None:
    """Read what the training recordings are like."""
    if not {NUMBERS, RECORDINGS} <= set(metadata.files):
        return None
    reference = ood.read(folder)
    bands = find_profile(metadata.profile).frames.n_mels
    if reference.mean.size != 2 * bands:
        raise ArtifactError(
            f"{folder / NUMBERS} describes recordings by {reference.mean.size} numbers, expected {2 * bands} "
            f"of profile {metadata.profile}: train again"
        )
    return reference
