"""Recordings → emotions, through the same features as in training.

audio files or bytes → `RecordingAnalysis` → backend (scaling and model) → one `Prediction` per recording

    predictor = load("artifacts/mlp")
    predictor.predict("call.wav").emotion
    predictor.predict((signal, 16_000)).emotion
    predictor.predict_proba(["call.wav", "other.wav"])     # (2, classes), in the order of predictor.classes_
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Unpack, overload

import numpy as np

from ser_features.audio.excerpts import release
from ser_features.config import Profile
from ser_features.errors import ArtifactError, AudioError, TooLongError
from ser_features.pipeline import Features
from ser_features.sources import AudioSource, Part
from ser_models.artifact.folder import Artifact
from ser_models.artifact.metadata import feature_profile
from ser_models.data.inputs import Raw
from ser_models.data.speaker_norm import SpeakerStats
from ser_models.inference.answer import POOLED_WARNING, answer_of, pooled_answer_of
from ser_models.inference.collect import Collected, Recordings, channels_of, collect, one_for_each
from ser_models.inference.long_recording import recognise_windows
from ser_models.inference.prediction import OptionValues, Prediction, PredictOptions
from ser_models.inference.recording import (
    RecordingAnalysis,
    Window,
    analyse_recording,
    decode_recording,
    read,
)
from ser_models.inference.speaker_norm import SpeakerNormalizer
from ser_models.inference.timeline import WindowPrediction
from ser_models.models.base import apply_temperature
from ser_models.ood import FAMILIES
from ser_models.ood.sound import SoundEvidence

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.preprocessing import StandardScaler

BATCH_FILES = 8
"""Recordings whose features are in memory at the same time."""

SYNTHETIC_WARNING = "trained on synthetic speech: says nothing about people's emotions"

Stats = Sequence[SpeakerStats | None] | None
"""Speaker statistics of each recording."""


@dataclass(frozen=True)
class Predictor:
    """A loaded artifact that recognises emotions.

    Attributes:
        artifact: the loaded artifact.
    """

    artifact: Artifact

    def __repr__(self) -> str:
        """Model, folder and classes."""
        name = self.artifact.metadata.model
        return f"Predictor({name}, {str(self.artifact.folder)!r}: {', '.join(self.labels)})"

    @property
    def labels(self) -> list[str]:
        """Emotions of the model, in the order of its probabilities."""
        return self.artifact.metadata.labels

    @property
    def classes_(self) -> np.ndarray:
        """The labels as in scikit-learn, (classes,)."""
        return np.array(self.labels)

    @property
    def scaler(self) -> "StandardScaler | tuple[StandardScaler, ...] | None":
        """The fitted `sklearn.preprocessing.StandardScaler`; of an ensemble a tuple with one per member."""
        return self.artifact.scaler.standard_scaler()

    @property
    def warning(self) -> str | None:
        """Known limit of every prediction of this model."""
        return SYNTHETIC_WARNING if self.artifact.metadata.synthetic else None

    @cached_property
    def profile(self) -> Profile:
        """Feature configuration that the model was trained with."""
        return feature_profile(self.artifact.metadata, self.artifact.inputs.families)

    @cached_property
    def normalizer(self) -> SpeakerNormalizer | None:
        """Speaker normalisation; None if the model was trained without."""
        return SpeakerNormalizer.of(self.artifact, self.profile)

    @cached_property
    def families(self) -> tuple[str, ...]:
        """Feature families of the model's input, and of the comparison with the training data."""
        families = self.artifact.inputs.families
        reference = () if self.artifact.training_distribution is None else FAMILIES
        return tuple(dict.fromkeys((*families, *reference)))

    @property
    def families_of_long(self) -> tuple[str, ...]:
        """Feature families of the whole of a recording that is recognised by its windows.

        Those that the statistics of its speaker are estimated from, if the model uses them.
        """
        return self.families if self.normalizer else ()

    @property
    def longest(self) -> float:
        """Longest recording that is recognised as a whole, trimmed, in s: that of the training."""
        reference = self.artifact.training_distribution
        return math.inf if reference is None else reference.longest

    @overload
    def predict(  # type: ignore[overload-overlap]  # a path may be text, a sequence of texts
        self,
        recordings: AudioSource,
        *,
        names: Sequence[str] | None = None,
        speakers: Sequence[str] | None = None,
        **options: Unpack[OptionValues],
    ) -> Prediction: ...

    @overload
    def predict(
        self,
        recordings: Iterable[AudioSource],
        *,
        names: Sequence[str] | None = None,
        speakers: Sequence[str] | None = None,
        **options: Unpack[OptionValues],
    ) -> list[Prediction]: ...

    def predict(
        self,
        recordings: Recordings,
        *,
        names: Sequence[str] | None = None,
        speakers: Sequence[str] | None = None,
        **options: Unpack[OptionValues],
    ) -> Prediction | list[Prediction]:
        """Recognise the emotion of recordings.

        A refused recording has its reason in `error`; the others are recognised all the same.

        Args:
            recordings: one or several: paths, bytes, open binary files, (signal, rate), or parts of files;
                see `ser_features.sources`. A folder, or a pattern such as "calls/**/*.wav", stands for the
                audio files in it, a table (.csv, .tsv, .txt) for the files or parts that it names.
            names: of the recordings; by default their paths.
            speakers: of each recording, for a model with speaker normalisation; by default all recordings
                have the same speaker.
            options: `top`, `windows`, `win_dur`, `hop_dur`, `abstain_below`, `channel` and `segments`, see
                `PredictOptions`.

        Returns:
            One prediction per recording, in order; a single one for a single recording. With the channel
            "each" a list, with one per channel, and with the segments "vad" one per segment of speech.

        Raises:
            InputError: if an argument is of another type, or a folder or pattern has no audio file.
        """
        chosen = PredictOptions(**options)
        collected = collect(recordings, names)
        predictions = self._predict_all(collected, speakers, chosen)
        is_one = collected.is_one and chosen.channel != "each" and chosen.segments == "none"
        return predictions[0] if is_one else predictions

    def predict_files(
        self,
        recordings: Sequence[Path | bytes | Part],
        options: PredictOptions,
        stats: Stats = None,
        names: Sequence[str] | None = None,
        channels: Sequence[int | None] | None = None,
    ) -> list[Prediction]:
        """Recognise recordings whose speaker statistics are known.

        Args:
            recordings: audio files, their bytes, or parts of files.
            options: of the prediction.
            stats: speaker statistics of each; None for a model without speaker normalisation.
            names: of the recordings; by default their paths.
            channels: of each recording, as in `pipeline.decode`; None for that of the training.
        """
        names = names or [_name(recording) for recording in recordings]
        stats = stats or [None] * len(recordings)
        channels = channels or [None] * len(recordings)
        predictions: list[Prediction] = []
        for start in range(0, len(recordings), BATCH_FILES):
            batch = slice(start, start + BATCH_FILES)
            predictions += self._predict_batch(
                recordings[batch], names[batch], stats[batch], options, channels[batch]
            )
        if any(isinstance(recording, Part) for recording in recordings):
            release()  # the file of the last part
        return predictions

    def predict_analyses(
        self,
        analyses: Sequence[RecordingAnalysis],
        names: Sequence[str],
        options: PredictOptions,
        stats: Stats = None,
    ) -> list[Prediction]:
        """Recognise recordings whose features are computed.

        Args:
            analyses: of the recordings.
            names: of the recordings.
            options: of the prediction.
            stats: speaker statistics of each; None if all recordings have the same speaker.
        """
        features = [analysis.features for analysis in analyses]
        if stats is None:
            shared = self.normalizer.of_one_speaker(features) if self.normalizer and features else None
            stats = [shared] * len(features)
        parts = [
            (part, own)
            for analysis, own in zip(analyses, stats, strict=True)
            for part in (*([] if analysis.is_long else [analysis.features]), *analysis.of_windows)
        ]
        probabilities = iter(self.by_emotion([part for part, _ in parts], [own for _, own in parts]))
        return [
            self._prediction(name, analysis, probabilities, own, options)
            for name, analysis, own in zip(names, analyses, stats, strict=True)
        ]

    def predict_proba(self, recordings: Recordings) -> np.ndarray:
        """Return class probabilities as in scikit-learn.

        Args:
            recordings: one or several, as of `predict`.

        Returns:
            (recordings, classes) float64, in the order of `classes_`; NaN for refused recordings.
        """
        rows = [
            [prediction.probabilities.get(label, np.nan) for label in self.labels]
            for prediction in self._predict_all(collect(recordings), None, PredictOptions())
        ]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(self.labels))

    def table(
        self,
        recordings: Recordings,
        *,
        names: Sequence[str] | None = None,
        speakers: Sequence[str] | None = None,
        audformat: bool = False,
        **options: Unpack[OptionValues],
    ) -> "pd.DataFrame":
        """Recognise recordings and return a pandas table.

        Args:
            recordings: one or several, as of `predict`.
            names: of the recordings; by default their paths.
            speakers: of each recording, as of `predict`.
            audformat: whether the index is audformat's segmented one, (file, start, end).
            options: as of `predict`; with `windows` a row is a window instead of a recording.

        Returns:
            Columns file, start and end (s) of windows and parts, channel if one is read, emotion, confidence,
            p_<emotion>, ood_score, warning, notes and error.
        """
        from ser_models.inference.output import frame, kind_of

        chosen = PredictOptions(**options)
        predictions = self._predict_all(collect(recordings, names), speakers, chosen)
        return frame(predictions, self.labels, audformat=audformat, **kind_of(predictions, chosen))

    def raw(self, features: Sequence[Features], stats: Stats = None) -> Raw:
        """Return the model's raw values of recordings, after speaker normalisation if the model uses it.

        Args:
            features: of the recordings.
            stats: speaker statistics of each; None if all recordings have the same speaker.
        """
        if self.normalizer is None:
            return self.artifact.inputs.from_features(features)
        stats = stats or [self.normalizer.of_one_speaker(features)] * len(features)
        return self.normalizer.normalize(features, stats)

    def probabilities(self, raw: Raw) -> np.ndarray:
        """Return calibrated class probabilities, (recordings, classes).

        Args:
            raw: unscaled values of at least one recording, as the model's `Inputs` read them from a store
                or from features, after speaker normalisation if the model uses it.

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
        """Return the attention weight of each frame of a recording; see `Backend.attention`."""
        weights = self.artifact.backend.attention(self.raw([features]))
        return None if weights is None else weights[0]

    def sound_evidence(self, features: Sequence[Features] = ()) -> SoundEvidence:
        """Compare the sound of a recording, or of each of its windows, with the training data."""
        evidence = SoundEvidence(self.artifact.training_distribution)
        evidence.measure(features)
        return evidence

    def _predict_all(
        self, collected: Collected, speakers: Sequence[str] | None, options: PredictOptions
    ) -> list[Prediction]:
        """Recognise recordings of which nothing is computed yet."""
        if speakers is not None:
            speakers = one_for_each("speakers", speakers, collected.audio)
        if options.segments == "vad":
            from ser_models.inference.speech import spoken_parts

            collected, speakers = spoken_parts(collected, speakers, options.channel)
        channels = [channels_of(audio, options.channel) for audio in collected.audio]
        repeats = [index for index, several in enumerate(channels) for _ in several]
        audio = [collected.audio[index] for index in repeats]
        names = [collected.names[index] for index in repeats]
        numbers = [number for several in channels for number in several]
        own = None if speakers is None else [speakers[index] for index in repeats]
        stats = self.normalizer.estimate(audio, own, numbers) if self.normalizer else None
        return self.predict_files(audio, options, stats, names, numbers)

    def _predict_batch(
        self,
        recordings: Sequence[Path | bytes | Part],
        names: Sequence[str],
        stats: Stats,
        options: PredictOptions,
        channels: Sequence[int | None],
    ) -> list[Prediction]:
        """Recognise recordings that fit into memory together."""
        analyses: dict[int, RecordingAnalysis] = {}
        others: dict[int, Prediction] = {}
        for index, recording in enumerate(recordings):
            try:
                try:
                    decoded = decode_recording(recording, self.profile, channels[index])
                except TooLongError as error:
                    own = stats[index] if stats else None
                    others[index] = self._too_long(
                        error, recording, names[index], options, own, channels[index]
                    )
                else:
                    analyses[index] = analyse_recording(
                        decoded, self.profile, self.families, options, longest=self.longest
                    )
            except AudioError as error:
                others[index] = Prediction(names[index], error=str(error))
        shared = [stats[index] for index in analyses] if stats else None
        predictions = iter(
            self.predict_analyses([*analyses.values()], [names[index] for index in analyses], options, shared)
        )
        results = (others[index] if index in others else next(predictions) for index in range(len(names)))
        return [
            _placed(result, recording, channel)
            for result, recording, channel in zip(results, recordings, channels, strict=True)
        ]

    def _too_long(
        self,
        error: TooLongError,
        recording: Path | bytes | Part,
        name: str,
        options: PredictOptions,
        stats: SpeakerStats | None,
        channel: int | None,
    ) -> Prediction:
        """Recognise a file that does not fit into memory by its windows; refuse a part of a file."""
        if isinstance(recording, Part):
            return Prediction(name, error=str(error))
        return recognise_windows(self, read(recording), name, options, stats, channel)

    def by_emotion(self, features: Sequence[Features], stats: Stats) -> list[dict[str, float]]:
        """Return the probabilities of each recording by emotion."""
        if not features:
            return []
        rows = self.probabilities(self.raw(features, stats))
        return [dict(zip(self.labels, row.tolist(), strict=True)) for row in rows]

    def _prediction(
        self,
        name: str,
        analysis: RecordingAnalysis,
        probabilities: Iterator[dict[str, float]],
        stats: SpeakerStats | None,
        options: PredictOptions,
    ) -> Prediction:
        """Return the prediction of a recording, which takes the next probabilities: its own, its windows'."""
        whole = {} if analysis.is_long else next(probabilities)
        of_windows = [_of_window(window, probabilities) for window in analysis.windows]
        evidence = self.sound_evidence(analysis.recognised)
        evidence.test_speech(analysis.signal, analysis.sample_rate)
        warnings = (
            self.warning,
            None if analysis.is_long else self.artifact.inputs.unused(analysis.features),
            self.normalizer.warning(stats) if self.normalizer else None,
            POOLED_WARNING if analysis.is_long else None,
        )
        facts = {"file": name, "notes": analysis.notes, "seconds": analysis.seconds}
        if analysis.is_long:
            return pooled_answer_of(of_windows, evidence, options, warnings, **facts)
        return answer_of(whole, evidence, options, warnings, windows=of_windows, **facts)


def _name(recording: Path | bytes | Part) -> str:
    if isinstance(recording, bytes):
        return ""
    return str(recording.path if isinstance(recording, Part) else recording)


def _placed(prediction: Prediction, recording: Path | bytes | Part, channel: int | None) -> Prediction:
    """The prediction with what was read of a file."""
    if not isinstance(recording, Part):
        return replace(prediction, channel=channel or None)
    of_part = prediction.of_part(recording.start, recording.end)
    return replace(of_part, channel=(channel if recording.channel is None else recording.channel) or None)


def _of_window(window: Window, probabilities: Iterator[dict[str, float]]) -> WindowPrediction:
    """Take the next probabilities for a window that is not silent."""
    return WindowPrediction.of(window.start, window.end, next(probabilities) if window.features else {})
