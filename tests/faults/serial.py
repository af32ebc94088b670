"""A runner without workers: this process does it all."""

from collections.abc import Iterator, Sequence

from ser_features.engine.runner import Progress, T, Work
from ser_features.engine.task import ShardSummary


class Serial:
    """One task after the other, as `ser_features.engine.runner.Runner`."""

    def __init__(self, workers: int | None = None) -> None:
        """Take what `local.Local` takes, whose place it can have."""

    def run(
        self, tasks: Sequence[T], work: Work[T], on_progress: Progress | None = None
    ) -> Iterator[ShardSummary]:
        """As `Runner.run`."""
        return map(work.run, tasks)
