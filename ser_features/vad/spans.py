"""Probabilities of speech → segments, as they come in.

probability per frame → `Spans.add` → `Segment`s that are complete → `Spans.end` → the rest

A segment begins where the probability reaches the threshold and ends where it stays below the release for
the shortest pause; see `config.SegmentConfig`. Memory is that of one segment.

>>> from ser_features.vad.config import SegmentConfig
>>> spans = Spans(SegmentConfig(padding=0), 0.1)
>>> [*spans.add([0.0] * 5 + [0.9] * 10 + [0.0] * 5), *spans.end(2.0)]
[Segment(start=0.5, end=1.5, probability=0.9, channel=None)]
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ser_features.vad.config import SegmentConfig

DECIMALS = 3
"""Times are rounded to ms."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a recording with speech.

    Attributes:
        start: in s.
        end: in s.
        probability: of speech, mean over its frames, 0 to 1.
        channel: number of the channel that was read, from 1; None for a mix.
    """

    start: float
    end: float
    probability: float
    channel: int | None = None


@dataclass(slots=True)
class Spans:
    """Finds the segments of one signal.

    Attributes:
        config: thresholds and durations.
        step: duration of a frame, in s.
    """

    config: SegmentConfig
    step: float
    _frames: int = 0
    _first: int = 0
    _quiet: int = 0
    _values: list[float] = field(default_factory=list)
    _waiting: Segment | None = None
    _floor: float = 0.0

    def add(self, probabilities: Iterable[float]) -> Iterator[Segment]:
        """Yield the segments that are complete after further frames."""
        for probability in probabilities:
            yield from self._add(probability)
            self._frames += 1

    def end(self, seconds: float) -> Iterator[Segment]:
        """Yield the remaining segments.

        Args:
            seconds: duration of the signal.
        """
        if self._values:
            yield from self._close()
        if self._waiting:
            yield self._padded(self._waiting, seconds)

    def _add(self, probability: float) -> Iterator[Segment]:
        if not self._values:
            if probability >= self.config.threshold:
                self._first, self._quiet = self._frames, 0
                self._values.append(probability)
            return
        self._values.append(probability)
        self._quiet = self._quiet + 1 if probability < self.config.release else 0
        if self._quiet * self.step >= self.config.min_silence:
            yield from self._close()
        elif len(self._values) * self.step >= self.config.max_speech:
            yield from self._divide()

    def _close(self) -> Iterator[Segment]:
        """End the segment where its last pause began."""
        values, self._values = self._values[: len(self._values) - self._quiet], []
        self._quiet = 0
        yield from self._segment(self._first, values)

    def _divide(self) -> Iterator[Segment]:
        """End the segment at the least probable frame of its second half; the rest begins another one."""
        half = len(self._values) // 2
        cut = min(range(half, len(self._values)), key=self._values.__getitem__)
        values, rest = self._values[:cut], self._values[cut:]
        yield from self._segment(self._first, values)
        self._first, self._values = self._first + cut, rest
        self._quiet = min(self._quiet, len(rest))

    def _segment(self, first: int, values: list[float]) -> Iterator[Segment]:
        """Yield the segment before, whose padding is known now, if this one is long enough to count."""
        if not values or len(values) * self.step < self.config.min_speech:
            return
        start, end = first * self.step, (first + len(values)) * self.step
        if self._waiting:
            middle = (self._waiting.end + start) / 2
            yield self._padded(self._waiting, middle)
            self._floor = middle
        self._waiting = Segment(start, end, round(sum(values) / len(values), DECIMALS))

    def _padded(self, segment: Segment, limit: float) -> Segment:
        """The segment with its padding, between the middles of the pauses around it."""
        start = max(segment.start - self.config.padding, self._floor)
        end = min(segment.end + self.config.padding, limit)
        return replace(segment, start=round(start, DECIMALS), end=round(end, DECIMALS))
