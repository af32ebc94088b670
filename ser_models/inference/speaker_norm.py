"""What speakers are like, heard from the recordings given together; for models that take voices out.

recordings, speakers → `Listener.voices` → `SpeakerStats` → `Listener.raw` → what the model reads, without

A model that answers each recording by itself has no voices, and reads everything as it was measured.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ser_features.audio import read_bytes
from ser_features.config import Profile
from ser_features.errors import AudioError
from ser_features.pipeline import Features, extract_bytes
from ser_models.artifact.folder import Artifact
from ser_models.data.inputs import Raw
from ser_models.data.speaker_norm import SpeakerStats, accumulate, normalize

FEW_OF_A_VOICE = 5
"""With fewer recordings of a speaker, taking the voice out helps little or not; see docs/accuracy.md."""

Recording = str | os.PathLike[str] | bytes
"""A file, or its bytes."""


@dataclass(frozen=True)
class Listener:
    """Hears what a model's speakers are like.

    Attributes:
        artifact: of the model.
        profile: the features that it was trained on.
    """

    artifact: Artifact
    profile: Profile

    def voices(
        self, recordings: Sequence[Recording], speakers: Sequence[str] | None = None
    ) -> list[SpeakerStats | None]:
        """Estimate the voice of each recording from all of its speaker's that can be heard.

        Args:
            recordings: audio files, or the bytes of some.
            speakers: of each; None if all have one speaker.

        Returns:
            Of each recording; None where nothing of the speaker can be heard, and of all recordings if the
            model answers each by itself.
        """
        if self.artifact.speaker_prior is None:
            return [None] * len(recordings)
        return self.voices_of([self.tally(each) for each in recordings], speakers)

    def tally(self, recording: Recording) -> np.ndarray | None:
        """Sums over a recording, of which voices are made, (4, values); None if it is refused."""
        inputs = self.artifact.model.inputs
        try:
            features = extract_bytes(content_of(recording), self.profile, inputs.families)
        except AudioError:
            return None
        found: np.ndarray = accumulate(inputs, inputs.from_features([features]))[0]
        return found

    def voices_of(
        self, heard: Sequence[np.ndarray | None], speakers: Sequence[str] | None = None
    ) -> list[SpeakerStats | None]:
        """Estimate the voice of each recording from the tallies of all; see `voices`."""
        names = speakers or [""] * len(heard)
        own: dict[str, list[np.ndarray]] = {}
        for name, tally in zip(names, heard, strict=True):
            if tally is not None:
                own.setdefault(name, []).append(tally)
        prior = self.artifact.speaker_prior
        known = {name: prior.estimate(np.stack(each)) for name, each in own.items()} if prior else {}
        return [known.get(name) for name in names]

    def voice(self, features: Sequence[Features]) -> SpeakerStats | None:
        """Estimate the voice of one speaker; None if the model answers each recording by itself."""
        inputs, prior = self.artifact.model.inputs, self.artifact.speaker_prior
        return prior.estimate(accumulate(inputs, inputs.from_features(features))) if prior else None

    def raw(self, features: Sequence[Features], voices: Sequence[SpeakerStats | None] | None = None) -> Raw:
        """What the model reads of each recording, rid of its voice if the model is.

        Args:
            features: of the recordings.
            voices: of each; None if all are of one speaker, whose voice is theirs.
        """
        inputs = self.artifact.model.inputs
        raw = inputs.from_features(features)
        if voices is None:
            voices = [self.voice(features)] * len(features)
        # A file that could not be heard before and can be now is the only one of its voice.
        own = (voice or self.voice([each]) for voice, each in zip(voices, features, strict=True))
        known = [voice for voice in own if voice]
        return normalize(inputs, raw, known) if known else raw

    def hardly_known(self, voice: SpeakerStats | None) -> str | None:
        """Say so if a voice is known from few recordings."""
        if voice is None or voice.recordings >= FEW_OF_A_VOICE:
            return None
        count = "this recording" if voice.recordings == 1 else f"{voice.recordings} recordings"
        usual = self.artifact.metadata.speaker_norm
        return (
            f"knows the voice from {count} only, {usual} were heard together in its test: "
            "give more of the same speaker"
        )


def content_of(recording: Recording) -> bytes:
    """Bytes of a recording.

    Raises:
        AudioError: if the file cannot be read.
    """
    return recording if isinstance(recording, bytes) else read_bytes(Path(recording))
