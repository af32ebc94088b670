"""Folds in processes of their own: nothing of a fold outlives it."""

import os
import weakref
from queue import Queue

from ser_models.training.config import RunContext, Step
from ser_models.training.parallel import _in_worker


def test_a_kept_callback_does_not_keep_the_queue():
    """A proxy of a queue that dies in a later fold closes the connection of that fold."""
    kept, received = [], []

    class Proxy(Queue):
        def put(self, step, **_):
            received.append(step)

    def train_fold(number, context):
        kept.append(context.progress)
        context.progress(step)

    step = Step("fold 1", {})
    queue = Proxy()
    alive = weakref.ref(queue)
    _in_worker(train_fold, RunContext(), queue, os.getppid(), 0)
    del queue
    assert received == [step]
    assert alive() is None
