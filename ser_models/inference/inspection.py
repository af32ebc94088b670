"""Everything that can be shown of one recording and what a model makes of it, from one decode.

bytes → `hear` → `Hearing` (signal, spectrogram, F0, features with their place among the training's, answer)
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ser_features.extractors import CORE_COLUMNS, Analysis
from ser_features.pipeline import decode, features_of
from ser_features.preprocess import placed
from ser_models.inference.prediction import Prediction
from ser_models.inference.predictor import Predictor, Taken
from ser_models.inference.windows import windows

SHOWN = ("core", "mel", "pitch")
"""Families that are shown of every recording, whatever the model reads."""


@dataclass(frozen=True)
class Hearing:
    """One recording as a model hears it.

    Attributes:
        seconds: duration of the whole recording.
        signal: the part that is analysed, float32 mono, (n,).
        sample_rate: of `signal`, in Hz.
        start_sec: where in the recording that part begins.
        mel: its log-mel spectrogram in dB, (frames, bands).
        hop_sec: from frame to frame.
        pitch: F0 of each frame in Hz, (frames,); NaN where unvoiced.
        columns: the core columns by name; NaN where one could not be computed.
        percentiles: share of the training recordings that lie below each column that could be computed,
            0–100; empty if they are not known.
        prediction: the answer, with a timeline if the recording is long.
        attention: weight of each frame in the answer, (frames,), summing to 1; None if the model has none.
    """

    seconds: float
    signal: np.ndarray
    sample_rate: int
    start_sec: float
    mel: np.ndarray
    hop_sec: float
    pitch: np.ndarray
    columns: Mapping[str, float]
    percentiles: Mapping[str, float]
    prediction: Prediction
    attention: np.ndarray | None


def hear(predictor: Predictor, content: bytes, name: str) -> Hearing:
    """Recognise a recording and keep all that is seen of it on the way.

    Args:
        predictor: the model.
        content: bytes of an audio file.
        name: what to call it.

    Raises:
        AudioError: a subclass for each reason to refuse it.
    """
    profile = predictor.profile
    decoded = decode(content, profile)
    signal, start_sec = placed(decoded, profile.audio)
    analysis = Analysis(signal, profile)
    families = (*SHOWN, *(family for family in predictor.families if family not in SHOWN))
    features = features_of(decoded, analysis, families)
    seconds = decoded.signal.size / decoded.sample_rate
    taken = Taken(features, seconds, windows(decoded, profile, predictor.families))
    reference = predictor.artifact.training_distribution
    return Hearing(
        seconds=seconds,
        signal=signal,
        sample_rate=analysis.sample_rate,
        start_sec=start_sec,
        mel=features.frames["mel"],
        hop_sec=profile.frames.hop_length / analysis.sample_rate,
        pitch=features.frames["pitch"][:, 0],
        columns={column.name: features.columns[column.name] for column in CORE_COLUMNS},
        percentiles=reference.percentiles(features.columns) if reference else {},
        prediction=predictor.answer([taken], [name], top=len(predictor.labels))[0],
        attention=predictor.attention(features),
    )
