"""Trainings that draw nothing: about twenty figures take most of the time of a small training."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def undrawn() -> Iterator[None]:
    """Leave the artifact's folder of figures empty, and reports with their text and tables only.

    `test_train.py` of the experiments trains with figures; the tests of the reporting draw each of them.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ser_models.experiments.results.figures.save_all", lambda folder, *_: folder.mkdir())
        patch.setattr("ser_models.reporting.report.page.inline", lambda *_: "")
        yield
