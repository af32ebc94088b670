"""What a worker process does with sound: decode it and compute the features that the model reads.

bytes → `Reader.recording` → `RecordingAnalysis`; samples → `Reader.window` → `Window`

A reader is sent to the process with every call; it holds no model, which stays in the process of the service.
"""

import os
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from ser_features.audio import Audio
from ser_features.config import Profile
from ser_features.workers.worker import end_with
from ser_models.inference.prediction import PredictOptions
from ser_models.inference.predictor import Predictor
from ser_models.inference.recording import RecordingAnalysis, Window, analyse_recording, read_window
from ser_models.web.limits import Limits

WHOLE, TIMELINE = PredictOptions(), PredictOptions(windows=True)
"""Of a recording as a whole, and of its windows too."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Computes the features of recordings for one model.

    Attributes:
        profile: the feature configuration.
        families: feature families.
        limits: of a recording.
        longest: longest recording that is recognised as a whole, trimmed, in s.
        families_of_long: of the whole of a longer one.
    """

    profile: Profile
    families: Sequence[str]
    limits: Limits
    longest: float
    families_of_long: Sequence[str]

    @classmethod
    def of(cls, predictor: Predictor, limits: Limits) -> "Reader":
        """Return the reader for a model."""
        return cls(
            predictor.profile, predictor.families, limits, predictor.longest, predictor.families_of_long
        )

    def recording(self, content: bytes, options: PredictOptions) -> RecordingAnalysis:
        """Compute the features of an audio file.

        Raises:
            AudioError: a subclass for each reason to refuse it.
        """
        audio = self.limits.decode(content, self.profile.audio)
        return analyse_recording(
            audio, self.profile, self.families, options, self.families_of_long, longest=self.longest
        )

    def window(self, audio: Audio, silence: float) -> Window:
        """Compute the features of a window of a stream.

        Args:
            audio: the window.
            silence: level at and below which it is silent, in dB re full scale.
        """
        return read_window(audio, self.profile, self.families, silence)


def begin(parent: int) -> None:
    """Prepare a worker process: Ctrl-C is for the service, which lets its workers finish.

    Args:
        parent: process of the service, with which this one ends.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()


def process_id() -> int:
    """Return the id of the worker process; called to start one."""
    return os.getpid()
