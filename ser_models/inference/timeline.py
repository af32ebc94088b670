"""Predictions for the windows of a long recording → a smoothed timeline, and one answer for all of them.

`WindowPrediction`s → `course` (Viterbi path) → `timeline_of` → `TimelineSpan`s
`WindowPrediction`s → `pool` → `Pooled`: probabilities, timeline, whether several emotions alternate

The values of `CHANGE`, `MAJORITY` and `CORRELATION` were chosen by `benchmarks.accuracy.long_recordings`.

>>> windows = [WindowPrediction.of(start, start + 3.0, {"happy": p, "sad": 1 - p})
...            for start, p in enumerate([0.9, 0.8, 0.4, 0.9])]
>>> [(span.start, span.end, span.emotion) for span in timeline_of(windows)]
[(0.0, 6.0, 'happy')]
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

CHANGE = 2.0
"""Log-likelihood that a change of emotion costs: a single window that disagrees a little changes nothing."""

MAJORITY = 2 / 3
"""Share of the windows with sound from which on one emotion is that of the recording."""

CORRELATION = 0.5
"""Correlation of the errors of windows of one recording, which have the speaker, room and words in common."""

LEAST = 1e-4
"""Smallest probability of which the logarithm is taken, so that no single window decides."""

DECIMALS = 3
"""Times are rounded to ms."""


@dataclass(frozen=True, slots=True)
class WindowPrediction:
    """The prediction for one window of a recording.

    Attributes:
        start: of the window, in s from the start of the recording.
        end: of the window, in s.
        emotion: the most probable emotion; None for silence, or below `PredictOptions.abstain_below`.
        probabilities: by emotion, summing to 1; empty for silence.
    """

    start: float
    end: float
    emotion: str | None
    probabilities: dict[str, float]

    @classmethod
    def of(cls, start: float, end: float, probabilities: dict[str, float]) -> "WindowPrediction":
        """Build a prediction from probabilities by emotion; none for silence."""
        return cls(start, end, max(probabilities, key=probabilities.__getitem__, default=None), probabilities)

    @property
    def confidence(self) -> float | None:
        """Probability of the most probable emotion, 0 to 1; None for silence."""
        return max(self.probabilities.values(), default=None)

    def abstain(self, threshold: float) -> "WindowPrediction":
        """Drop the emotion if its probability is below `threshold`."""
        sure = self.confidence is None or self.confidence >= threshold
        return self if sure else replace(self, emotion=None)

    def shifted(self, seconds: float) -> "WindowPrediction":
        """The prediction with times that are `seconds` later."""
        return replace(self, start=_time(self.start + seconds), end=_time(self.end + seconds))


@dataclass(frozen=True, slots=True)
class TimelineSpan:
    """A part of a recording with one emotion.

    Attributes:
        start: in s from the start of the recording.
        end: in s.
        emotion: of its windows after smoothing; None for silence.
        probability: of this emotion, mean over the windows, 0 to 1; None for silence.
    """

    start: float
    end: float
    emotion: str | None
    probability: float | None

    def shifted(self, seconds: float) -> "TimelineSpan":
        """The span with times that are `seconds` later."""
        return replace(self, start=_time(self.start + seconds), end=_time(self.end + seconds))


@dataclass(frozen=True, slots=True)
class Pooled:
    """One answer for many windows.

    Attributes:
        probabilities: by emotion, of the whole recording; if it is mixed, the mean over its windows. Empty if
            all are silent.
        timeline: spans in order of time.
        is_mixed: whether no emotion has `MAJORITY` of the windows with sound.
    """

    probabilities: dict[str, float]
    timeline: list[TimelineSpan]
    is_mixed: bool


def pool(windows: Sequence[WindowPrediction]) -> Pooled:
    """Combine the windows of a recording into one answer.

    Args:
        windows: in order of time.
    """
    emotions = smoothed(windows)
    timeline = _joined(windows, emotions)
    labels, values = _values(windows)
    if not labels:
        return Pooled({}, timeline, is_mixed=False)
    counts = Counter(filter(None, emotions))
    is_mixed = max(counts.values()) < MAJORITY * counts.total()
    pooled = values.mean(axis=0) if is_mixed else consensus(values)
    return Pooled(dict(zip(labels, pooled.tolist(), strict=True)), timeline, is_mixed)


def consensus(values: np.ndarray) -> np.ndarray:
    """Return the probabilities of a recording with one emotion, by a logarithmic opinion pool.

    With correlated errors, `n` windows count as `n / (1 + (n - 1) · CORRELATION)` independent ones (Kish's
    design effect), so that more of them do not make the answer ever more certain.

    Args:
        values: probabilities of each window, (windows, emotions).

    Returns:
        (emotions,), summing to 1.
    """
    independent = len(values) / (1 + (len(values) - 1) * CORRELATION)
    logarithms = independent * _logarithms(values).mean(axis=0)
    powers = np.exp(logarithms - logarithms.max())
    return powers / powers.sum()


def course(values: np.ndarray) -> np.ndarray:
    """Return the emotion of each window on the most probable course, where a change costs `CHANGE` (Viterbi).

    Args:
        values: probabilities of each window, (windows, emotions), at least one window.

    Returns:
        Indices of the emotions, (windows,).
    """
    first, *others = _logarithms(values)
    score, emotions = first, np.arange(len(first))
    previous = []
    for window in others:
        change = score.max() - CHANGE
        previous.append(np.where(score >= change, emotions, score.argmax()))
        score = np.maximum(score, change) + window
    path = [int(score.argmax())]
    for before in reversed(previous):
        path.append(int(before[path[-1]]))
    return np.array(path[::-1])


def smoothed(windows: Sequence[WindowPrediction]) -> list[str | None]:
    """Return the emotion of each window on the `course` between silences; None for silence.

    Args:
        windows: in order of time.
    """
    emotions: list[str | None] = []
    for has_sound, group in groupby(windows, key=lambda window: bool(window.probabilities)):
        run = list(group)
        labels, values = _values(run)
        emotions += [labels[index] for index in course(values)] if has_sound else [None] * len(run)
    return emotions


def timeline_of(windows: Sequence[WindowPrediction]) -> list[TimelineSpan]:
    """Join neighbouring windows of the same emotion after smoothing; overlaps are divided by `borders`.

    Args:
        windows: in order of time.
    """
    return _joined(windows, smoothed(windows))


def _joined(windows: Sequence[WindowPrediction], emotions: Sequence[str | None]) -> list[TimelineSpan]:
    """The spans of windows with an emotion each."""
    if not windows:
        return []
    edges = borders(windows).round(DECIMALS).tolist()
    parts = zip(windows, emotions, edges, edges[1:], strict=False)
    return [_span(emotion, list(group)) for emotion, group in groupby(parts, key=lambda part: part[1])]


def borders(windows: Sequence[WindowPrediction]) -> np.ndarray:
    """Cut the time of overlapping windows between their centres; (windows + 1,), in s.

    >>> bounds = [(0, 3), (1, 4), (2, 5)]
    >>> borders([WindowPrediction(start, end, None, {}) for start, end in bounds]).tolist()
    [0.0, 2.0, 3.0, 5.0]
    """
    centres = np.array([(window.start + window.end) / 2 for window in windows])
    between = (centres[:-1] + centres[1:]) / 2
    return np.concatenate([[windows[0].start], between, [windows[-1].end]]).astype(float)


def _values(windows: Sequence[WindowPrediction]) -> tuple[list[str], np.ndarray]:
    """Emotions, and their probabilities in each window with sound, (windows, emotions)."""
    rows = [window.probabilities for window in windows if window.probabilities]
    return [*rows[0]] if rows else [], np.array([[*row.values()] for row in rows])


def _logarithms(values: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(values, LEAST))


def _span(
    emotion: str | None, parts: Sequence[tuple[WindowPrediction, str | None, float, float]]
) -> TimelineSpan:
    windows, _, starts, ends = zip(*parts, strict=True)
    probability = None if emotion is None else float(np.mean([one.probabilities[emotion] for one in windows]))
    return TimelineSpan(starts[0], ends[-1], emotion, probability)


def _time(seconds: float) -> float:
    return round(seconds, DECIMALS)
