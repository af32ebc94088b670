"""Evaluate a trained model on stored recordings, and find those that were in its training.

artifact, store → predictions of every recording → metrics over all, and over unseen speakers and audio
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ser_features.errors import InputError
from ser_features.store import Store, open_store
from ser_models import inference
from ser_models.artifact.folder import Artifact
from ser_models.artifact.metadata import ArtifactMetadata
from ser_models.data.examples import Examples, load_examples, speaker_keys, synthetic_datasets
from ser_models.data.inputs import ColumnInputs, digest_of_inputs
from ser_models.data.own_features import with_own_features
from ser_models.data.split import TRANSDUCTIVE, UNKNOWN_SPEAKERS
from ser_models.evaluation import confounds
from ser_models.evaluation.entries import Finding
from ser_models.evaluation.leakage import audit, audited_columns
from ser_models.evaluation.result import EvaluationResult
from ser_models.evaluation.score import prediction_table, score


def evaluate(
    folder: Path, store: Path, datasets: Sequence[str] | None = None, own_features: Path | None = None
) -> EvaluationResult:
    """Evaluate an artifact's model on a store.

    Args:
        folder: the artifact.
        store: a feature store of the same profile.
        datasets: corpora to use; None for all.
        own_features: table of the features that a model with own features reads; None for another model.

    Returns:
        The result over all recordings. `leakage` lists what of them was in the training, and `unseen` has the
        metrics over speakers and audio that were not (None if there are none). A recording of an unknown
        speaker does not count as unseen, unless its corpus was not in the training.

    Raises:
        ArtifactError: if the artifact cannot be loaded.
        InputError: if the store has other features, or none of the model's emotions.
    """
    artifact, examples, predictions = predicted(folder, store, datasets, own_features)
    metadata, trained_on = artifact.metadata, training_rows(artifact)
    findings = _audit(examples.rows, trained_on)
    uncertain = _uncertain(examples.rows, trained_on)
    scores = score(predictions, examples.labels, seed=metadata.seed)
    unseen = predictions[is_unseen(examples.rows, trained_on)]
    return EvaluationResult.of(
        scores,
        model=metadata.model,
        target=metadata.target,
        datasets=tuple(examples.datasets),
        synthetic=bool(synthetic_datasets(examples.datasets)) or metadata.synthetic,
        protocol=_protocol(
            metadata,
            seen=any(finding.kind != "unknown" for finding in findings),
            uncertain=bool(uncertain.any()),
        ),
        transductive=metadata.speaker_norm > 0,
        leakage=tuple(findings),
        confounds=tuple(confounds.audit(examples.rows, model_uar=scores.uar, seed=metadata.seed)),
        notes=tuple(examples.notes),
        seed=metadata.seed,
        stored=True,
        unseen=score(unseen, examples.labels, seed=metadata.seed) if len(unseen) else None,
    )


def predicted(
    folder: Path, store: Path, datasets: Sequence[str] | None, own_features: Path | None
) -> tuple[Artifact, Examples, pd.DataFrame]:
    """Predict the recordings of a store; see `evaluate`.

    Returns:
        The artifact, the recordings, and their `prediction_table`.
    """
    predictor = inference.load(folder, of_store=True)
    examples = stored_examples(open_store(store), predictor.artifact, datasets, own_features)
    probabilities = predictor.probabilities(examples.read(predictor.artifact.inputs))
    return predictor.artifact, examples, prediction_table(examples, probabilities, fold=0, split="test")


def final_splits(artifact: Artifact) -> pd.DataFrame:
    """Read the sides of the recordings in the fold of the final model.

    Raises:
        ArtifactError: if the table is missing or altered.
    """
    splits = pd.read_parquet(artifact.path("splits.parquet"))
    return splits[splits["fold"] == artifact.metadata.final_fold]


def training_rows(artifact: Artifact) -> pd.DataFrame:
    """Rows of `final_splits` that the final model was fitted or stopped on."""
    splits = final_splits(artifact)
    return splits[splits["split"] != "test"]


def is_unseen(rows: pd.DataFrame, trained_on: pd.DataFrame) -> pd.Series:
    """Mark recordings whose speaker and audio are known not to be in the training."""
    return ~(_seen(rows, trained_on) | _uncertain(rows, trained_on))


def _with_own_features(examples: Examples, artifact: Artifact, table: Path | None) -> Examples:
    """Add own features if the model reads them.

    Raises:
        InputError: if there is a table for a model without, none for a model with them, or it lacks columns.
    """
    inputs = artifact.inputs
    if not (isinstance(inputs, ColumnInputs) and inputs.has_own):
        if table:
            raise InputError(f"--own-features: {artifact.folder} reads none: leave it out")
        return examples
    if table is None:
        raise InputError(f"{artifact.folder} reads own features: name their table with --own-features TABLE")
    return with_own_features(examples, table)


def stored_examples(
    store: Store, artifact: Artifact, datasets: Sequence[str] | None, own_features: Path | None = None
) -> Examples:
    """Read the recordings of a store that a model can classify, with its classes.

    With speaker normalisation, each speaker is estimated from all of their recordings in the store.

    Args:
        store: of the recordings.
        artifact: of the model.
        datasets: corpora to use; None for all.
        own_features: table of the features that a model with own features reads; None for another model.

    Raises:
        InputError: if the store has other features, or none of the model's emotions, or unknown speakers
            that the model would have to normalise by; or if the table does not fit.
    """
    metadata = artifact.metadata
    digest = digest_of_inputs(store, artifact.inputs)
    if digest != metadata.digest:
        raise InputError(
            f"{store.root} has features {store.profile.name} ({digest}), the model was trained on "
            f"{metadata.profile} ({metadata.digest}): pass the --store it was trained on, or train again"
        )
    examples = load_examples(store, datasets, metadata.target)
    label_map = {name: metadata.label_map.get(name, name) for name in examples.labels}
    examples = examples.map_labels(label_map, metadata.labels).keep_labels(
        metadata.labels, f"no {metadata.target} of this model"
    )
    if not len(examples):
        raise InputError(
            f"{store.root} has no recording of {', '.join(metadata.labels)}: name other --datasets"
        )
    if not artifact.speaker_prior:
        return _with_own_features(examples, artifact, own_features)
    if examples.unknown_speakers:
        raise InputError(
            f"the speaker of {examples.unknown_speakers} recordings of {store.root} is unknown: the model "
            "normalises by speaker: expected the speaker of every recording: name other --datasets"
        )
    return _with_own_features(examples.normalize_speakers(artifact.speaker_prior), artifact, own_features)


def _audit(rows: pd.DataFrame, trained_on: pd.DataFrame) -> list[Finding]:
    """Find recordings, audio and speakers of the training and validation side."""
    everything = pd.concat(map(audited_columns, (trained_on, rows))).drop_duplicates("file_id")
    sides = [trained_on[["file_id"]].assign(split="train"), rows[["file_id"]].assign(split="test")]
    return audit(everything, pd.concat(sides).assign(fold=0))


def _seen(rows: pd.DataFrame, trained_on: pd.DataFrame) -> pd.Series:
    """Mark recordings whose speaker or audio was in the training."""
    speakers = pd.Series(speaker_keys(rows), index=rows.index)
    names = pd.Series(speaker_keys(trained_on)).dropna()
    return speakers.isin(names) | rows["audio_sha256"].isin(trained_on["audio_sha256"].dropna())


def _uncertain(rows: pd.DataFrame, trained_on: pd.DataFrame) -> pd.Series:
    """Mark recordings whose speaker may have been in the training: unknown here or there, in one corpus."""
    unknown = trained_on.loc[trained_on["speaker"].isna(), "dataset"]
    return rows["dataset"].isin(unknown) | (
        rows["speaker"].isna() & rows["dataset"].isin(trained_on["dataset"])
    )


def _protocol(metadata: ArtifactMetadata, *, seen: bool, uncertain: bool) -> str:
    trained = f"model trained on {' + '.join(metadata.datasets)}"
    how = f", {TRANSDUCTIVE}" if metadata.speaker_norm else ""
    if seen:
        unknown = f", some {UNKNOWN_SPEAKERS}" if uncertain else ""
        return f"{trained}, tested on speakers from its training{unknown}{how}: no estimate for new speakers"
    if uncertain:
        return f"{trained}, {UNKNOWN_SPEAKERS}{how}: no estimate for new speakers"
    return f"{trained}, tested on unseen speakers{how}"
