"""Shard tasks → workers of a Dask cluster, which may die without ending the run.

    with connect("tcp://head:8786") as runner:
        extract_corpora(["ravdess"], data=data, store=store, runner=runner)

Dask gives a task whose worker died to another worker a few times, then gives it up. Each recording of such a
shard is then tried as a task of its own. Recordings that are given up again are tried once more with nothing
else running, because they may only have been queued behind the culprit. A recording that kills its worker
then is quarantined, and the shard goes on without it. (joblib's Dask backend would wait for ever.)
"""

import hashlib
import pkgutil
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from ser_features.engine.runner import Key, Progress, T, Work, quarantined, run_until_done
from ser_features.engine.task import ShardSummary, Task
from ser_features.errors import InputError, SerError
from ser_features.manifest import Recording
from ser_features.store import layout

MAX_ROUNDS = 5
"""Rounds in a row without a finished shard or a quarantined recording, before giving up."""

RETRIES = 2
"""Retries of a shard that fails for another reason than its worker's death, such as a network disk error."""

POLL_SECONDS = 2.0
"""Interval at which the number of workers is checked while nothing else happens."""

NO_WORKER_SECONDS = 60.0
"""Time that a cluster may be without workers, which take a while to start."""

Name = TypeVar("Name")


def _fingerprint() -> str:
    root = Path(__file__).parents[1]
    sources = sorted(root.rglob("*.py"))
    digests = (hashlib.sha256(path.read_bytes()).hexdigest() for path in sources)
    return hashlib.sha256("".join(digests).encode()).hexdigest()


FINGERPRINT = _fingerprint()
"""SHA-256 of this package's source: workers with other source would compute other values."""


@dataclass(frozen=True, slots=True)
class Dask:
    """Workers of a Dask cluster.

    Attributes:
        client: a `distributed.Client`; `connect.connect` makes one.
    """

    client: Any

    def run(
        self, tasks: Sequence[T], work: Work[T], on_progress: Progress | None = None
    ) -> Iterator[ShardSummary]:
        """As `Runner.run`; progress is reported after each shard.

        Raises:
            InputError: if the cluster has another version of this package, or cannot see the files.
            SerError: if the connection to the cluster is lost.
        """
        if not tasks:
            return
        _check_versions(self.client)
        for answer in self.client.run(_check_visible, tasks[0], on_error="return").values():
            if isinstance(answer, SerError):
                raise answer
        executor = self.client.get_executor(pure=False, retries=RETRIES)
        finished = failed = 0
        try:
            for summary in run_until_done(
                tasks,
                lambda left: self._attempt(executor, left, work),
                lambda left: self._quarantine_culprits(executor, left, work),
                MAX_ROUNDS,
            ):
                finished += summary.stored + len(summary.failures)
                failed += len(summary.failures)
                if on_progress is not None:
                    on_progress(finished, failed)
                yield summary
        finally:
            executor.shutdown(wait=False)

    def _attempt(self, executor: Executor, left: dict[Key, T], work: Work[T]) -> Iterator[ShardSummary]:
        """Run every task on the cluster. Finished tasks are removed from `left`."""
        futures = {executor.submit(_run, work.run, task): key for key, task in left.items()}
        for key, summary in self._outcomes(futures):
            if summary is not None:
                del left[key]
                yield summary

    def _quarantine_culprits(self, executor: Executor, left: dict[Key, T], work: Work[T]) -> None:
        """Quarantine the recordings that kill their worker when nothing else is running."""
        probes = {
            _submit_probe(executor, work, task, recording): (key, recording)
            for key, task in left.items()
            for recording in task.compute
            if recording.file_id not in task.quarantined
        }
        for key, recording in [name for name, survived in self._outcomes(probes) if not survived]:
            alone = _submit_probe(executor, work, left[key], recording)
            if not any(survived for _, survived in self._outcomes({alone: key})):
                left[key] = quarantined(left[key], recording)

    def _outcomes(self, futures: Mapping[Future, Name]) -> Iterator[tuple[Name, Any]]:
        """Name and result of each future in order of completion; None for those whose workers died."""
        from distributed import KilledWorker

        done: SimpleQueue[Future] = SimpleQueue()
        for future in futures:
            future.add_done_callback(done.put)
        for _ in futures:
            future = self._next(done)
            try:
                yield futures[future], future.result()
            except KilledWorker:
                yield futures[future], None
            except CancelledError:
                raise _scheduler_gone() from None

    def _next(self, done: "SimpleQueue[Future]") -> Future:
        """Wait for a finished future as long as there are workers."""
        without_since = None
        while True:
            try:
                return done.get(timeout=POLL_SECONDS)
            except Empty:
                now = time.monotonic()
                without_since = None if self._has_workers() else (without_since or now)
                if without_since is not None and now - without_since > NO_WORKER_SECONDS:
                    raise SerError(
                        f"the cluster has had no worker for {NO_WORKER_SECONDS:.0f} s: start some with "
                        "dask worker ADDRESS, and run the same command again; what is finished is stored"
                    ) from None

    def _has_workers(self) -> bool:
        try:
            return bool(self.client.nthreads())
        except (OSError, TimeoutError):
            raise _scheduler_gone() from None


def _scheduler_gone() -> SerError:
    return SerError(
        "the Dask scheduler is gone: start it again, and run the same command: what is finished is stored"
    )


def _check_versions(client: Any) -> None:
    """Compare the cluster's fingerprint with ours; `pkgutil` is there even if this package is not.

    Raises:
        InputError: naming the process that differs.
    """
    name = f"{__name__}:FINGERPRINT"
    answers = client.run(pkgutil.resolve_name, name, on_error="return")
    try:
        answers["the scheduler"] = client.run_on_scheduler(pkgutil.resolve_name, name)
    except (ImportError, AttributeError) as error:
        answers["the scheduler"] = error
    for process, answer in answers.items():
        if isinstance(answer, (ImportError, AttributeError)):
            raise InputError(f"{process} has no ser ({answer}): install the same version there as here")
        if isinstance(answer, str) and answer != FINGERPRINT:
            raise InputError(f"{process} has another version of ser: install the same version there as here")


def _submit_probe(executor: Executor, work: Work[T], task: T, recording: Recording) -> Future:
    return executor.submit(_probe, work.probe, replace(task, compute=(recording,)), recording)


def _run(run: Callable[[T], ShardSummary], task: T) -> ShardSummary:
    """In a worker, which may have joined late: check what it sees, then bring the shard up to date."""
    _check_visible(task)
    return run(task)


def _probe(probe: Callable[[T, Recording], None], task: T, recording: Recording) -> bool:
    """In a worker: try a recording; True if the worker survives."""
    probe(task, recording)
    return True


def _check_visible(task: Task) -> None:
    """Check that this worker sees the store and the recordings; it would refuse them all otherwise.

    Raises:
        InputError: naming the machine that does not.
    """
    if not (task.target.root / layout.DESCRIPTION).is_file():
        raise InputError(_not_visible("store", task.target.root))
    folders = {(task.data_root / recording.path).parent for recording in task.compute}
    if folders and not any(folder.is_dir() for folder in folders):
        raise InputError(_not_visible("recordings", task.data_root))


def _not_visible(what: str, root: Path) -> str:
    return (
        f"worker on {socket.gethostname()} sees no {what} at {root}: expected a file system that all "
        "machines share: mount it there under the same path"
    )
