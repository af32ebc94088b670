"""What an answer to one recording hangs on.

artifact, file → SHAP values of its trees, or the answer without each part of the input → `Contributions`

Without a part means: a column as if it could not be computed, so that the model sees the training median;
frame bands at their training mean, which is 0 after scaling; bands of a recording that is scaled by its own
range at its lowest value, which is 0 there.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ser_features.pipeline import extract
from ser_models import inference
from ser_models.artifact.folder import Artifact
from ser_models.artifact.metadata import SCALER
from ser_models.artifact.native_backend import NativeBackend
from ser_models.data.inputs import ChunkInputs, Raw
from ser_models.data.scaling import Scaler
from ser_models.data.speaker_norm import SpeakerStats, normalize
from ser_models.explain import trees
from ser_models.explain.feature_groups import Part, parts
from ser_models.explain.result import Contributions
from ser_models.inference.predictor import Predictor
from ser_models.safe_io import skops_file


def explain_recording(folder: Path, file: Path) -> Contributions:
    """Find what the answer to a recording hangs on.

    Args:
        folder: the artifact.
        file: an audio file.

    Raises:
        ArtifactError: if the artifact cannot be loaded.
        AudioError: if the file is refused.
    """
    predictor = inference.load(folder)
    artifact = predictor.artifact
    inputs, config = artifact.model.inputs, predictor.profile
    features = extract(file, config, inputs.families)
    measured, own = inputs.from_features([features]), parts(inputs, config)
    voice = predictor.listener.voice([features])
    raw = normalize(inputs, measured, [voice]) if voice else measured
    probabilities = predictor.probabilities(raw)[0]
    answer = int(probabilities.argmax())
    if (fitted := trees.trees_of(artifact)) is not None:
        shares = trees.shares(fitted, raw)
        method, base, added = "shap", float(shares.base[0, answer]), shares.by_feature[0, answer]
    else:
        method, base = "occlusion", float(probabilities[answer])
        added = base - predictor.probabilities(_hidden(raw, own, _scaler(artifact)))[:, answer]
    notes = (predictor.warning, inputs.unheard(features), _trained_on(artifact, features.audio_sha256))
    return Contributions(
        artifact=folder,
        model=artifact.metadata.model,
        method=method,  # type: ignore[arg-type]
        file=str(file),
        emotion=predictor.labels[answer],
        probabilities=dict(zip(predictor.labels, probabilities.tolist(), strict=True)),
        base=base,
        table=_table(predictor, measured, voice, own, added),
        notes=tuple(note for note in notes if note),
    )


def _trained_on(artifact: Artifact, audio_sha256: str) -> str | None:
    """Say so if the model was trained on this very recording."""
    splits = pd.read_parquet(artifact.folder / "splits.parquet")
    own = splits[(splits["fold"] == artifact.metadata.final_fold) & (splits["split"] == "train")]
    if audio_sha256 not in set(own["audio_sha256"]):
        return None
    return "the model was trained on this very recording: its answer to another one may hang on other things"


def _table(
    predictor: Predictor, raw: Raw, voice: SpeakerStats | None, own: Sequence[Part], added: np.ndarray
) -> pd.DataFrame:
    values, usual = _values(raw, own), np.full(len(own), np.nan)
    if isinstance(raw, np.ndarray):
        usual = _scaler(predictor.artifact).pipeline["impute"].statistics_
        if voice:  # back in units, as the values are
            usual = usual * voice.deviation + voice.mean
    columns: dict[str, Any] = {
        "part": [part.name for part in own],
        "unit": [part.unit for part in own],
        "description": [part.description for part in own],
        "value": values,
        "usual": usual,
        "contribution": added,
    }
    return pd.DataFrame(columns).sort_values(
        "contribution", key=lambda column: -column.abs(), kind="stable", ignore_index=True
    )


def _values(raw: Raw, own: Sequence[Part]) -> np.ndarray:
    """The recording's value of every part, (parts,): of frames the mean."""
    if isinstance(raw, np.ndarray):
        return raw[0].astype(np.float64)
    frames = np.asarray(raw[0], dtype=np.float64)
    return np.array([frames[:, list(part.places)].mean() for part in own])


def _hidden(raw: Raw, own: Sequence[Part], scaler: Scaler) -> Raw:
    """The recording as often as there are parts, each time without one of them."""
    if isinstance(raw, np.ndarray):
        rows = np.repeat(raw, len(own), axis=0)
        for row, part in zip(rows, own, strict=True):
            row[list(part.places)] = np.nan
        return rows
    frames = np.asarray(raw[0])
    if isinstance(scaler.inputs, ChunkInputs):
        blank = np.full(frames.shape[1], frames.min())
    else:
        blank = scaler.pipeline["scale"].mean_.astype(np.float32)
    return [_without(frames, part, blank) for part in own]


def _without(frames: np.ndarray, part: Part, blank: np.ndarray) -> np.ndarray:
    changed = frames.copy()
    changed[:, list(part.places)] = blank[list(part.places)]
    return changed


def _scaler(artifact: Artifact) -> Scaler:
    """The scaler of an artifact, which a network's graph has inside and the artifact also by itself."""
    if isinstance(artifact.backend, NativeBackend):
        return artifact.backend.scaler
    from sklearn.pipeline import Pipeline

    return Scaler(artifact.model.inputs, skops_file.load(artifact.folder / SCALER, Pipeline))
