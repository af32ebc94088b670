"""The model of the service with its processes and limits.

`Upload`s → admitted → `Workers` (features) → `Batcher` (model) → a `Prediction` or `Rejected` each
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import NamedTuple

from ser_features.errors import AudioError, NotAudioError, TooLongError, UnsupportedAudioError
from ser_features.pipeline import Features
from ser_models.data.speaker_norm import SpeakerStats
from ser_models.inference.prediction import Prediction, PredictOptions
from ser_models.inference.predictor import Predictor
from ser_models.inference.recording import RecordingAnalysis
from ser_models.service.admission import Admission
from ser_models.service.batching import Batcher
from ser_models.service.config import ServiceConfig
from ser_models.service.metrics import Gauge, Metrics
from ser_models.service.reading import Reader
from ser_models.service.uploads import Upload
from ser_models.service.workers import Workers, start_pool
from ser_models.web.body import Rejected


class Item(NamedTuple):
    """A recording for the model: features, name, and the statistics of its speaker if the model uses them."""

    analysis: RecordingAnalysis
    name: str
    stats: SpeakerStats | None


class Service:
    """Recognises uploads of many clients, used from one event loop.

    Attributes:
        predictor: the model.
        config: options and limits.
        reader: computes features in the processes.
        workers: the processes.
        batcher: calls the model for all that wait.
        admission: counts what is in progress.
        metrics: of all requests.
    """

    def __init__(
        self,
        predictor: Predictor,
        config: ServiceConfig,
        start: Callable[[int], Executor] = start_pool,
    ) -> None:
        self.predictor = predictor
        self.config = config
        self.reader = Reader.of(predictor, config.recording)
        self.workers = Workers(config.workers, config.timeout, start)
        self.admission = Admission(config)
        self.metrics = Metrics()
        self.batcher: Batcher[Item, Prediction] = Batcher(self._recognise, self.metrics.batches.observe)
        self.metrics.gauges = [
            Gauge("ser_recordings_in_progress", "Waiting or processed.", lambda: self.admission.in_progress),
            Gauge("ser_upload_bytes", "Uploads in memory.", lambda: self.admission.in_memory),
            Gauge("ser_streams", "Open WebSockets.", lambda: self.admission.streams),
        ]

    async def predict(
        self, uploads: Sequence[Upload], options: PredictOptions
    ) -> list[Prediction | Rejected]:
        """Recognise the recordings of one request; for a model with speaker normalisation of one speaker.

        Args:
            uploads: of the request.
            options: whether windows are listed.

        Returns:
            For each recording its prediction, or why it was refused.

        Raises:
            Rejected: with status 429 if too many are waiting.
        """
        with self.admission.recordings(len(uploads)):
            results = await asyncio.gather(*(self._read(upload, options) for upload in uploads))
            analyses = [one for one in results if isinstance(one, RecordingAnalysis)]
            names = [
                upload.name
                for upload, one in zip(uploads, results, strict=True)
                if isinstance(one, RecordingAnalysis)
            ]
            stats = self.stats([analysis.features for analysis in analyses])
            items = [Item(analysis, name, stats) for analysis, name in zip(analyses, names, strict=True)]
            predictions = await self.batcher(items) if items else []
        for one in results:
            self.metrics.recordings.add("refused" if isinstance(one, Rejected) else "recognised")
        self.metrics.sound.add(amount=sum(analysis.seconds for analysis in analyses))
        listed = (one if options.windows else replace(one, windows=[]) for one in predictions)
        return [one if isinstance(one, Rejected) else next(listed) for one in results]

    def stats(self, features: Sequence[Features]) -> SpeakerStats | None:
        """Statistics of the one speaker of some recordings; None for a model that uses none."""
        normalizer = self.predictor.normalizer
        return normalizer.of_one_speaker(features) if normalizer and features else None

    async def _read(self, upload: Upload, options: PredictOptions) -> RecordingAnalysis | Rejected:
        try:
            return await self.workers.run(self.reader.recording, upload.content, options)
        except AudioError as error:
            return Rejected(status_of(error), str(error))
        except Rejected as error:
            return error

    def _recognise(self, items: list[Item]) -> list[Prediction]:
        options = PredictOptions(top=len(self.predictor.labels), windows=True)
        return self.predictor.predict_analyses(
            [item.analysis for item in items],
            [item.name for item in items],
            options,
            [item.stats for item in items],
        )


def status_of(error: AudioError) -> int:
    """HTTP status of a refused recording: 413 too long, 415 no audio of a known format, 422 other."""
    if isinstance(error, TooLongError):
        return 413
    return 415 if isinstance(error, NotAudioError | UnsupportedAudioError) else 422
