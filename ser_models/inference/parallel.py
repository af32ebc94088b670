"""Many files → their predictions, in order, by worker processes that may die without ending the run.

`Predictor`, files → `estimate_speakers` → speaker statistics of each file, if the model uses them
`Predictor`, files → chunks → workers (each loads the model once) → one `Prediction` per file

The files of a worker that died are tried again one by one in a separate process; a file that kills this
process too is refused. Only a few chunks are begun before their turn, so that memory does not grow with the
number of files.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ser_features.errors import SerError
from ser_features.extractors import needs_encoder
from ser_features.foreign import is_lossy
from ser_features.manifest import batches
from ser_features.sources import Part
from ser_models.data.speaker_norm import SpeakerStats
from ser_models.inference.collect import AudioFile
from ser_models.inference.loading import load
from ser_models.inference.prediction import Prediction, PredictOptions
from ser_models.inference.predictor import Predictor

if TYPE_CHECKING:
    from ser_features.workers.worker import Job as Work

MIN_PARALLEL = 16
"""Fewer files are processed in this process: starting workers takes as long as some dozens of files."""

CHUNK = 16
"""Files per call of a worker."""


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
        SerError: if worker processes die as they load the model.
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
    from ser_features.workers.pool import DIED, Pool, cpu_count  # here, as few files need no workers

    chunks, work = list(_chunks(jobs)), _work_of(predictor, task)
    with Pool(min(workers or cpu_count(), len(chunks)), work) as pool:
        for chunk, results in zip(chunks, pool.map((chunk,) for chunk in chunks), strict=True):
            yield from _one_by_one(chunk, predictor.artifact.folder, work) if results is DIED else results


def _one_by_one(chunk: Chunk, folder: Path, work: "Work") -> Iterator[Any]:
    """Yield the result of each file alone; `CRASHED` for one that kills its process."""
    from ser_features.workers.pool import DIED, Pool

    with Pool(1, work) as alone:
        if next(alone.map([([],)])) is DIED:
            raise SerError(
                f"worker processes die as they load {folder}: free memory, or pass fewer --workers"
            )
        for results in alone.map(([job],) for job in chunk):
            yield CRASHED if results is DIED else results[0]


def _work_of(predictor: Predictor, task: Task) -> "Work":
    """What workers do: a task for each chunk; the model is loaded once for all forks if it can be.

    Libraries of networks and encoders start threads, which a fork does not have.
    """
    from ser_features.workers.worker import Job as Work

    folder = predictor.artifact.folder
    threads = predictor.artifact.model.packages or needs_encoder(predictor.families)
    once = None if threads else partial(_load_before_forks, folder)
    return Work(partial(_work, task), once, begin=partial(_load_model, folder))


def _chunks(jobs: Chunk) -> Iterator[Chunk]:
    return batches(jobs, CHUNK, _decoded)


def _decoded(job: Job) -> str | None:
    path = str(job.recording.path) if isinstance(job.recording, Part) else ""
    return path if is_lossy(path) else None


def _crashed(file: AudioFile) -> Prediction:
    from ser_features.engine.runner import KILLED

    channel = file.channel or None
    return Prediction(str(file.path), error=KILLED, channel=channel, start=file.start, end=file.end)


_loaded: list[Predictor] = []
"""The model of this process, of workers and what they are forked from."""


def _load_model(folder: Path) -> None:
    """Load the model unless it is loaded."""
    if not _loaded:
        _loaded.append(load(folder))


def _load_before_forks(folder: Path) -> None:
    """Load the model; where that fails, each worker tries again, and fails as it begins."""
    with suppress(Exception):
        _load_model(folder)


def _work(task: Task, chunk: Chunk) -> list[Any]:
    return task(_loaded[0], chunk)
