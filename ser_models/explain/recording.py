"""Contributions of the input features to the prediction for one recording.

artifact, file → features → SHAP values of its trees, or `occluded_probabilities` → `Contributions`
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ser_features.errors import ArtifactError
from ser_features.pipeline import Features, extract
from ser_features.sources import AudioSource, source_of
from ser_models import inference
from ser_models.artifact.folder import Artifact
from ser_models.data.inputs import Raw
from ser_models.data.speaker_norm import SpeakerStats
from ser_models.experiments.evaluate import final_splits
from ser_models.explain import trees
from ser_models.explain.feature_groups import FeatureGroup, feature_groups
from ser_models.explain.held_out import fitted_sides
from ser_models.explain.occlusion import occluded_probabilities
from ser_models.explain.parts import Parts
from ser_models.explain.result import Contributions
from ser_models.inference.predictor import Predictor


def explain_recording(folder: Path, file: AudioSource) -> Contributions:
    """Estimate the contribution of each input feature to the prediction for a recording.

    Args:
        folder: the artifact.
        file: an audio file, its bytes, or a signal with its rate.

    Raises:
        ArtifactError: if the artifact cannot be loaded, or reads a user's own features.
        AudioError: if the file is refused.
        InputError: if it is no recording.
    """
    predictor = inference.load(folder)
    inputs, source = predictor.artifact.inputs, source_of(file)
    features = extract(source.audio, predictor.profile, inputs.families)
    notes = (
        predictor.warning,
        inputs.unused(features),
        _longer(predictor, features),
        _trained_on(predictor.artifact, features.audio_sha256),
    )
    contributions = explain_features(predictor, features, source.name)
    return replace(contributions, notes=tuple(note for note in notes if note))


def explain_features(
    predictor: Predictor, features: Features, name: str, groups: Sequence[FeatureGroup] | None = None
) -> Contributions:
    """Estimate the contribution of each input feature of a recording.

    Args:
        predictor: the model.
        features: of the recording.
        name: of the recording.
        groups: of the model's inputs, to be occluded; None for SHAP values of boosted trees, and for the
            `feature_groups` of other models.
    """
    artifact, inputs = predictor.artifact, predictor.artifact.inputs
    stats = predictor.normalizer.of_one_speaker([features]) if predictor.normalizer else None
    raw = predictor.raw([features], [stats] if stats else None)
    backend = None if groups else trees.trees_of(artifact)
    groups = groups or feature_groups(inputs, predictor.profile, by_column=backend is not None)
    columns: dict[str, Any]
    if backend is not None:
        probabilities, shap = predictor.probabilities(raw)[0], trees.shap_values(backend, raw)
        predicted = int(probabilities.argmax())
        base, columns = float(shap.base[0, predicted]), {"contribution": shap.by_feature[0, predicted]}
    else:
        probabilities, *others = occluded_probabilities(Parts.of(predictor, raw), groups)
        predicted, without = int(probabilities.argmax()), np.array(others)
        base = float(probabilities[predicted])
        columns = {
            "contribution": base - without[:, predicted],
            "emotion_without": [predictor.labels[index] for index in without.argmax(axis=1)],
            "probability_without": without.max(axis=1),
        }
    return Contributions(
        artifact=artifact.folder,
        model=artifact.metadata.model,
        method="occlusion" if backend is None else "shap",
        file=name,
        emotion=predictor.labels[predicted],
        probabilities=dict(zip(predictor.labels, probabilities.tolist(), strict=True)),
        base=base,
        table=_table(predictor, inputs.from_features([features]), stats, groups, columns),
    )


def _longer(predictor: Predictor, features: Features) -> str | None:
    """Return a note if `ser predict` would recognise the recording by its windows."""
    if features.seconds <= predictor.longest:
        return None
    return (
        "longer than the training recordings: this is about the recording as a whole, while ser predict "
        "recognises it by its windows"
    )


def _trained_on(artifact: Artifact, audio_sha256: str) -> str | None:
    """Return a note if the recording is in the training data, or if that is unknown."""
    try:
        splits = final_splits(artifact)
    except ArtifactError as error:
        return f"whether this recording is in the training data is unknown: {error}"
    trained_on = splits[splits["split"].isin(fitted_sides(artifact))]
    if audio_sha256 not in set(trained_on["audio_sha256"]):
        return None
    return "this recording is in the training data: predictions for others may depend on other features"


def _table(
    predictor: Predictor,
    raw: Raw,
    stats: SpeakerStats | None,
    groups: Sequence[FeatureGroup],
    columns: dict[str, Any],
) -> pd.DataFrame:
    """Return the table of `Contributions`, of raw values before speaker normalisation."""
    values, median = np.full((2, len(groups)), np.nan)
    if isinstance(raw, np.ndarray):
        medians = predictor.artifact.scaler.statistics["median"]
        if stats:  # undo the normalisation, as the values have their units
            medians = medians * stats.deviation + stats.mean
        for row, group in enumerate(groups):
            if len(group.indices[0]) == 1:
                values[row], median[row] = raw[0, group.indices[0]].item(), medians[group.indices[0]].item()
    elif not isinstance(raw[0], tuple):  # that of an ensemble has no common unit
        frames = np.asarray(raw[0], dtype=np.float64)
        values = np.array([frames[:, list(group.indices[0])].mean() for group in groups])
    described: dict[str, Any] = {
        "feature": [group.name for group in groups],
        "unit": [group.unit for group in groups],
        "description": [group.description for group in groups],
        "value": values,
        "training_median": median,
        **columns,
    }
    return pd.DataFrame(described).sort_values(
        "contribution", key=lambda column: -column.abs(), kind="stable", ignore_index=True
    )
