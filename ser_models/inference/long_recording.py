"""A recording that is longer than the longest of the profile → predictions for its windows, part by part.

bytes → `audio.parts` → windows of each part → probabilities of a batch → `pooled_answer_of` → `Prediction`

A part of `PART_SECONDS` and the features of `BATCH_WINDOWS` windows are in memory at the same time, whatever
the length of the recording.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from ser_features.audio.parts import Part, parts
from ser_features.config import Profile
from ser_features.errors import TooLongError
from ser_features.extractors.windows import Windows
from ser_features.manifest import NOTE_SEPARATOR
from ser_features.pipeline import Features, decode
from ser_models.data.speaker_norm import SpeakerStats
from ser_models.inference.answer import POOLED_WARNING, pooled_answer_of
from ser_models.inference.prediction import Prediction, PredictOptions
from ser_models.inference.recording import BATCH_WINDOWS, Window, analyse_windows, silence_of, window_bounds
from ser_models.inference.speaker_norm import SpeakerNormalizer
from ser_models.inference.timeline import WindowPrediction
from ser_models.ood.sound import SoundEvidence

PART_SECONDS = 60.0
"""Duration of a part, rounded down to whole hops."""


class WindowModel(Protocol):
    """What is needed of a `Predictor`."""

    @property
    def warning(self) -> str | None:
        """Known limit of every prediction."""

    @property
    def profile(self) -> Profile:
        """Feature configuration."""

    @property
    def families(self) -> tuple[str, ...]:
        """Feature families of a window."""

    @property
    def normalizer(self) -> SpeakerNormalizer | None:
        """Speaker normalisation, if the model uses it."""

    def by_emotion(
        self, features: Sequence[Features], stats: Sequence[SpeakerStats | None]
    ) -> list[dict[str, float]]:
        """Return the probabilities of each window by emotion."""

    def sound_evidence(self, features: Sequence[Features] = ()) -> SoundEvidence:
        """Compare the sound of windows with the training data."""


@dataclass(slots=True)
class LongRecording:
    """Recognises the windows of one long recording.

    Attributes:
        predictor: the model.
        options: of the prediction.
        stats: of the speaker; None estimates them from the first windows.
        silence: level at and below which a window is silent, in dB re full scale: that of the loudest part.
        windows: recognised so far.
        levels: of these windows, in dB re full scale.
        evidence: of the sound of those that are not silent.
    """

    predictor: WindowModel
    options: PredictOptions
    stats: SpeakerStats | None
    silence: float
    windows: list[WindowPrediction]
    levels: list[float]
    evidence: SoundEvidence

    def recognise(self, part: Part) -> None:
        """Recognise the windows that begin in a part."""
        bounds = self._bounds(part)
        if part.audio is None:
            self._recognise_batch(part.start, [Window(*one, None, -math.inf) for one in bounds])
            return
        divided = Windows(part.audio, self.predictor.profile)
        self.silence = max(self.silence, silence_of(divided.whole))
        windows = analyse_windows(part.audio, divided, self.predictor.families, bounds, self.silence)
        while batch := list(islice(windows, BATCH_WINDOWS)):
            self._recognise_batch(part.start, batch)
        self.evidence.test_speech(divided.whole.signal, divided.whole.sample_rate)

    def _bounds(self, part: Part) -> list[tuple[float, float]]:
        """Start and end of each window, in s from the start of the part."""
        length, hop = self.options.win_dur, self.options.hop_dur
        if part.is_last:
            return window_bounds(part.seconds, length, hop)
        return [(number * hop, number * hop + length) for number in range(hops_per_part(hop))]

    def _recognise_batch(self, offset: float, batch: list[Window]) -> None:
        features = [window.features for window in batch if window.features]
        normalizer = self.predictor.normalizer
        if normalizer and features and self.stats is None:
            self.stats = normalizer.of_one_speaker(features)
        probabilities = iter(self.predictor.by_emotion(features, [self.stats] * len(features)))
        self.evidence.measure(features)
        for window in batch:
            start, end = round(offset + window.start, 3), round(offset + window.end, 3)
            self.windows.append(
                WindowPrediction.of(start, end, next(probabilities) if window.features else {})
            )
            self.levels.append(window.level)

    def prediction(self, name: str, seconds: float, notes: str | None) -> Prediction:
        """Return the prediction: windows that a later, louder part shows to be silent have no emotion."""
        windows = [
            window if level > self.silence else WindowPrediction.of(window.start, window.end, {})
            for window, level in zip(self.windows, self.levels, strict=True)
        ]
        normalizer = self.predictor.normalizer
        of_speaker = normalizer.warning(self.stats) if normalizer else None
        warnings = (self.predictor.warning, of_speaker, POOLED_WARNING)
        return pooled_answer_of(
            windows, self.evidence, self.options, warnings, file=name, seconds=seconds, notes=notes
        )


def recognise_windows(
    predictor: WindowModel,
    content: bytes,
    name: str,
    options: PredictOptions,
    stats: SpeakerStats | None,
    channel: int | None = None,
) -> Prediction:
    """Recognise the windows of a recording of any length.

    Args:
        predictor: the model.
        content: bytes of an audio file.
        name: of the recording.
        options: of the prediction.
        stats: of its speaker; None for a model without speaker normalisation, or to estimate them from the
            first windows.
        channel: as in `pipeline.decode`.

    Returns:
        The answer of its windows together. Its out-of-distribution score is the median of theirs.

    Raises:
        AudioError: a subclass for each reason to refuse it.
    """
    config = predictor.profile.audio
    if options.win_dur > config.max_seconds:
        raise TooLongError(
            f"windows of {options.win_dur:g} s, expected at most {config.max_seconds:g} s: "
            "pass a shorter win_dur"
        )
    unlimited = replace(predictor.profile, audio=replace(config, max_seconds=math.inf))
    stream = parts(
        content,
        lambda part: decode(part, unlimited, channel),
        hops_per_part(options.hop_dur) * options.hop_dur,
        options.win_dur,
    )
    recording = LongRecording(predictor, options, stats, -math.inf, [], [], predictor.sound_evidence())
    notes: dict[str, None] = {}
    for part in stream:
        recording.recognise(part)
        notes |= dict.fromkeys((*part.notes, *(part.audio.notes if part.audio else ())))
        seconds = part.start + part.seconds
    return recording.prediction(name, seconds, NOTE_SEPARATOR.join(notes) or None)


def hops_per_part(hop_dur: float) -> int:
    """Number of windows that begin in a part which is not the last.

    >>> hops_per_part(1.0), hops_per_part(0.7), hops_per_part(100.0)
    (60, 85, 1)
    """
    return max(1, int(PART_SECONDS / hop_dur))
