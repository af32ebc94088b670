"""A runner without workers: tasks run in this process."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from ser_features.engine.runner import Progress, T, Work
from ser_features.engine.task import ShardSummary


class Serial:
    """Runs one task after the other, as a `ser_features.engine.runner.Runner`."""

    def __init__(self, workers: int | None = None) -> None:
        """Accept the argument of `Local`, which it can replace."""

    def run(
        self, tasks: Sequence[T], work: Work[T], on_progress: Progress | None = None
    ) -> Iterator[ShardSummary]:
        """As `Runner.run`."""
        return map(work.run, tasks)


USERS = ("ser_features.api", "ser_features.engine.extract", "ser_features.engine.augmentation.run")
"""Modules that start workers where no runner is given."""


@contextmanager
def in_this_process() -> Iterator[None]:
    """Extract without workers, whose start takes about a second."""
    with pytest.MonkeyPatch.context() as patch:
        for module in USERS:
            patch.setattr(f"{module}.Local", Serial)
        yield
