"""Attention weights of the final model on two held-out recordings.

`Trained` → held-out predictions → most confident right and wrong prediction → `AttentionExample`s
"""

from typing import Any

import numpy as np
import pandas as pd

from ser_features.store import Store
from ser_models.artifact.native_backend import NativeBackend
from ser_models.data.examples import Examples
from ser_models.data.framing import heard_frames
from ser_models.data.inputs import FrameInputs
from ser_models.reporting.figures import AttentionExample
from ser_models.training.train import Trained

MEL = "mel"
"""Frames that the weights are drawn over."""


def attention_examples(store: Store, examples: Examples, trained: Trained) -> list[AttentionExample]:
    """Compute attention weights for two held-out recordings.

    Args:
        store: holds the spectrograms.
        examples: the recordings.
        trained: the result of a training, of any model.

    Returns:
        The most confident right and wrong prediction, as far as there are any; nothing for a model without
        attention, or a store without mel frames.
    """
    inputs = trained.model.inputs
    if not isinstance(inputs, FrameInputs) or MEL not in store.families:
        return []
    rows = _most_confident(trained.predictions)
    chosen = examples.take(rows["file_id"].tolist())
    if trained.speaker_prior:
        same_speakers = examples.rows[np.isin(examples.groups, chosen.groups)]
        speakers = examples.take(same_speakers["file_id"].tolist()).normalize_speakers(trained.speaker_prior)
        chosen = speakers.take(rows["file_id"].tolist())
    weights = NativeBackend(trained.model, trained.scaler).attention(chosen.read(inputs))
    if weights is None:
        return []
    hop_sec = store.profile.frames.hop_length / store.profile.audio.sample_rate
    frames = store.frames(chosen.rows, MEL)
    return [
        _example(row, np.asarray(mel), weight, inputs.length, hop_sec)
        for row, mel, weight in zip(rows.itertuples(), frames, weights, strict=True)
    ]


def _most_confident(predictions: pd.DataFrame) -> pd.DataFrame:
    """The most confident right and wrong prediction of recordings that the final model was not trained on."""
    final = predictions["fold"] == predictions["fold"].iloc[-1]
    held_out = predictions[final & (predictions["split"] != "train")]
    ranked = held_out.sort_values("confidence", ascending=False)
    right = ranked["predicted"] == ranked["emotion"]
    return pd.concat([ranked[right].head(1), ranked[~right].head(1)])


def _example(row: Any, mel: np.ndarray, weights: np.ndarray, length: int, hop_sec: float) -> AttentionExample:
    frames = heard_frames(len(mel), length)
    return AttentionExample(
        file_id=row.file_id,
        true=row.emotion,
        predicted=row.predicted,
        confidence=float(row.confidence),
        mel=mel[frames],
        weights=weights[frames],
        hop_sec=hop_sec,
        start_sec=frames.start * hop_sec,
    )
