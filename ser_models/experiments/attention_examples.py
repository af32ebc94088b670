"""What a model with attention listened to, on recordings that it was not fitted on.

`Trained` → held-out predictions → the surest right answer and the surest mistake → `AttentionExample`s
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
"""The family that the weights are drawn over."""


def attention_examples(store: Store, examples: Examples, trained: Trained) -> list[AttentionExample]:
    """Ask the shipped model what it attends to in two held-out recordings.

    Args:
        store: gives the spectrogram.
        examples: the recordings.
        trained: a training with any model.

    Returns:
        The most confident right answer and the most confident mistake, as far as there are any; nothing for
        a model without attention, or a store without mel frames.
    """
    inputs = trained.model.inputs
    if not isinstance(inputs, FrameInputs) or MEL not in store.families:
        return []
    rows = _chosen(trained.predictions)
    heard = examples.take(rows["file_id"].tolist())
    if trained.speaker_prior:
        same = examples.rows[np.isin(examples.groups, heard.groups)]
        whole = examples.take(same["file_id"].tolist()).normalize_speakers(trained.speaker_prior)
        heard = whole.take(rows["file_id"].tolist())
    weights = NativeBackend(trained.model, trained.scaler).attention(heard.read(inputs))
    if weights is None:
        return []
    hop_sec = store.profile.frames.hop_length / store.profile.audio.sample_rate
    told = zip(rows.itertuples(), store.frames(heard.rows, MEL), weights, strict=True)
    return [_example(row, np.asarray(mel), weight, inputs.length, hop_sec) for row, mel, weight in told]


def _chosen(predictions: pd.DataFrame) -> pd.DataFrame:
    """The surest right answer and the surest mistake among what the shipped model was not trained on."""
    shipped = predictions["fold"] == predictions["fold"].iloc[-1]
    held_out = predictions[shipped & (predictions["split"] != "train")]
    surest = held_out.sort_values("confidence", ascending=False)
    right = surest["predicted"] == surest["emotion"]
    return pd.concat([surest[right].head(1), surest[~right].head(1)])


def _example(row: Any, mel: np.ndarray, weights: np.ndarray, length: int, hop_sec: float) -> AttentionExample:
    heard = heard_frames(len(mel), length)
    return AttentionExample(
        file_id=row.file_id,
        true=row.emotion,
        predicted=row.predicted,
        confidence=float(row.confidence),
        mel=mel[heard],
        weights=weights[heard],
        hop_sec=hop_sec,
        start_sec=heard.start * hop_sec,
    )
