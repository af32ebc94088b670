"""Many files → their predictions, in order, by worker processes, which may die without ending the run.

`Predictor`, files → `voices` (of models that take them out: what every speaker is like)
`Predictor`, files → chunks → workers (each loads the model once) → one `Prediction` per file

A file that kills its worker breaks the pool. What was at work then is tried again file by file in a process
of its own; a file that kills this one too is refused. A few chunks are on their way at a time, so memory
does not grow with the number of files.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ser_features.errors import SerError
from ser_models.data.speaker_norm import SpeakerStats
from ser_models.inference.prediction import Prediction
from ser_models.inference.predictor import Predictor, load

if TYPE_CHECKING:
    from loky import ProcessPoolExecutor

    from ser_models.inference.files import Listed

FEW = 16
"""Fewer files are recognised by the process itself: starting others takes as long as a hundred."""

CHUNK = 16
"""Files that a worker is handed at once."""

AHEAD = 2
"""Chunks per worker that are under way: one at work, one waiting."""


class Item(NamedTuple):
    """A file for a worker, with its speaker's voice if the model takes it out and it is known."""

    path: Path
    voice: SpeakerStats | None = None


Chunk = Sequence[Item]

DEADLY = object()
"""Stands for the answer to a file that kills whoever opens it."""

Task = Callable[[Predictor, Chunk], list[Any]]
"""What a worker does: one answer per file."""


@dataclass(frozen=True)
class Recognise:
    """The task of recognising; see `Predictor.predict`."""

    top: int = 3
    timeline: bool = False
    abstain_below: float = 0.0

    def __call__(self, predictor: Predictor, chunk: Chunk) -> list[Prediction]:
        """Recognise the files of a chunk."""
        paths, voices = [item.path for item in chunk], [item.voice for item in chunk]
        return predictor.predict_voices(paths, voices, **vars(self))


def tally(predictor: Predictor, chunk: Chunk) -> list[Any]:
    """The task of hearing what voices are like; None for a file that is refused."""
    return [predictor.listener.tally(item.path) for item in chunk]


_loaded: list[Predictor] = []
"""The model of a worker process."""


def recognise(
    predictor: Predictor,
    files: "Sequence[Listed]",
    *,
    known: Sequence[SpeakerStats | None] | None = None,
    workers: int | None = None,
    top: int = 3,
    timeline: bool = False,
    abstain_below: float = 0.0,
) -> Iterator[Prediction]:
    """Yield one prediction per file, in order.

    Args:
        predictor: loaded; worker processes load its artifact again.
        files: audio files; those with a problem are refused for it.
        known: of each file, what `voices` found; None if the model answers each file by itself.
        workers: processes; None for one per core.
        top: how many emotions to rank.
        timeline: whether long recordings are also recognised window by window.
        abstain_below: confidence below which no emotion is said, 0 to 1.

    Raises:
        SerError: if worker processes die before they are given any file.
    """
    items = [Item(file.path, voice) for file, voice in zip(files, known or [None] * len(files), strict=True)]
    good = [item for item, file in zip(items, files, strict=True) if file.problem is None]
    answers = _answers(predictor, good, workers, Recognise(top, timeline, abstain_below))
    for file in files:
        if file.problem is not None:
            yield Prediction(str(file.path), error=file.problem)
            continue
        answer = next(answers)
        yield _deadly(file.path) if answer is DEADLY else answer


def voices(
    predictor: Predictor,
    files: "Sequence[Listed]",
    speakers: Sequence[str] | None = None,
    *,
    workers: int | None = None,
    on_file: Callable[[], None] = lambda: None,
) -> list[SpeakerStats | None]:
    """Hear what every speaker is like, before anything is recognised.

    Args:
        predictor: loaded.
        files: audio files; nothing is heard of those with a problem.
        speakers: of each; None if all have one speaker.
        workers: processes; None for one per core.
        on_file: called for every file that was heard.

    Returns:
        Of each file the voice of its speaker; None where nothing of that can be heard, and always if the
        model answers each file by itself.

    Raises:
        SerError: as `recognise`.
    """
    if predictor.artifact.speaker_prior is None:
        return [None] * len(files)
    heard = _answers(predictor, [Item(file.path) for file in files if file.problem is None], workers, tally)
    tallies = []
    for file in files:
        tallies.append(next(heard) if file.problem is None else None)
        on_file()
    return predictor.listener.voices_of([None if each is DEADLY else each for each in tallies], speakers)


def _answers(predictor: Predictor, items: Chunk, workers: int | None, task: Task) -> Iterator[Any]:
    """Yield what the task makes of every file, in order; `DEADLY` of one that kills its worker."""
    few = len(items) < FEW
    yield from task(predictor, items) if few else _in_workers(predictor, items, workers, task)


def _in_workers(predictor: Predictor, items: Chunk, workers: int | None, task: Task) -> Iterator[Any]:
    import loky

    chunks = [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]
    crew = _Crew(predictor.artifact.folder, min(workers or loky.cpu_count(), len(chunks)), task)
    try:
        yield from crew.answers(deque(chunks))
    finally:
        crew.dismiss()


class _Crew:
    """Worker processes, and one more for files that are suspected of killing them."""

    def __init__(self, folder: Path, workers: int, task: Task) -> None:
        self._folder = folder
        self._workers = workers
        self._task = task
        self._pool: ProcessPoolExecutor | None = None
        self._guard: ProcessPoolExecutor | None = None

    def answers(self, todo: deque[Chunk]) -> Iterator[Any]:
        """Yield the answers to all chunks, in order."""
        running: deque[tuple[Chunk, Future[list[Any]] | None]] = deque()
        while todo or running:
            while todo and len(running) < AHEAD * self._workers:
                chunk = todo.popleft()
                running.append((chunk, self._submit(chunk)))
            chunk, future = running.popleft()
            try:
                found = future.result() if future else self._one_by_one(chunk)
            except BrokenExecutor:
                self._forget_pool()
                running = deque((other, _if_done(result)) for other, result in running)
                found = self._one_by_one(chunk)
            yield from found

    def dismiss(self) -> None:
        """End all processes."""
        _end(self._pool)
        _end(self._guard)

    def _submit(self, chunk: Chunk) -> "Future[list[Any]] | None":
        """Hand a chunk to the workers; None if one of them has just died."""
        self._pool = self._pool or self._started(self._workers)
        try:
            return self._pool.submit(_do, chunk, self._task)
        except BrokenExecutor:
            self._forget_pool()
            return None

    def _forget_pool(self) -> None:
        """End what is left of a broken pool; the next chunk starts another."""
        _end(self._pool)
        self._pool = None

    def _one_by_one(self, chunk: Chunk) -> list[Any]:
        return [self._alone(item) for item in chunk]

    def _alone(self, item: Item) -> Any:
        self._guard = self._guard or self._started(1)
        try:
            return self._guard.submit(_do, [item], self._task).result()[0]
        except BrokenExecutor:
            _end(self._guard)
            self._guard = None
            return DEADLY

    def _started(self, workers: int) -> "ProcessPoolExecutor":
        """Start processes that load the model; wait until one has."""
        from ser_features.engine.processes import pool

        started = pool(workers, _begin, (self._folder,))
        try:
            started.submit(_do, [], self._task).result()
        except BrokenExecutor as error:
            _end(started)
            raise SerError(
                f"worker processes die as they load {self._folder}: free memory, or pass fewer --workers"
            ) from error
        return started


def _deadly(path: Path) -> Prediction:
    from ser_features.engine.processes import KILLED

    return Prediction(str(path), error=KILLED)


def _end(pool: "ProcessPoolExecutor | None") -> None:
    if pool is not None:
        pool.shutdown(wait=True, kill_workers=True)


def _if_done(future: "Future[list[Any]] | None") -> "Future[list[Any]] | None":
    """The future if it holds an answer; None if its worker died, so that its files are suspects."""
    return future if future and future.done() and not future.exception() else None


def _begin(folder: Path) -> None:
    _loaded[:] = [load(folder)]


def _do(chunk: Chunk, task: Task) -> list[Any]:
    return task(_loaded[0], chunk)
