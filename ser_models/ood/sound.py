"""What kind of sound a recording is, where it is far from the training data or very short.

features of a recording, or of each of its windows → `SoundEvidence.measure` (score and core columns)
signal → `SoundEvidence.test_speech` → `SoundEvidence.kind` → `WARNINGS`

The score is the distance of the spectrum, which everything between mouth and file changes. So a recording
that is far is tested for speech, by a network that knows no emotions (`ser_features.vad`); the F0 of speech,
which no room or microphone changes, is then compared with that of the training recordings.

>>> evidence = SoundEvidence(reference=None)
>>> evidence.add(0.7, {})
>>> evidence.kind, evidence.score
('familiar', 0.7)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from ser_features.extras import VAD, available
from ser_models.ood.distribution import DURATION, MEL, OOD_THRESHOLD, TrainingDistribution

if TYPE_CHECKING:
    from ser_features.pipeline import Features

SoundKind = Literal["familiar", "no speech", "other channel", "other voice", "out of distribution"]
"""Like the training data; no speech; speech through another room or microphone; speech of another kind of
voice; far from the training data, if it cannot be tested for speech."""

WARNINGS: dict[SoundKind, str] = {
    "no speech": "no speech: no emotion is returned",
    "other channel": "speech from another room or microphone than the training data (ood_score above 1): "
    "the confidence may be too high or too low",
    "other voice": "another kind of voice than in the training data (ood_score above 1): "
    "the confidence may be too high or too low",
    "out of distribution": "out of distribution (ood_score above 1): do not trust this prediction, "
    "or install ser-toolkit[vad] to test it for speech",
}
"""Warning of each kind but the familiar one."""

PITCH = "pitch_median"
"""Core column that is compared: the median F0, in Hz, which hardly depends on the channel."""


@dataclass(slots=True)
class SoundEvidence:
    """What was measured of the sound of one recording, or of its windows so far.

    Attributes:
        reference: distribution of the training data; None if the artifact has none.
        scores: out-of-distribution scores.
        other_voices: for each score above the threshold, whether the median F0 is outside of the range of
            the training recordings, or there is none, as in whispered speech.
        speech: whether the recording has speech; None if not tested.
        is_doubtful: whether it is to be tested: far, or less than half as long as all training recordings, as
            a beep is.
    """

    reference: TrainingDistribution | None
    scores: list[float] = field(default_factory=list)
    other_voices: list[bool] = field(default_factory=list)
    speech: bool | None = None
    is_doubtful: bool = False

    def measure(self, features: "Sequence[Features]") -> None:
        """Add the recording, or some of its windows, if there are training data to compare with.

        Args:
            features: of the families `FAMILIES`.
        """
        if self.reference and features:
            scores = self.reference.ood_score([one.frames[MEL] for one in features])
            for score, one in zip(scores.tolist(), features, strict=True):
                self.add(score, one.columns)

    def add(self, score: float | None, columns: Mapping[str, float]) -> None:
        """Add the recording, or one of its windows.

        Args:
            score: out-of-distribution score; None if not known.
            columns: core columns by name.
        """
        if score is None:
            return
        self.scores.append(score)
        if score > OOD_THRESHOLD:
            self.other_voices.append(self._is_other_voice(columns))
        if score > OOD_THRESHOLD or self._is_short(columns):
            self.is_doubtful = True

    def test_speech(self, signal: np.ndarray, rate: int) -> None:
        """Test a doubtful signal for speech, unless some was detected before, or the extra vad is missing.

        Args:
            signal: the recording or a part of it, mono, (n,).
            rate: sample rate, in Hz.
        """
        if not self.is_doubtful or self.speech or not available(VAD):
            return
        from ser_features.vad.presence import has_speech

        self.speech = has_speech(signal, rate)

    @property
    def score(self) -> float | None:
        """Median of the scores; None if there are none."""
        return float(np.median(self.scores)) if self.scores else None

    @property
    def kind(self) -> SoundKind:
        """Kind of sound of the recording."""
        if self.speech is False:
            return "no speech"
        if self.score is None or self.score <= OOD_THRESHOLD:
            return "familiar"
        if self.speech is None:
            return "out of distribution"
        return "other voice" if np.mean(self.other_voices) > 0.5 else "other channel"

    def _is_short(self, columns: Mapping[str, float]) -> bool:
        durations = self.reference.quantiles.get(DURATION) if self.reference else None
        return durations is not None and columns.get(DURATION, np.inf) < durations[0] / 2

    def _is_other_voice(self, columns: Mapping[str, float]) -> bool:
        pitches = self.reference.quantiles.get(PITCH) if self.reference else None
        return pitches is not None and not pitches[0] <= columns.get(PITCH, np.nan) <= pitches[-1]
