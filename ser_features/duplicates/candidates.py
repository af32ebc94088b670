"""Fingerprints → pairs that may be the same take, without comparing every recording with every other.

codes of all active frames, sorted → equal neighbours → votes for (pair, offset) → `Candidate`s

The work grows as n log n with the number of frames: an entry is compared with the next `NEIGHBOURS` of its
code only. Of a recording that exists many times, the copies are linked to each other in a chain.

>>> from ser_features.duplicates.fingerprint import fingerprint
>>> signal = np.random.default_rng(0).standard_normal(16_000).astype(np.float32)
>>> [one.offset for one in candidates([fingerprint(part, 16_000) for part in (signal, signal[1_600:])])]
[10]
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ser_features.duplicates.fingerprint import Fingerprint

NEIGHBOURS = 4
"""Number of following entries of the same code that an entry is paired with."""

VOTES = 2
"""Number of equal codes at one offset from which a pair is compared; in two takes of a sentence, one code may
be equal by chance."""


class Candidate(NamedTuple):
    """Two recordings that may be the same take.

    Attributes:
        one: position of a recording.
        other: position of a later one.
        offset: number of frames by which the same sound is later in `one`.
    """

    one: int
    other: int
    offset: int


def candidates(fingerprints: Sequence[Fingerprint]) -> Iterator[Candidate]:
    """Yield the pairs that have equal codes at one offset, each with the offset of most of them."""
    span = 2 * max((len(one.codes) for one in fingerprints), default=0) + 1
    keys, votes = np.unique(_equal_codes(fingerprints, span), return_counts=True)
    keys, votes = keys[votes >= VOTES], votes[votes >= VOTES]
    pairs = keys // span
    order = np.lexsort((keys, -votes, pairs))
    _, best = np.unique(pairs[order], return_index=True)
    for key in keys[order][best].tolist():
        pair, offset = divmod(key, span)
        one, other = divmod(pair, len(fingerprints))
        yield Candidate(one, other, offset - span // 2)


def _equal_codes(fingerprints: Sequence[Fingerprint], span: int) -> np.ndarray:
    """An entry (one × recordings + other) × span + offset, int64, for each two frames of equal code."""
    frames = [np.flatnonzero(one.active) for one in fingerprints]
    recording = np.repeat(np.arange(len(frames)), [len(one) for one in frames])
    frame = np.concatenate([np.zeros(0, np.int64), *frames])
    code = np.concatenate(
        [np.zeros(0, np.uint32), *(one.codes[own] for one, own in zip(fingerprints, frames, strict=True))]
    )
    order = np.argsort(code, kind="stable")
    code, recording, frame = code[order], recording[order], frame[order]
    entries = []
    for step in range(1, NEIGHBOURS + 1):
        (equal,) = np.nonzero((code[step:] == code[:-step]) & (recording[step:] != recording[:-step]))
        pair = recording[equal] * len(frames) + recording[equal + step]
        entries.append(pair * span + frame[equal] - frame[equal + step] + span // 2)
    return np.concatenate(entries)
