"""One uploaded recording → everything that the page shows about it; decoded once.

bytes → `Limits.decode` → `RecordingAnalysis` → `Predictor`, `explain` → `Inspection`
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ser_features.extractors import CORE_COLUMNS
from ser_models.app import limits
from ser_models.app.why import Why, why
from ser_models.explain import Contributions, explain_features
from ser_models.explain.feature_groups import topic_groups
from ser_models.inference.prediction import Prediction, PredictOptions
from ser_models.inference.predictor import Predictor
from ser_models.inference.recording import RecordingAnalysis, analyse_recording

SHOWN = ("core", "mel", "pitch")
"""Feature families that are shown for every recording, whatever the model reads."""


@dataclass(frozen=True)
class Inspection:
    """A recording with its features and its prediction.

    Attributes:
        analysis: the analysed signal with the families `SHOWN`.
        prediction: for all emotions of the model, with windows if the recording is long.
        hop_sec: hop length of the frames, in s.
        percentiles: share of the training recordings below the value of each core column, 0 to 100; empty if
            the artifact has no reference.
        attention: weight of each frame, (frames,), summing to 1; None for a model without attention.
        contributions: of each topic of features to the prediction; None for a recording that is recognised by
            its windows, or has no speech.
    """

    analysis: RecordingAnalysis
    prediction: Prediction
    hop_sec: float
    percentiles: Mapping[str, float]
    attention: np.ndarray | None
    contributions: Contributions | None

    @property
    def mel(self) -> np.ndarray:
        """Log-mel spectrogram in dB, (frames, bands)."""
        return self.analysis.features.frames["mel"]

    @property
    def f0(self) -> np.ndarray:
        """F0 of each frame in Hz, (frames,); NaN where unvoiced."""
        return self.analysis.features.frames["pitch"][:, 0]

    @property
    def columns(self) -> dict[str, float]:
        """Core columns by name; NaN where a value cannot be computed."""
        return {column.name: self.analysis.features.columns[column.name] for column in CORE_COLUMNS}

    @property
    def why(self) -> Why | None:
        """Reasons of the answer, in plain words; None without `contributions`."""
        return why(self.contributions, self.columns, self.percentiles) if self.contributions else None


def inspect(predictor: Predictor, content: bytes, name: str) -> Inspection:
    """Recognise a recording and keep what is computed on the way.

    Args:
        predictor: the model.
        content: bytes of an audio file.
        name: of the recording.

    Raises:
        AudioError: a subclass for each reason to refuse it.
    """
    analysis, prediction = _recognised(predictor, content, name, (*SHOWN, *predictor.families))
    reference = predictor.artifact.training_distribution
    is_explained = not analysis.is_long and prediction.verdict != "no speech"
    return Inspection(
        analysis=analysis,
        prediction=prediction,
        hop_sec=predictor.profile.frames.hop_length / analysis.sample_rate,
        percentiles=reference.percentiles(analysis.features.columns) if reference else {},
        attention=predictor.attention(analysis.features),
        contributions=contributions_of(predictor, analysis) if is_explained else None,
    )


def contributions_of(predictor: Predictor, analysis: RecordingAnalysis) -> Contributions:
    """Occlude each topic of the features of a recording."""
    groups = topic_groups(predictor.artifact.inputs, predictor.profile)
    return explain_features(predictor, analysis.features, "", groups)


def predict(predictor: Predictor, content: bytes, name: str) -> Prediction:
    """The prediction of `inspect` alone, without what is computed for its display."""
    return _recognised(predictor, content, name, predictor.families_of_long)[1]


def _recognised(
    predictor: Predictor, content: bytes, name: str, shown: Sequence[str]
) -> tuple[RecordingAnalysis, Prediction]:
    options = PredictOptions(top=len(predictor.labels), windows=True)
    audio = limits.RECORDING.decode(content, predictor.profile.audio)
    analysis = analyse_recording(
        audio, predictor.profile, predictor.families, options, shown, longest=predictor.longest
    )
    return analysis, predictor.predict_analyses([analysis], [name], options)[0]
