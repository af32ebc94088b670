"""Log of a training on stderr: a line per finished fold, what it is at now, and the time left.

`Step` → `TrainingLog` → fold 2 of 5: best epoch 12 of 31, loss 0.881, …, validation UAR 0.531, 0:01:10 left
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from ser_cli.progress import console, on_screen, say, throttled

if TYPE_CHECKING:
    from ser_models.training.config import Progress, Step

HELD_BACK_SECONDS = 10.0
"""Time of a training, and"""

HELD_BACK_SHARE = 0.1
"""share of it, before which the time left is no more than a guess."""


@contextmanager
def training_progress() -> Iterator["Progress"]:
    """Show the training on stderr for as long as the block runs.

    On a terminal the current epoch is updated in place; elsewhere it is printed every 10 s.
    """
    if not on_screen():
        yield TrainingLog(say, throttled(say))
        return
    from rich.live import Live

    screen = console()
    with Live(console=screen, transient=True, redirect_stdout=False) as live:
        yield TrainingLog(screen.print, live.update)


class TrainingLog:
    """Reports the steps of a training.

    Args:
        finished: is called with the line of every finished fold.
        running: is called with the line of every epoch, or member of an ensemble.
        clock: returns the time in s.
    """

    def __init__(
        self,
        finished: Callable[[str], None],
        running: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._finished, self._running, self._clock = finished, running, clock
        self._begun = clock()
        self._shares: dict[str, float] = {}
        self._read_back = 0

    def __call__(self, step: "Step") -> None:
        """Report an epoch or a finished fold; a fold of one epoch is reported once, when it is finished."""
        if step.done and step.part not in self._shares:
            self._read_back += 1  # of an interrupted training: it took no time
        else:
            self._shares[step.part] = 1.0 if step.done else step.share
        if step.done or step.name:
            (self._finished if step.done else self._running)(self._line(step))

    def _line(self, step: "Step") -> str:
        row = step.row
        figures = f"loss {row['loss']:.3f}, validation loss {row['val_loss']:.3f}"
        name = f"{step.name}, " if step.name else ""
        left = self._left(step.folds - self._read_back)
        return f"{step.part}: {name}{figures}, validation UAR {row['val_uar']:.3f}{left}"

    def _left(self, folds: int) -> str:
        """Time left by the folds and parts of folds so far, at most; empty as long as it means little."""
        done, passed = sum(self._shares.values()), self._clock() - self._begun
        if passed < HELD_BACK_SECONDS or not HELD_BACK_SHARE * folds <= done < folds:
            return ""
        return f", {timedelta(seconds=round(passed * (folds - done) / done))} left"
