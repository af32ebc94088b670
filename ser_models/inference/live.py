"""Speech while it is spoken → a prediction per hop, and one for all of it at the end.

blocks of samples → `LiveRecogniser.push` → `StreamWindows` → `Prediction` of the newest window
→ `LiveRecogniser.finish` → pooled `Prediction` with timeline

A window that ended more than a hop ago is left out, so that the answers follow the sound on a busy computer.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from ser_features.audio import Audio
from ser_models.inference.answer import pooled_answer_of
from ser_models.inference.prediction import Prediction, PredictOptions
from ser_models.inference.predictor import Predictor
from ser_models.inference.recording import SILENCE_DB, RecordingAnalysis, read_window
from ser_models.inference.speaker_norm import StreamSpeaker
from ser_models.inference.stream import HOP_DUR, WIN_DUR, StreamWindow, StreamWindows
from ser_models.inference.timeline import WindowPrediction
from ser_models.ood.sound import SoundEvidence


@dataclass(slots=True)
class LiveRecogniser:
    """Recognises one stream, in this process.

    Attributes:
        predictor: the model.
        rate: sample rate, in Hz.
        stream: the last seconds of the sound.
        loudest: level of the loudest window so far, in dB re full scale.
        speaker: of the stream.
        windows: predictions so far.
    """

    predictor: Predictor
    rate: int
    stream: StreamWindows = field(init=False)
    evidence: SoundEvidence = field(init=False)
    speaker: StreamSpeaker = field(init=False)
    loudest: float = -math.inf
    windows: list[WindowPrediction] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stream = StreamWindows(self.rate, WIN_DUR, HOP_DUR)
        self.evidence = self.predictor.sound_evidence()
        self.speaker = StreamSpeaker(self.predictor.normalizer)

    def push(self, samples: np.ndarray) -> Prediction | None:
        """Add samples and recognise the window that ends at the last hop.

        Args:
            samples: float32 mono, (n,).

        Returns:
            The prediction, with `start` and `end` in the stream; None until the next hop.
        """
        self.stream.push(samples)
        window = self.stream.next_window()
        return None if window is None else self._recognise(window)

    def run(self, blocks: Iterable[np.ndarray]) -> Iterator[Prediction]:
        """Yield a prediction per hop of a stream.

        Args:
            blocks: samples as they arrive, float32 mono, (n,) each.
        """
        for block in blocks:
            if prediction := self.push(block):
                yield prediction

    def finish(self, options: PredictOptions) -> Prediction:
        """Return the answer to the whole stream so far, by its windows."""
        warnings = (self.predictor.warning,)
        seconds = self.stream.seconds
        return pooled_answer_of(
            self.windows, self.evidence, options, warnings, file="microphone", seconds=seconds
        )

    def _recognise(self, window: StreamWindow) -> Prediction:
        audio = Audio(window.signal, self.rate, channels=1)
        predictor = self.predictor
        read = read_window(audio, predictor.profile, predictor.families, self.loudest - SILENCE_DB)
        self.loudest = max(self.loudest, read.level)
        prediction = Prediction("microphone")
        if read.features is not None:
            analysis = RecordingAnalysis(
                window.end - window.start, window.signal, self.rate, window.start, read.features
            )
            [prediction] = self.predictor.predict_analyses(
                [analysis], ["microphone"], PredictOptions(), [self.speaker.stats(read.features)]
            )
            self.evidence.add(prediction.ood_score, read.features.columns)
            self.evidence.test_speech(window.signal, self.rate)
        self.windows.append(WindowPrediction.of(window.start, window.end, prediction.probabilities))
        return replace(prediction, start=window.start, end=window.end)
