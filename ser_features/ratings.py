"""What raters said: answers → the most frequent one; dimensions on a published scale → 0 to 1.

>>> plurality(["sad", "angry", "sad"])
Plurality(label='sad', agreement=0.6666666666666666, raters=3)
>>> plurality(["sad", "angry"]).label
'no agreement'
>>> dimensions("1-5", arousal=4, valence=1.5)["arousal"], parse_scale("-1 to 1")
(0.75, Scale(low=-1.0, high=1.0))
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, TypedDict

from ser_features.errors import InputError
from ser_features.labels import NO_AGREEMENT

DIMENSIONS = ("arousal", "valence", "dominance")

SCALE = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(?:-|–|:|\.\.|to)\s*([+-]?\d+(?:\.\d+)?)")


class Plurality(NamedTuple):
    """The emotion that follows from the answers of raters.

    Attributes:
        label: the most frequent one; `NO_AGREEMENT` if several are equally frequent.
        agreement: share of answers that are the most frequent one, from 0 to 1.
        raters: number of answers.
    """

    label: str
    agreement: float
    raters: int


def plurality(answers: Sequence[str]) -> Plurality:
    """The most frequent answer of at least one rater, in any order."""
    (label, count), *others = Counter(answers).most_common(2)
    tied = any(other == count for _, other in others)
    return Plurality(NO_AGREEMENT if tied else label, count / len(answers), len(answers))


class Scale(NamedTuple):
    """The lowest and the highest value that a rater could give."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:g}-{self.high:g}"

    def scaled(self, value: float | None) -> float | None:
        """The value from 0 to 1; None if it is missing or outside the scale."""
        if value is None or not self.low <= value <= self.high:
            return None
        return (value - self.low) / (self.high - self.low)


class Dimensions(TypedDict):
    """Fields of `Recording` for its dimensions."""

    arousal: float | None
    valence: float | None
    dominance: float | None
    arousal_published: float | None
    valence_published: float | None
    dominance_published: float | None
    scale: str | None


def parse_scale(text: str) -> Scale:
    """Parse a scale such as 1-5, 0..100 or "-1 to 1".

    Raises:
        InputError: if it has another form, or the second number is not above the first.
    """
    match = SCALE.fullmatch(text.strip())
    if match is None or float(match[1]) >= float(match[2]):
        raise InputError(f"scale {text!r}, expected the lowest and the highest value, such as 1-5")
    return Scale(float(match[1]), float(match[2]))


def dimensions(
    scale: str | None,
    *,
    arousal: float | None = None,
    valence: float | None = None,
    dominance: float | None = None,
) -> Dimensions:
    """Fields of a recording, from published values.

    Args:
        scale: such as 1-5; None if it is unknown, and no value is scaled.
        arousal: as published, as valence and dominance.
        valence: as published.
        dominance: as published.

    Raises:
        InputError: if the scale has another form.
    """
    limits = None if scale is None else parse_scale(scale)

    def scaled(value: float | None) -> float | None:
        return None if limits is None else limits.scaled(value)

    return Dimensions(
        arousal=scaled(arousal),
        valence=scaled(valence),
        dominance=scaled(dominance),
        arousal_published=arousal,
        valence_published=valence,
        dominance_published=dominance,
        scale=None if limits is None else str(limits),
    )
