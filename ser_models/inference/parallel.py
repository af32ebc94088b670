"""Many files → their predictions, in order, by worker processes that may die without ending the run.

`Predictor`, files → `estimate_speakers` → speaker statistics of each file, if the model uses them
`Predictor`, files → chunks → workers (each loads the model once) → one `Prediction` per file

A file that kills its worker breaks the pool. The files that were in progress are then tried again one by one
in a separate process; a file that kills this process too is refused. Only a few chunks are submitted at a
time, so that memory does not grow with the number of files.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ser_features.errors import SerError
from ser_features.foreign import is_lossy
from ser_features.manifest import batches
from ser_features.sources import Part
from ser_models.data.speaker_norm import SpeakerStats
from ser_models.inference.collect import AudioFile
from ser_models.inference.loading import load
from ser_models.inference.prediction import Prediction, PredictOptions
from ser_models.inference.predictor import Predictor

if TYPE_CHECKING:
    from loky import ProcessPoolExecutor

MIN_PARALLEL = 16
"""Fewer files are processed in this process: starting workers takes as long as a hundred files."""

CHUNK = 16
"""Files per submission to a worker."""

AHEAD = 2
"""Submitted chunks per worker: one in progress, one waiting."""


class Job(NamedTuple):
    """A file or part for a worker, its channel, and the statistics of its speaker if the model uses them."""

    recording: Path | Part
    channel: int | None = None
    stats: SpeakerStats | None = None


Chunk = Sequence[Job]

CRASHED = object()
"""Result of a file that kills every process that opens it."""

Task = Callable[[Predictor, Chunk], list[Any]]
"""What a worker does: one result per file."""


@dataclass(frozen=True)
class Recognise:
    """Task: recognise the files of a chunk."""

    options: PredictOptions

    def __call__(self, predictor: Predictor, chunk: Chunk) -> list[Prediction]:
        """Return a prediction per file."""
        return predictor.predict_files(
            [job.recording for job in chunk],
            self.options,
            [job.stats for job in chunk],
            channels=[job.channel for job in chunk],
        )


def accumulate(predictor: Predictor, chunk: Chunk) -> list[Any]:
    """Task: sums over each file for the statistics of its speaker; None for a refused file."""
    assert predictor.normalizer is not None, "the caller checks it"
    return [predictor.normalizer.accumulate(job.recording, job.channel) for job in chunk]


def predict_files(
    predictor: Predictor,
    files: Sequence[AudioFile],
    options: PredictOptions,
    *,
    stats: Sequence[SpeakerStats | None] | None = None,
    workers: int | None = None,
) -> Iterator[Prediction]:
    """Yield one prediction per file, in order.

    Args:
        predictor: loaded; worker processes load its artifact again.
        files: audio files; those with a problem are refused for it.
        options: of the prediction.
        stats: result of `estimate_speakers`; None for a model without speaker normalisation.
        workers: processes; None for one per core.

    Raises:
        SerError: if worker processes die before they receive any file.
    """
    jobs = [
        Job(file.recording, file.channel, own)
        for file, own in zip(files, stats or [None] * len(files), strict=True)
    ]
    readable = [job for job, file in zip(jobs, files, strict=True) if file.problem is None]
    results = _run(predictor, readable, workers, Recognise(options))
    for file in files:
        if file.problem is not None:
            yield Prediction(str(file.path), error=file.problem, start=file.start, end=file.end)
            continue
        result = next(results)
        yield _crashed(file) if result is CRASHED else result


def estimate_speakers(
    predictor: Predictor,
    files: Sequence[AudioFile],
    speakers: Sequence[str] | None = None,
    *,
    workers: int | None = None,
    on_file: Callable[[], None] = lambda: None,
) -> list[SpeakerStats | None] | None:
    """Estimate the statistics of every speaker before anything is recognised.

    Args:
        predictor: loaded.
        files: audio files; those with a problem are left out.
        speakers: of each file; None if all have the same speaker.
        workers: processes; None for one per core.
        on_file: called after every file.

    Returns:
        Of each file the statistics of its speaker; None for a speaker without a readable file. None for a
        model without speaker normalisation.

    Raises:
        SerError: as `predict_files`.
    """
    if predictor.normalizer is None:
        return None
    readable = [Job(file.recording, file.channel) for file in files if file.problem is None]
    results = _run(predictor, readable, workers, accumulate)
    sums = []
    for file in files:
        result = next(results) if file.problem is None else None
        sums.append(None if result is CRASHED else result)
        on_file()
    return predictor.normalizer.combine(sums, speakers)


def _run(predictor: Predictor, jobs: Chunk, workers: int | None, task: Task) -> Iterator[Any]:
    """Yield the result of the task for every file, in order; `CRASHED` for one that kills its worker."""
    if len(jobs) < MIN_PARALLEL:
        yield from task(predictor, jobs)
        return
    import loky  # here, as a run over few files needs no workers

    chunks = deque(_chunks(jobs))
    folder, workers = predictor.artifact.folder, min(workers or loky.cpu_count(), len(chunks))
    with _Pool(folder, workers, task) as pool, _Pool(folder, 1, task) as quarantine:
        running: deque[tuple[Chunk, Future[list[Any]] | None]] = deque()
        while chunks or running:
            while chunks and len(running) < AHEAD * workers:
                running.append((chunks[0], pool.submit(chunks.popleft())))
            chunk, future = running.popleft()
            try:
                results = future.result() if future else quarantine.one_by_one(chunk)
            except BrokenExecutor:
                pool.end()
                running = deque((other, _if_done(result)) for other, result in running)
                results = quarantine.one_by_one(chunk)
            yield from results


def _chunks(jobs: Chunk) -> Iterator[Chunk]:
    return batches(jobs, CHUNK, _decoded)


def _decoded(job: Job) -> str | None:
    path = str(job.recording.path) if isinstance(job.recording, Part) else ""
    return path if is_lossy(path) else None


class _Pool:
    """Worker processes that are started on first use, and again after one of them has died."""

    def __init__(self, folder: Path, workers: int, task: Task) -> None:
        self._folder = folder
        self._workers = workers
        self._task = task
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "_Pool":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def submit(self, chunk: Chunk) -> "Future[list[Any]] | None":
        """Submit a chunk; None if a process has just died."""
        self._pool = self._pool or self._start()
        try:
            return self._pool.submit(_work, chunk, self._task)
        except BrokenExecutor:
            self.end()
            return None

    def one_by_one(self, chunk: Chunk) -> list[Any]:
        """Return the result of each file alone; `CRASHED` for one that kills its process."""
        return [self._alone(job) for job in chunk]

    def end(self) -> None:
        """End all processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, kill_workers=True)
        self._pool = None

    def _alone(self, job: Job) -> Any:
        future = self.submit([job])
        try:
            return future.result()[0] if future else CRASHED
        except BrokenExecutor:
            self.end()
            return CRASHED

    def _start(self) -> "ProcessPoolExecutor":
        """Start processes that load the model; wait until one has."""
        from ser_features.engine.runner import pool

        self._pool = pool(self._workers, _load_model, (self._folder,))
        try:
            self._pool.submit(_work, [], self._task).result()
        except BrokenExecutor as error:
            self.end()
            raise SerError(
                f"worker processes die as they load {self._folder}: free memory, or pass fewer --workers"
            ) from error
        return self._pool


def _crashed(file: AudioFile) -> Prediction:
    from ser_features.engine.runner import KILLED

    channel = file.channel or None
    return Prediction(str(file.path), error=KILLED, channel=channel, start=file.start, end=file.end)


def _if_done(future: "Future[list[Any]] | None") -> "Future[list[Any]] | None":
    """Return the future if it has a result; None if its worker died, so that its files are suspects."""
    return future if future and future.done() and not future.exception() else None


_loaded: list[Predictor] = []
"""The model of this worker process."""


def _load_model(folder: Path) -> None:
    _loaded[:] = [load(folder)]


def _work(chunk: Chunk, task: Task) -> list[Any]:
    return task(_loaded[0], chunk)
