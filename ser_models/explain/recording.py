"""Contributions of the input features to the prediction for one recording.

artifact, file → SHAP values of its trees, or the prediction without each feature group → `Contributions`

Occlusion replaces a column by a missing value, which the model imputes with the training median; frame bands
by their training mean, which is 0 after scaling; and bands of a recording that is scaled by its own range by
its minimum, which is 0 after scaling.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ser_features.errors import ArtifactError
from ser_features.pipeline import extract
from ser_features.sources import AudioSource, source_of
from ser_models import inference
from ser_models.artifact.folder import Artifact
from ser_models.data.batches import Scaler
from ser_models.data.inputs import ChunkInputs, Raw
from ser_models.data.speaker_norm import SpeakerStats
from ser_models.explain import trees
from ser_models.explain.feature_groups import FeatureGroup, feature_groups
from ser_models.explain.result import Contributions
from ser_models.inference.predictor import Predictor


def explain_recording(folder: Path, file: AudioSource) -> Contributions:
    """Estimate the contribution of each input feature to the prediction for a recording.

    Args:
        folder: the artifact.
        file: an audio file, its bytes, or a signal with its rate.

    Raises:
        ArtifactError: if the artifact cannot be loaded.
        AudioError: if the file is refused.
        InputError: if it is no recording.
    """
    predictor = inference.load(folder)
    artifact = predictor.artifact
    inputs, profile = artifact.model.inputs, predictor.profile
    source = source_of(file)
    features = extract(source.audio, profile, inputs.families)
    groups = feature_groups(inputs, profile)
    stats = predictor.normalizer.of_one_speaker([features]) if predictor.normalizer else None
    raw = predictor.raw([features], [stats] if stats else None)
    probabilities = predictor.probabilities(raw)[0]
    predicted = int(probabilities.argmax())
    if (backend := trees.trees_of(artifact)) is not None:
        shap = trees.shap_values(backend, raw)
        base, contributions = float(shap.base[0, predicted]), shap.by_feature[0, predicted]
    else:
        base = float(probabilities[predicted])
        occluded = predictor.probabilities(_occlude(raw, groups, artifact.scaler))
        contributions = base - occluded[:, predicted]
    notes = (predictor.warning, inputs.unused(features), _trained_on(artifact, features.audio_sha256))
    return Contributions(
        artifact=folder,
        model=artifact.metadata.model,
        method="occlusion" if backend is None else "shap",
        file=source.name,
        emotion=predictor.labels[predicted],
        probabilities=dict(zip(predictor.labels, probabilities.tolist(), strict=True)),
        base=base,
        table=_table(predictor, inputs.from_features([features]), stats, groups, contributions),
        notes=tuple(note for note in notes if note),
    )


def _trained_on(artifact: Artifact, audio_sha256: str) -> str | None:
    """Return a note if the recording is in the training data, or if that is unknown."""
    try:
        splits = pd.read_parquet(artifact.path("splits.parquet"))
    except ArtifactError as error:
        return f"whether this recording is in the training data is unknown: {error}"
    train = splits[(splits["fold"] == artifact.metadata.final_fold) & (splits["split"] == "train")]
    if audio_sha256 not in set(train["audio_sha256"]):
        return None
    return "this recording is in the training data: predictions for others may depend on other features"


def _table(
    predictor: Predictor,
    raw: Raw,
    stats: SpeakerStats | None,
    groups: Sequence[FeatureGroup],
    contributions: np.ndarray,
) -> pd.DataFrame:
    """Return the table of `Contributions`, of raw values before speaker normalisation."""
    values, median = _values(raw, groups), np.full(len(groups), np.nan)
    if isinstance(raw, np.ndarray):
        median = predictor.artifact.scaler.statistics["median"]
        if stats:  # undo the normalisation, as the values have their units
            median = median * stats.deviation + stats.mean
    columns: dict[str, Any] = {
        "feature": [group.name for group in groups],
        "unit": [group.unit for group in groups],
        "description": [group.description for group in groups],
        "value": values,
        "training_median": median,
        "contribution": contributions,
    }
    return pd.DataFrame(columns).sort_values(
        "contribution", key=lambda column: -column.abs(), kind="stable", ignore_index=True
    )


def _values(raw: Raw, groups: Sequence[FeatureGroup]) -> np.ndarray:
    """Return the value of every group, (groups,); for frames the mean."""
    if isinstance(raw, np.ndarray):
        return raw[0].astype(np.float64)
    frames = np.asarray(raw[0], dtype=np.float64)
    return np.array([frames[:, list(group.indices)].mean() for group in groups])


def _occlude(raw: Raw, groups: Sequence[FeatureGroup], scaler: Scaler) -> Raw:
    """Return the recording once per group, each time without that group."""
    if isinstance(raw, np.ndarray):
        rows = np.repeat(raw, len(groups), axis=0)
        for row, group in zip(rows, groups, strict=True):
            row[list(group.indices)] = np.nan
        return rows
    frames = np.asarray(raw[0])
    if isinstance(scaler.inputs, ChunkInputs):
        neutral = np.full(frames.shape[1], frames.min())
    else:
        neutral = scaler.statistics["mean"].astype(np.float32)
    copies = [frames.copy() for _ in groups]
    for copy, group in zip(copies, groups, strict=True):
        copy[:, list(group.indices)] = neutral[list(group.indices)]
    return copies
