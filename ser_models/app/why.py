"""Which features spoke for and against an answer, in plain words.

`Contributions` of topics, core columns, percentiles → `Reason`s → the panel below the answer
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ser_features.extractors.topics import topic_of
from ser_models.explain import Contributions
from ser_models.reporting.text import counted, number, percent

MIN_POINTS = 1.0
"""Changes of the probability below this, in percentage points, are not listed."""

PLAIN: Mapping[str, tuple[str, Callable[[float], str]]] = {
    "pitch_mean": ("mean pitch", lambda value: f"{value:.0f} Hz"),
    "pitch_variation": ("pitch variation", lambda value: f"±{_semitones(value):.1f} semitones"),
    "voiced_ratio": ("voiced share", lambda value: percent(value, 0)),
    "duration_sec": ("duration", lambda value: f"{value:.1f} s"),
    "jitter": ("jitter", lambda value: percent(value)),
    "shimmer": ("shimmer", lambda value: percent(value)),
    "spectral_centroid_mean": ("mean frequency", lambda value: f"{value:.0f} Hz"),
    "spectral_flux_mean": ("change from frame to frame", lambda value: f"{number(value)} dB"),
}
"""Words and units of the core columns that stand for their topic."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Effect of one topic of features on the answer.

    Attributes:
        topic: of the features.
        description: of the topic.
        points: decrease of the answer's probability without them, in percentage points; below 0 if they spoke
            against it.
        without: the answer without them, with its probability.
        values: what is measured of the recording, compared with the training data; empty if it has no plain
            words.
    """

    topic: str
    description: str
    points: float
    without: str
    values: str

    @property
    def effect(self) -> str:
        """Direction and size.

        >>> Reason("pitch", "", -12.3, "sad, 41 %", "").effect
        'against, 12 points'
        """
        size = counted(round(abs(self.points)), "point")
        return f"{'for' if self.points > 0 else 'against'}, {size}"


@dataclass(frozen=True, slots=True)
class Why:
    """Explanation of an answer.

    Attributes:
        emotion: the answer.
        reasons: those that spoke for it, then those against it, each by descending size.
        others: topics whose effect is below `MIN_POINTS`.
    """

    emotion: str
    reasons: list[Reason]
    others: list[str]


def why(contributions: Contributions, columns: Mapping[str, float], percentiles: Mapping[str, float]) -> Why:
    """Explain an answer.

    Args:
        contributions: of each topic, by occlusion.
        columns: core columns of the recording by name.
        percentiles: share of the training recordings below each value, 0 to 100 by name.
    """
    rows = sorted(contributions.table.to_dict("records"), key=lambda row: -row["contribution"])
    reasons = [
        Reason(
            topic=row["feature"],
            description=row["description"],
            points=100 * row["contribution"],
            without=f"{row['emotion_without']}, {percent(row['probability_without'], 0)}",
            values=_values(row["feature"], columns, percentiles),
        )
        for row in rows
    ]
    supporting = [reason for reason in reasons if reason.points >= MIN_POINTS]
    opposing = [reason for reason in reversed(reasons) if reason.points <= -MIN_POINTS]
    others = [reason.topic for reason in reasons if abs(reason.points) < MIN_POINTS]
    return Why(contributions.emotion, supporting + opposing, others)


def _values(topic: str, columns: Mapping[str, float], percentiles: Mapping[str, float]) -> str:
    """Values of a topic, each with the share of the training recordings that it exceeds, or falls below."""
    texts: list[str] = []
    for name, (words, formatted) in PLAIN.items():
        if topic_of(name) == topic and name in percentiles:
            above = percentiles[name]
            side, share = ("above", above) if above >= 50 else ("below", 100 - above)
            others = "" if texts else " of the training recordings"
            compared = f"{side} {percent(min(share, 99) / 100, 0)}{others}"
            texts.append(f"{words} {formatted(columns[name])}, {compared}")
    return "; ".join(texts)


def _semitones(variation: float) -> float:
    """Standard deviation of F0 in percent of its mean, as an interval.

    >>> round(_semitones(100), 1)
    12.0
    """
    return 12 * math.log2(1 + variation / 100)
