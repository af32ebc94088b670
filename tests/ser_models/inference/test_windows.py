"""Windows of long recordings."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.audio import Audio
from ser_features.config import SPEECH16K
from ser_features.pipeline import analysis_of, features_of
from ser_models.inference.windows import HOP_SEC, LONG_SEC, WINDOW_SEC, spans, windows

RATE = 16_000


def buzz(seconds: float) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    return sum(np.sin(2 * np.pi * 150 * k * time) / k for k in range(1, 8)).astype(np.float32)


@given(st.floats(min_value=0.05, max_value=600))
def test_windows_cover_a_recording_and_overlap(seconds):
    found = spans(seconds)
    starts, ends = zip(*found, strict=True)
    assert starts[0] == 0
    assert ends[-1] == pytest.approx(seconds, abs=2e-3)
    assert all(end - start == pytest.approx(min(seconds, WINDOW_SEC), abs=2e-3) for start, end in found)
    assert all(0 < later - earlier <= HOP_SEC + 1e-9 for earlier, later in pairwise(starts))


@pytest.mark.parametrize("seconds", [0.5, LONG_SEC])
def test_a_sentence_has_no_timeline(seconds):
    assert windows(Audio(buzz(seconds), RATE, 1), SPEECH16K, ["core"]) == []


def test_each_window_is_heard_as_if_cut_out():
    audio = Audio(buzz(6) * np.linspace(0.2, 1, 6 * RATE, dtype=np.float32), RATE, 1)
    for window in windows(audio, SPEECH16K, ["core", "mel"]):
        part = Audio(audio.signal[round(window.start * RATE) : round(window.end * RATE)], RATE, 1)
        alone = features_of(part, analysis_of(part, SPEECH16K), ["core", "mel"])
        assert window.features.columns == pytest.approx(alone.columns, nan_ok=True)
        np.testing.assert_array_equal(window.features.frames["mel"], alone.frames["mel"])


def test_where_nobody_speaks_nothing_is_heard():
    quiet = np.full(5 * RATE, 1e-4, np.float32)
    found = windows(Audio(np.concatenate([buzz(5), quiet]), RATE, 1), SPEECH16K, ["core"])
    assert [window.features is None for window in found] == [window.start >= 5 for window in found]
    assert any(window.features is None for window in found)
