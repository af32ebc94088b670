"""Many files → their predictions, in order, by worker processes, which may die without ending the run.

`Predictor`, files → chunks → workers (each loads the model once) → one `Prediction` per file

A file that kills its worker breaks the pool. What was at work then is tried again file by file in a process
of its own; a file that kills this one too is refused. A few chunks are on their way at a time, so memory
does not grow with the number of files.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ser_features.errors import SerError
from ser_models.inference import Predictor, load
from ser_models.prediction import Prediction

if TYPE_CHECKING:
    from loky import ProcessPoolExecutor

    from ser_models.listing import Listed

FEW = 16
"""Fewer files are recognised by the process itself: starting others takes as long as a hundred."""

CHUNK = 16
"""Files that a worker is handed at once."""

AHEAD = 2
"""Chunks per worker that are under way: one at work, one waiting."""

Chunk = Sequence[Path]


class Asked(NamedTuple):
    """What is asked of every file; see `Predictor.predict`."""

    top: int = 3
    timeline: bool = False


_loaded: list[Predictor] = []
"""The model of a worker process."""


def recognise(
    predictor: Predictor,
    files: "Sequence[Listed]",
    *,
    workers: int | None = None,
    top: int = 3,
    timeline: bool = False,
) -> Iterator[Prediction]:
    """Yield one prediction per file, in order.

    Args:
        predictor: loaded; worker processes load its artifact again.
        files: audio files; those with a problem are refused for it.
        workers: processes; None for one per core.
        top: how many emotions to rank.
        timeline: whether long recordings are also recognised window by window.

    Raises:
        SerError: if worker processes die before they are given any file.
    """
    good = [file.path for file in files if file.problem is None]
    asked = Asked(top, timeline)
    answers = (
        iter(predictor.predict(good, **asked._asdict()))
        if len(good) < FEW
        else _in_workers(predictor, good, workers, asked)
    )
    for file in files:
        yield next(answers) if file.problem is None else Prediction(str(file.path), error=file.problem)


def _in_workers(
    predictor: Predictor, files: Chunk, workers: int | None, asked: Asked
) -> Iterator[Prediction]:
    import loky

    chunks = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
    crew = _Crew(predictor.artifact.folder, min(workers or loky.cpu_count(), len(chunks)), asked)
    try:
        yield from crew.answers(deque(chunks))
    finally:
        crew.dismiss()


class _Crew:
    """Worker processes, and one more for files that are suspected of killing them."""

    def __init__(self, folder: Path, workers: int, asked: Asked) -> None:
        self._folder = folder
        self._workers = workers
        self._asked = asked
        self._pool: ProcessPoolExecutor | None = None
        self._guard: ProcessPoolExecutor | None = None

    def answers(self, todo: deque[Chunk]) -> Iterator[Prediction]:
        """Yield the predictions of all chunks, in order."""
        running: deque[tuple[Chunk, Future[list[Prediction]] | None]] = deque()
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

    def _submit(self, chunk: Chunk) -> "Future[list[Prediction]] | None":
        """Hand a chunk to the workers; None if one of them has just died."""
        self._pool = self._pool or self._started(self._workers)
        try:
            return self._pool.submit(_predict, chunk, self._asked)
        except BrokenExecutor:
            self._forget_pool()
            return None

    def _forget_pool(self) -> None:
        """End what is left of a broken pool; the next chunk starts another."""
        _end(self._pool)
        self._pool = None

    def _one_by_one(self, chunk: Chunk) -> list[Prediction]:
        return [self._alone(path) for path in chunk]

    def _alone(self, path: Path) -> Prediction:
        self._guard = self._guard or self._started(1)
        try:
            return self._guard.submit(_predict, [path], self._asked).result()[0]
        except BrokenExecutor:
            from ser_features.engine.processes import KILLED

            _end(self._guard)
            self._guard = None
            return Prediction(str(path), error=KILLED)

    def _started(self, workers: int) -> "ProcessPoolExecutor":
        """Start processes that load the model; wait until one has."""
        from ser_features.engine.processes import pool

        started = pool(workers, _begin, (self._folder,))
        try:
            started.submit(_predict, [], self._asked).result()
        except BrokenExecutor as error:
            _end(started)
            raise SerError(
                f"worker processes die as they load {self._folder}: free memory, or pass fewer --workers"
            ) from error
        return started


def _end(pool: "ProcessPoolExecutor | None") -> None:
    if pool is not None:
        pool.shutdown(wait=True, kill_workers=True)


def _if_done(future: "Future[list[Prediction]] | None") -> "Future[list[Prediction]] | None":
    """The future if it holds an answer; None if its worker died, so that its files are suspects."""
    return future if future and future.done() and not future.exception() else None


def _begin(folder: Path) -> None:
    _loaded[:] = [load(folder)]


def _predict(chunk: Chunk, asked: Asked) -> list[Prediction]:
    return _loaded[0].predict(chunk, **asked._asdict())
