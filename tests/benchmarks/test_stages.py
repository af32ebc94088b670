"""A stage's time is that of its own functions, without those of a stage that they call."""

from collections import Counter
from types import SimpleNamespace

import pytest

from benchmarks.speed import stages


def test_time_within_another_stage_counts_once(monkeypatch):
    ticks = iter([0.0, 1.0, 3.0, 7.0])  # outer begins, inner begins, inner ends, outer ends
    monkeypatch.setattr(stages, "time", SimpleNamespace(thread_time=lambda: next(ticks)))
    seconds: Counter[str] = Counter()
    stopwatch = stages.Stopwatch(seconds)
    inner = stopwatch.around(lambda value: value + 1, "inner")
    outer = stopwatch.around(lambda value: inner(value) * 2, "outer")
    assert outer(1) == 4
    assert seconds == {"inner": 2.0, "outer": 5.0}


def test_an_error_ends_its_stage():
    stopwatch = stages.Stopwatch(Counter())
    with pytest.raises(ZeroDivisionError):
        stopwatch.around(lambda: 1 / 0, "broken")()
    assert stopwatch.open == []


def test_every_function_of_the_stages_exists():
    missing = [
        (stage, name)
        for stage, functions in stages.STAGES.items()
        for owner, name in functions
        if name not in vars(owner)
    ]
    assert not missing
