"""From recordings to emotions, through the same features as in training.

artifact folder → `load` → `Predictor`
files, or their bytes → features → recogniser (scaling and model) → one `Prediction` per recording

    predictor = load("artifacts/mlp")
    predictor.predict("call.wav").emotion
    predictor.predict_proba(["call.wav", "other.wav"])     # (2, classes), in the order of predictor.classes_
"""

import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import soundfile

from ser_features.config import Profile
from ser_features.errors import ArtifactError, AudioError
from ser_features.pipeline import Features, analysis_of, decode, extract_bytes, features_of
from ser_models import artifact
from ser_models.artifact.folder import Artifact
from ser_models.artifact.metadata import feature_profile
from ser_models.data.inputs import ColumnInputs, Raw
from ser_models.data.speaker_norm import SpeakerStats
from ser_models.inference.prediction import Prediction, ranked
from ser_models.inference.speaker_norm import Listener, Recording, content_of
from ser_models.inference.windows import Window, windows
from ser_models.models.temperature import apply_temperature
from ser_models.ood import MEL
from ser_models.safe_io.strict import quoted

if TYPE_CHECKING:
    import pandas as pd

FILES_AT_ONCE = 8
"""Recordings whose features are in memory at the same time."""

LONGEST_REHEARSAL = 2**12
"""Frames; a model that looks at more is first tried on the recordings themselves, as that takes seconds."""

FAR = 1.0
"""Beyond this distance no answer is trusted; a hundredth of unheard voices of the same corpora is."""

SYNTHETIC_WARNING = "trained on synthetic speech: says nothing about people's emotions"


@dataclass(frozen=True, slots=True)
class Taken:
    """A recording that is understood as audio.

    Attributes:
        features: of all of it.
        seconds: its duration.
        windows: its parts, where they were asked for and it is long enough.
    """

    features: Features
    seconds: float
    windows: list[Window]


@dataclass(frozen=True)
class Predictor:
    """A loaded artifact that can be asked."""

    artifact: Artifact

    @property
    def labels(self) -> list[str]:
        """The emotions it knows, in the order of its probabilities."""
        return self.artifact.metadata.labels

    @property
    def classes_(self) -> np.ndarray:
        """The same, as scikit-learn calls it, (classes,)."""
        return np.array(self.labels)

    @property
    def warning(self) -> str | None:
        """What limits every answer of this model."""
        return SYNTHETIC_WARNING if self.artifact.metadata.synthetic else None

    @cached_property
    def profile(self) -> Profile:
        """The features that it was trained on."""
        return feature_profile(self.artifact.metadata)

    @cached_property
    def listener(self) -> Listener:
        """What hears the speakers' voices, if the model takes them out."""
        return Listener(self.artifact, self.profile)

    @property
    def families(self) -> tuple[str, ...]:
        """What is extracted of a recording: what the model reads, and what tells how far it is."""
        wanted = self.artifact.model.inputs.families
        return wanted if MEL in wanted or self.artifact.training_distribution is None else (*wanted, MEL)

    @overload
    def predict(  # type: ignore[overload-overlap]  # a path may be text, a sequence of texts
        self,
        recordings: Recording,
        *,
        top: int = 3,
        timeline: bool = False,
        names: None = None,
        speakers: None = None,
        abstain_below: float = 0.0,
    ) -> Prediction: ...

    @overload
    def predict(
        self,
        recordings: Sequence[Recording],
        *,
        top: int = 3,
        timeline: bool = False,
        names: Sequence[str] | None = None,
        speakers: Sequence[str] | None = None,
        abstain_below: float = 0.0,
    ) -> list[Prediction]: ...

    def predict(
        self,
        recordings: Recording | Sequence[Recording],
        *,
        top: int = 3,
        timeline: bool = False,
        names: Sequence[str] | None = None,
        speakers: Sequence[str] | None = None,
        abstain_below: float = 0.0,
    ) -> Prediction | list[Prediction]:
        """Recognise the emotion of recordings.

        What is refused has its reason in `error`; the others are recognised all the same.

        Args:
            recordings: one, or several: audio files, or the bytes of some.
            top: how many emotions to rank.
            timeline: whether long recordings are also recognised window by window.
            names: what to call them; by default their paths.
            speakers: of each, for a model that takes their voices out; by default all have one speaker.
            abstain_below: confidence below which no emotion is said, 0 to 1.

        Returns:
            One prediction per recording, in order; the only one for a single recording.
        """
        if isinstance(recordings, str | os.PathLike | bytes):
            return self.predict([recordings], top=top, timeline=timeline, abstain_below=abstain_below)[0]
        voices = self.listener.voices(recordings, speakers)
        asked: dict[str, Any] = {"top": top, "timeline": timeline, "abstain_below": abstain_below}
        return self.predict_voices(recordings, voices, names=names, **asked)

    def predict_voices(
        self,
        recordings: Sequence[Recording],
        voices: Sequence[SpeakerStats | None],
        *,
        top: int = 3,
        timeline: bool = False,
        names: Sequence[str] | None = None,
        abstain_below: float = 0.0,
    ) -> list[Prediction]:
        """Recognise recordings whose voices are known, (recordings,); otherwise as `predict`."""
        called = list(names or ("" if isinstance(each, bytes) else str(each) for each in recordings))
        predictions: list[Prediction] = []
        for start in range(0, len(recordings), FILES_AT_ONCE):
            some = slice(start, start + FILES_AT_ONCE)
            predictions += self._predict(recordings[some], called[some], voices[some], top, timeline)
        return [each.unless_below(abstain_below) for each in predictions]

    def predict_proba(self, recordings: Recording | Sequence[Recording]) -> np.ndarray:
        """Return class probabilities, as scikit-learn calls it.

        Returns:
            (recordings, classes) float64, in the order of `classes_`; NaN for what is refused.
        """
        several = [recordings] if isinstance(recordings, str | os.PathLike | bytes) else recordings
        found = [each.probabilities for each in self.predict(several)]
        rows = [[by_emotion.get(label, np.nan) for label in self.labels] for by_emotion in found]
        return np.array(rows, dtype=np.float64).reshape(len(several), len(self.labels))

    def table(
        self, recordings: Sequence[Recording], *, timeline: bool = False, audformat: bool = False
    ) -> "pd.DataFrame":
        """Recognise recordings and return a pandas table.

        Args:
            recordings: audio files.
            timeline: whether a row is a window of 3 s instead of a recording.
            audformat: whether the index is audformat's segmented one, (file, start, end).

        Returns:
            Columns file, emotion, confidence, p_<emotion>, distance, warning and error.
        """
        from ser_models.inference.output import frame

        predictions = self.predict(recordings, timeline=timeline)
        return frame(predictions, self.labels, timeline=timeline, audformat=audformat)

    def probabilities(self, raw: Raw) -> np.ndarray:
        """Return class probabilities, (recordings, classes), as sure as training speakers showed to be right.

        Args:
            raw: unscaled values of one recording at least, as the model's `Inputs` read them from a store
                or from features, rid of voices if the model is; read a batch at a time.

        Raises:
            ArtifactError: if the model has another number of classes than the artifact has labels.
        """
        probabilities = apply_temperature(
            self.artifact.backend.probabilities(raw), self.artifact.metadata.temperature
        )
        if probabilities.shape[1] != len(self.labels):
            raise ArtifactError(
                f"{self.artifact.folder} has {len(self.labels)} labels for a model of "
                f"{probabilities.shape[1]} classes: restore it, or train again"
            )
        return probabilities

    def attention(self, features: Features) -> np.ndarray | None:
        """Return how much each frame of a recording weighs in the answer; see `Backend.attention`."""
        found = self.artifact.backend.attention(self.listener.raw([features]))
        return None if found is None else found[0]

    def distance(self, features: Features) -> float | None:
        """Return how far a recording is from the training recordings; see `TrainingDistribution.distance`.

        Returns:
            None if nothing is known of them.
        """
        reference = self.artifact.training_distribution
        return None if reference is None else float(reference.distance([features.frames[MEL]])[0])

    def take(self, recording: Recording, *, timeline: bool = False) -> Taken:
        """Decode a recording and compute its features.

        Raises:
            AudioError: a subclass for each reason to refuse it.
        """
        decoded = decode(content_of(recording), self.profile)
        return Taken(
            features_of(decoded, analysis_of(decoded, self.profile), self.families),
            decoded.signal.size / decoded.sample_rate,
            windows(decoded, self.profile, self.families) if timeline else [],
        )

    def answer(
        self,
        taken: Sequence[Taken],
        names: Sequence[str],
        top: int = 3,
        voices: Sequence[SpeakerStats | None] | None = None,
    ) -> list[Prediction]:
        """Recognise the emotion of recordings whose features are there.

        Args:
            taken: the recordings.
            names: what to call them.
            top: how many emotions to rank.
            voices: of each; None if all are of one speaker, whose voice is theirs.
        """
        features = [each.features for each in taken]
        if voices is None:
            voices = [self.listener.voice(features) if features else None] * len(taken)
        told = self._told(features, voices)
        parts = [
            (part.features, voice)
            for each, voice in zip(taken, voices, strict=True)
            for part in each.windows
            if part.features
        ]
        told_parts = iter(self._told([part for part, _ in parts], [voice for _, voice in parts]))
        return [
            self._prediction(*each, top, told_parts) for each in zip(names, taken, told, voices, strict=True)
        ]

    def _predict(
        self,
        recordings: Sequence[Recording],
        names: Sequence[str],
        voices: Sequence[SpeakerStats | None],
        top: int,
        timeline: bool,
    ) -> list[Prediction]:
        """Recognise recordings that fit into memory together."""
        taken: dict[int, Taken] = {}
        refused: dict[int, str] = {}
        for index, recording in enumerate(recordings):
            try:
                taken[index] = self.take(recording, timeline=timeline)
            except AudioError as error:
                refused[index] = str(error)
        known = [voices[index] for index in taken]
        answers = iter(self.answer(list(taken.values()), [names[index] for index in taken], top, known))
        return [
            next(answers) if index in taken else Prediction(name, error=refused[index])
            for index, name in enumerate(names)
        ]

    def _told(
        self, features: Sequence[Features], voices: Sequence[SpeakerStats | None]
    ) -> list[dict[str, float]]:
        """Probabilities by emotion of each recording."""
        if not features:
            return []
        rows = self.probabilities(self.listener.raw(features, voices))
        return [dict(zip(self.labels, row.tolist(), strict=True)) for row in rows]

    def _prediction(
        self,
        name: str,
        taken: Taken,
        probabilities: dict[str, float],
        voice: SpeakerStats | None,
        top: int,
        parts: Iterator[dict[str, float]],
    ) -> Prediction:
        best = ranked(probabilities)
        distance = self.distance(taken.features)
        return Prediction(
            file=name,
            emotion=best[0]["emotion"],
            confidence=best[0]["probability"],
            probabilities=probabilities,
            top=best[:top],
            warning=self._warning(taken.features, distance, voice),
            seconds=taken.seconds,
            distance=distance,
            timeline=[_told_of(part, next(parts) if part.features else {}) for part in taken.windows],
        )

    def _warning(self, features: Features, distance: float | None, voice: SpeakerStats | None) -> str | None:
        """What limits the answer to one recording: the model's own limits, and what it does not hear."""
        unheard = self.artifact.model.inputs.unheard(features)
        limits = (self.warning, unheard, _far(distance), self.listener.hardly_known(voice))
        return "; ".join(limit for limit in limits if limit) or None


def _far(distance: float | None) -> str | None:
    if distance is None or distance <= FAR:
        return None
    return "far from all that it was trained on (distance above 1): do not trust this answer"


def _told_of(part: Window, probabilities: dict[str, float]) -> dict[str, Any]:
    emotion = max(probabilities, key=lambda label: probabilities[label]) if probabilities else None
    return {"start": part.start, "end": part.end, "emotion": emotion, "probabilities": probabilities}


def load(folder: str | os.PathLike[str]) -> Predictor:
    """Load an artifact after checking it.

    Args:
        folder: as `ser train` writes it.

    Raises:
        ArtifactError: if it is incomplete, altered, made with other features, or cannot recognise a tone.
        MissingExtraError: if its model needs a package that is not installed.
    """
    predictor = Predictor(artifact.load(Path(folder)))
    _rehearse(predictor)
    return predictor


def _rehearse(predictor: Predictor) -> None:
    """Recognise a tone, so that parts that do not fit together are found before any recording is taken."""
    folder, inputs = predictor.artifact.folder, predictor.artifact.model.inputs
    if not isinstance(inputs, ColumnInputs) and inputs.length > LONGEST_REHEARSAL:
        return
    features = extract_bytes(_tone(), predictor.profile, inputs.families)
    try:
        with np.errstate(all="ignore"):
            probabilities = predictor.probabilities(predictor.listener.raw([features]))
    except ArtifactError:
        raise
    except Exception as error:  # whatever the parts make of each other
        raise ArtifactError(f"{folder} cannot recognise a tone ({quoted(error)}): train again") from error
    if not np.isfinite(probabilities).all():
        raise ArtifactError(f"{folder} gives no numbers for a tone: restore it, or train again")


def _tone() -> bytes:
    """Return a WAV file of half a second at 220 Hz."""
    file = io.BytesIO()
    rate = 16_000
    soundfile.write(file, 0.3 * np.sin(np.arange(rate // 2) * 2 * np.pi * 220 / rate), rate, format="WAV")
    return file.getvalue()
