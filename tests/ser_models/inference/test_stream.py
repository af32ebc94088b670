"""Windows of a stream."""

import numpy as np

from ser_models.inference.stream import StreamWindows


def test_windows_end_at_hops_and_hold_the_last_seconds():
    windows, signal = StreamWindows(rate=10, win_dur=2.0, hop_dur=0.5), np.arange(60, dtype=np.float32)
    bounds = []
    for start in range(0, 60, 3):
        windows.push(signal[start : start + 3])
        if (window := windows.next_window()) is not None:
            bounds.append((window.start, window.end))
            first, last = round(window.start * 10), round(window.end * 10)
            assert window.signal.tolist() == signal[first:last].tolist()
    assert bounds == [(max(0.0, end / 2 - 2), end / 2) for end in range(1, 13)]
    assert windows.last_window() is None


def test_late_hops_are_left_out():
    windows = StreamWindows(rate=10, win_dur=2.0, hop_dur=0.5)
    windows.push(np.zeros(1_003, np.float32))
    window = windows.next_window()
    assert (window.start, window.end, window.signal.size) == (98.0, 100.0, 20)
    assert windows.next_window() is None
    last = windows.last_window()
    assert (last.start, last.end, last.signal.size) == (98.3, 100.3, 20)
    assert windows.seconds == 100.3
