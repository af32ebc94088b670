"""How speech is divided into segments.

>>> SegmentConfig(min_silence=0.5).min_silence
0.5
"""

import math
from dataclasses import dataclass, fields
from numbers import Real

from ser_features.errors import InputError, shown

LONGEST = 600.0
"""Longest accepted duration of an option, in s: that of a recording."""


@dataclass(frozen=True, slots=True)
class SegmentConfig:
    """Thresholds and durations of segments of speech.

    The thresholds are those of Silero's own post-processing; its pauses of 0.1 s would divide sentences.

    Attributes:
        threshold: probability of speech from which a segment begins, 0 to 1.
        release: probability below which it may end, at most `threshold`.
        min_speech: shorter segments are left out, in s.
        min_silence: shorter pauses do not divide a segment, in s.
        padding: kept before and after the speech, in s; less where another segment is nearer.
        max_speech: longer segments are divided where speech is least probable in their second half, in s.

    Raises:
        InputError: if a value is out of range.
    """

    threshold: float = 0.5
    release: float = 0.35
    min_speech: float = 0.25
    min_silence: float = 0.3
    padding: float = 0.1
    max_speech: float = 15.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, Real) or isinstance(value, bool) or not math.isfinite(value):
                raise InputError(f"{field.name} is {shown(value)}, expected a number")
        if not 0 < self.release <= self.threshold < 1:
            raise InputError(
                f"threshold is {self.threshold:g} and release {self.release:g}, expected probabilities with "
                "0 < release <= threshold < 1"
            )
        for name in ("min_speech", "min_silence", "padding"):
            if not 0 <= getattr(self, name) <= LONGEST:
                raise InputError(f"{name} is {getattr(self, name):g} s, expected 0 to {LONGEST:g} s")
        if not 1 <= self.max_speech <= LONGEST:
            raise InputError(f"max_speech is {self.max_speech:g} s, expected 1 to {LONGEST:g} s")
