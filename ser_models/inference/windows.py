"""A long recording, window by window: each is heard alone, as if it had been cut out by hand.

decoded recording → `windows` (3 s, every second) → `Features` of each, None where nobody speaks

>>> spans(2.5), spans(5.2)
([(0.0, 2.5)], [(0.0, 3.0), (1.0, 4.0), (2.0, 5.0), (2.2, 5.2)])
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ser_features.audio import Audio
from ser_features.config import Profile
from ser_features.pipeline import Features, analysis_of, features_of

WINDOW_SEC = 3.0
"""Length of a window: about that of the sentences that the corpora are made of."""

HOP_SEC = 1.0
"""From the beginning of a window to that of the next."""

LONG_SEC = 4.0
"""Recordings up to this long are one sentence, and have no timeline."""

SILENT_DB = 40.0
"""A window whose peak is this far below the recording's holds nothing that was said."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a recording.

    Attributes:
        start: in s.
        end: in s.
        features: None if nothing is said in it.
    """

    start: float
    end: float
    features: Features | None


def spans(seconds: float) -> list[tuple[float, float]]:
    """Where the windows of a recording begin and end, in s; the last one ends with it."""
    if seconds <= WINDOW_SEC:
        return [(0.0, seconds)]
    starts = [*np.arange(0, seconds - WINDOW_SEC, HOP_SEC).tolist(), seconds - WINDOW_SEC]
    return [(round(start, 3), round(start + WINDOW_SEC, 3)) for start in starts]


def windows(audio: Audio, profile: Profile, families: Sequence[str]) -> list[Window]:
    """Cut a recording into windows and compute the features of each.

    Args:
        audio: the decoded recording.
        profile: the feature configuration.
        families: which families to compute.

    Returns:
        In order of time; none if it is not longer than `LONG_SEC`.
    """
    seconds = audio.signal.size / audio.sample_rate
    if seconds <= LONG_SEC:
        return []
    quiet = np.abs(audio.signal).max() * 10 ** (-SILENT_DB / 20)
    return [Window(*span, _features(audio, span, quiet, profile, families)) for span in spans(seconds)]


def _features(
    audio: Audio, span: tuple[float, float], quiet: float, profile: Profile, families: Sequence[str]
) -> Features | None:
    start, end = (round(second * audio.sample_rate) for second in span)
    signal = audio.signal[start:end]
    if np.abs(signal).max() <= quiet:
        return None
    part = replace(audio, signal=signal)
    return features_of(part, analysis_of(part, profile), families)
