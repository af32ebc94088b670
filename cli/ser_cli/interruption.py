"""Ctrl-C and SIGTERM: a command closes its files and states which work is stored.

SIGTERM → `Terminated`, a KeyboardInterrupt → files are closed, workers end → `report` → exit code
"""

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

INTERRUPTED, TERMINATED = 130, 143
"""Exit codes after Ctrl-C and SIGTERM, as shells give them."""

KEPT = {
    "demo": "finished features and folds are stored",
    "download": "what was downloaded is kept",
    "extract": "finished features are stored",
    "reproduce": "finished features, folds and epochs are stored",
    "train": "finished folds and epochs are stored",
    "tune": "finished features and trials are stored",
}
"""Commands that continue where they were interrupted → what they have stored by then."""


class Terminated(KeyboardInterrupt):
    """The process was asked to end by SIGTERM."""


@contextmanager
def terminable() -> Iterator[list[int]]:
    """Raise `Terminated` on SIGTERM while the block runs; yields a list with the exit code to use."""
    code = [INTERRUPTED]

    def stop(number: int, frame: FrameType | None) -> None:
        code[0] = TERMINATED
        raise Terminated

    if threading.current_thread() is not threading.main_thread():  # only that one gets signals
        yield code
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield code
    finally:
        signal.signal(signal.SIGTERM, before)


def report(words: Sequence[str], code: int) -> str:
    """The line for a command that was interrupted.

    Args:
        words: of the command line, after `ser`.
        code: `INTERRUPTED` or `TERMINATED`.

    >>> report(["evaluate", "model"], INTERRUPTED)
    'interrupted'
    >>> report(["tune", "multi_corpus_mlp"], TERMINATED)
    'terminated: finished features and trials are stored; run the same command again to continue'
    """
    event = "terminated" if code == TERMINATED else "interrupted"
    command = words[0] if words else ""
    kept = KEPT.get(command)
    if command == "predict" and any(word.partition("=")[0] == "--out" for word in words):
        kept = "finished predictions are stored"
    return f"{event}: {kept}; run the same command again to continue" if kept else event
