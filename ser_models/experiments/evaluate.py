"""A finished model on stored recordings, and which of them it already knows.

artifact, store → predictions of every recording → figures over all of them, and over voices it has never met
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
from ser_models.data.inputs import digest_of_inputs
from ser_models.data.split import TRANSDUCTIVE
from ser_models.evaluation.leakage import audit
from ser_models.evaluation.result import EvaluationResult, Finding
from ser_models.evaluation.score import prediction_table, score


def evaluate(folder: Path, store: Path, datasets: Sequence[str] | None = None) -> EvaluationResult:
    """Measure an artifact's model on a store.

    Args:
        folder: the artifact.
        store: a feature store of the same profile.
        datasets: corpora to use; None for all.

    Returns:
        The result over all recordings. `leakage` lists what of them was in the training, and `unseen` has the
        metrics over speakers and audio that were not (None if there are none).

    Raises:
        ArtifactError: if the artifact cannot be loaded.
        InputError: if the store has other features, or none of the model's emotions.
    """
    predictor = inference.load(folder)
    metadata = predictor.artifact.metadata
    examples = stored_examples(open_store(store), predictor.artifact, datasets)
    probabilities = predictor.probabilities(examples.read(predictor.artifact.model.inputs))
    predictions = prediction_table(examples, probabilities, fold=0, split="test")
    known = pd.read_parquet(folder / "splits.parquet")
    known = known[(known["fold"] == metadata.final_fold) & (known["split"] != "test")]
    findings = _audit(examples.rows, known)
    unseen = predictions[~_met(examples.rows, known)]
    return EvaluationResult.of(
        score(predictions, examples.labels, seed=metadata.seed),
        model=metadata.model,
        datasets=tuple(examples.datasets),
        synthetic=bool(synthetic_datasets(examples.datasets)) or metadata.synthetic,
        protocol=_protocol(metadata, len(findings) > 0),
        transductive=metadata.speaker_norm > 0,
        leakage=tuple(findings),
        notes=tuple(examples.notes),
        seed=metadata.seed,
        stored=True,
        unseen=score(unseen, examples.labels, seed=metadata.seed) if len(unseen) else None,
    )


def stored_examples(store: Store, artifact: Artifact, datasets: Sequence[str] | None) -> Examples:
    """Read the recordings of a store that a model can be asked about, with their classes as it knows them.

    If the model takes voices out, a speaker's is of all of their recordings that are there.

    Raises:
        InputError: if the store has other features, or none of the model's emotions.
    """
    metadata = artifact.metadata
    found = digest_of_inputs(store, artifact.model.inputs)
    if found != metadata.digest:
        raise InputError(
            f"{store.root} has features {store.profile.name} ({found}), the model was trained on "
            f"{metadata.profile} ({metadata.digest}): pass the --store it was trained on, or train again"
        )
    examples = load_examples(store, datasets)
    mapped = {name: metadata.label_map.get(name, name) for name in examples.labels}
    examples = examples.map_labels(mapped, metadata.labels).keep_labels(
        metadata.labels, "no emotion of this model"
    )
    if not len(examples):
        raise InputError(
            f"{store.root} has no recording of {', '.join(metadata.labels)}: name other --datasets"
        )
    return examples.normalize_speakers(artifact.speaker_prior) if artifact.speaker_prior else examples


def _audit(rows: pd.DataFrame, known: pd.DataFrame) -> list[Finding]:
    """Look for recordings, audio and speakers that the model was trained or stopped on."""
    columns = ["file_id", "dataset", "speaker", "audio_sha256"]
    copies = ["source_file_id"] if "source_file_id" in known else []
    everything = pd.concat([known[columns + copies], rows[columns]]).drop_duplicates("file_id")
    sides = [known[["file_id"]].assign(split="train"), rows[["file_id"]].assign(split="test")]
    return audit(everything, pd.concat(sides).assign(fold=0))


def _met(rows: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Mark recordings whose speaker or audio the model has met."""
    speakers = pd.Series(speaker_keys(rows), index=rows.index)
    return speakers.isin(speaker_keys(known)) | rows["audio_sha256"].isin(known["audio_sha256"])


def _protocol(metadata: ArtifactMetadata, met: bool) -> str:
    trained = f"model trained on {' + '.join(metadata.datasets)}"
    how = f", {TRANSDUCTIVE}" if metadata.speaker_norm else ""
    if met:
        return f"{trained}, tested on voices that it has met{how}: no measure of new voices"
    return f"{trained}, tested on voices that it has not met{how}"
