"""Speaker statistics for models that were trained with speaker normalisation.

recordings, speakers → `SpeakerNormalizer.estimate` → statistics of each recording's speaker
features, statistics → `SpeakerNormalizer.normalize` → normalised raw values for the model

See `ser_models.data.speaker_norm` for the estimate itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ser_features.config import Profile
from ser_features.errors import AudioError
from ser_features.pipeline import Features, analysis_of, features_of
from ser_features.sources import Part
from ser_models.artifact.folder import Artifact
from ser_models.data.inputs import Inputs, Raw
from ser_models.data.speaker_norm import SpeakerPrior, SpeakerStats, accumulate, normalize
from ser_models.inference.recording import BATCH_WINDOWS, decode_recording

FEW_RECORDINGS = 5
"""With fewer recordings of a speaker, normalisation helps little or not at all; see docs/accuracy.md."""


@dataclass(frozen=True)
class SpeakerNormalizer:
    """Estimates speaker statistics and normalises with them.

    Attributes:
        inputs: what the model reads.
        profile: the feature configuration.
        prior: the mean training speaker.
        usual: recordings per speaker in the model's test.
    """

    inputs: Inputs
    profile: Profile
    prior: SpeakerPrior
    usual: float

    @classmethod
    def of(cls, artifact: Artifact, profile: Profile) -> "SpeakerNormalizer | None":
        """Return the normaliser of an artifact; None if its model was trained without normalisation."""
        if artifact.speaker_prior is None:
            return None
        return cls(artifact.inputs, profile, artifact.speaker_prior, artifact.metadata.speaker_norm)

    def estimate(
        self,
        recordings: Sequence[Path | bytes | Part],
        speakers: Sequence[str] | None = None,
        channels: Sequence[int | None] | None = None,
    ) -> list[SpeakerStats | None]:
        """Estimate the statistics of each recording's speaker from all recordings of that speaker.

        Args:
            recordings: audio files, their bytes, or parts of files.
            speakers: of each recording; None if all have the same speaker.
            channels: of each recording, as in `pipeline.decode`; None for that of the profile.

        Returns:
            Statistics per recording; None for a speaker of whom every recording is refused.
        """
        pairs = zip(recordings, channels or [None] * len(recordings), strict=True)
        return self.combine([self.accumulate(*pair) for pair in pairs], speakers)

    def accumulate(self, recording: Path | bytes | Part, channel: int | None = None) -> np.ndarray | None:
        """Return sums over a recording or a channel of it, (4, values); None if it is refused."""
        try:
            decoded = decode_recording(recording, self.profile, channel)
            features = features_of(decoded, analysis_of(decoded, self.profile), self.inputs.families)
        except AudioError:
            return None
        sums: np.ndarray = accumulate(self.inputs, self.inputs.from_features([features]))[0]
        return sums

    def combine(
        self, sums: Sequence[np.ndarray | None], speakers: Sequence[str] | None = None
    ) -> list[SpeakerStats | None]:
        """Estimate the statistics of each recording's speaker from the sums over all recordings."""
        speakers = speakers or [""] * len(sums)
        by_speaker: dict[str, list[np.ndarray]] = {}
        for speaker, own in zip(speakers, sums, strict=True):
            if own is not None:
                by_speaker.setdefault(speaker, []).append(own)
        stats = {speaker: self.prior.estimate(np.stack(own)) for speaker, own in by_speaker.items()}
        return [stats.get(speaker) for speaker in speakers]

    def of_one_speaker(self, features: Sequence[Features]) -> SpeakerStats:
        """Estimate the statistics of the one speaker of all recordings."""
        return self.prior.estimate(accumulate(self.inputs, self.inputs.from_features(features)))

    def normalize(self, features: Sequence[Features], stats: Sequence[SpeakerStats | None]) -> Raw:
        """Return normalised raw values.

        Args:
            features: of the recordings.
            stats: of each recording's speaker; None estimates them from this recording alone, which was
                refused when the statistics were estimated and is readable now.
        """
        own = [shared or self.of_one_speaker([one]) for shared, one in zip(stats, features, strict=True)]
        return normalize(self.inputs, self.inputs.from_features(features), own)

    def warning(self, stats: SpeakerStats | None) -> str | None:
        """Warn of statistics that are estimated from few recordings."""
        if stats is None or stats.recordings >= FEW_RECORDINGS:
            return None
        count = "this recording" if stats.recordings == 1 else f"{stats.recordings} recordings"
        return (
            f"speaker statistics are estimated from {count} only, from {self.usual} in the evaluation: "
            "pass more recordings of the same speaker"
        )


@dataclass(slots=True)
class StreamSpeaker:
    """The one speaker of a stream, whose statistics are estimated from its first windows.

    Attributes:
        normalizer: of the model; None if it uses no statistics.
    """

    normalizer: SpeakerNormalizer | None
    _first: list[Features] = field(default_factory=list)

    def stats(self, features: Features) -> SpeakerStats | None:
        """Statistics from the windows so far.

        Args:
            features: of the next window with sound.
        """
        if self.normalizer is None:
            return None
        if len(self._first) < BATCH_WINDOWS:
            self._first.append(features)
        return self.normalizer.of_one_speaker(self._first)
