"""Samples as they arrive → the windows to recognise, the newest first.

samples → `StreamWindows.push`; `StreamWindows.next_window` → `StreamWindow`, or None until the next hop

>>> windows = StreamWindows(rate=100, win_dur=3.0, hop_dur=0.5)
>>> windows.push(np.zeros(120, np.float32))
>>> window = windows.next_window()
>>> window.start, window.end, window.signal.size
(0.0, 1.0, 100)
>>> windows.next_window() is None
True
"""

from dataclasses import dataclass, field

import numpy as np

WIN_DUR, HOP_DUR = 3.0, 0.5
"""Length of a window, and from the end of a window to the end of the next, in s."""


@dataclass(frozen=True, slots=True)
class StreamWindow:
    """A part of a stream.

    Attributes:
        start: in s from the start of the stream.
        end: in s.
        signal: samples, float32 mono, (n,).
    """

    start: float
    end: float
    signal: np.ndarray


@dataclass(slots=True)
class StreamWindows:
    """The last seconds of a stream, cut into windows.

    A window ends at a multiple of the hop; the first ones are shorter. If recognition is slower than the
    sound, hops are left out, so that a prediction is never for a window that ended several hops ago.

    Attributes:
        rate: sample rate, in Hz.
        win_dur: longest window, in s.
        hop_dur: from the end of a window to the end of the next, in s.
        received: samples since the start of the stream.
    """

    rate: int
    win_dur: float
    hop_dur: float
    received: int = 0
    _signal: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    _ended: int = 0

    @property
    def seconds(self) -> float:
        """Duration of the stream so far, in s."""
        return self.received / self.rate

    def push(self, samples: np.ndarray) -> None:
        """Add samples, float32 mono, (n,)."""
        longest = round((self.win_dur + self.hop_dur) * self.rate)
        self._signal = np.concatenate([self._signal, samples])[-longest:]
        self.received += samples.size

    def next_window(self) -> StreamWindow | None:
        """Return the window that ends at the last hop; None if it was returned before."""
        hop = round(self.hop_dur * self.rate)
        return self._until(self.received // hop * hop)

    def last_window(self) -> StreamWindow | None:
        """Return the window that ends with the stream; None if it was returned before."""
        return self._until(self.received)

    def _until(self, end: int) -> StreamWindow | None:
        if end <= self._ended:
            return None
        self._ended = end
        start = max(0, end - round(self.win_dur * self.rate))
        first = self.received - self._signal.size
        return StreamWindow(
            round(start / self.rate, 3), round(end / self.rate, 3), self._signal[start - first : end - first]
        )
