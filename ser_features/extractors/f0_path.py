"""Pitch candidates of all frames → the best path through them (the path finder of Boersma 1993).

`Candidates` → strengths and log frequencies, padded per frame → Viterbi → F0 per frame
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

VOICING_THRESHOLD = 0.45
OCTAVE_COST = 0.01
OCTAVE_JUMP_COST = 0.35
VOICED_UNVOICED_COST = 0.14
"""Praat's defaults; the last two are per 10 ms."""

MOST_CANDIDATES = 14
"""Candidates kept per frame, the strongest. Praat keeps as many, those above the ceiling among them."""

ABSENT = -1e9
"""Strength of a candidate that there is not: no path goes through it."""

BLOCK_FRAMES = 1024
"""Frames whose transitions are in memory at once, so that ten minutes of speech need no gigabytes."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of some frames.

    Attributes:
        unvoiced: strength of "unvoiced", shape (frames,).
        frame: of each voiced candidate, ascending, shape (candidates,).
        frequency: in Hz, shape (candidates,).
        strength: height of the autocorrelation's peak, 0 to 1, shape (candidates,).
    """

    unvoiced: np.ndarray
    frame: np.ndarray
    frequency: np.ndarray
    strength: np.ndarray

    @classmethod
    def joined(cls, blocks: Sequence["Candidates"]) -> "Candidates":
        """Those of consecutive blocks of frames as one."""
        firsts = np.cumsum([0, *(block.unvoiced.size for block in blocks[:-1])])
        return cls(
            np.concatenate([block.unvoiced for block in blocks]),
            np.concatenate([first + block.frame for first, block in zip(firsts, blocks, strict=True)]),
            np.concatenate([block.frequency for block in blocks]),
            np.concatenate([block.strength for block in blocks]),
        )


def per_step(cost: float, step: float) -> float:
    """A cost per 10 ms as one per step of this many seconds."""
    return cost * 0.01 / step


def best_path(candidates: Candidates, ceiling: float, step: float) -> np.ndarray:
    """Choose a candidate, or "unvoiced", in each frame: strong ones, few octave jumps, few voicing changes.

    Args:
        candidates: of all frames, in order; at least one frame.
        ceiling: above all their frequencies, in Hz; each pays `OCTAVE_COST` per octave that it is lower.
        step: from one frame to the next, in s.

    Returns:
        F0 in Hz, float64, shape (frames,), 0 where unvoiced.
    """
    frequency, strength = _strongest(*_table(candidates, ceiling))
    # Of neighbours without voiced candidates one is enough: it changes no path, and saves time.
    choice = np.asarray((frequency > 0).any(axis=1))
    choice[1:] |= choice[:-1]
    choice[0] = True
    frequency, strength = frequency[choice], strength[choice]
    f0 = np.zeros(choice.size)
    f0[choice] = frequency[np.arange(len(frequency)), _viterbi(frequency, strength, step)]
    return f0


def _table(candidates: Candidates, ceiling: float) -> tuple[np.ndarray, np.ndarray]:
    """Frequency and strength, shape (frames, states); state 0 is "unvoiced", absent ones are weak."""
    frames, frame = candidates.unvoiced.size, candidates.frame
    counts = np.bincount(frame, minlength=frames)
    state = 1 + np.arange(frame.size) - (np.cumsum(counts) - counts)[frame]
    frequency = np.zeros((frames, 1 + counts.max()))
    strength = np.full(frequency.shape, ABSENT)
    strength[:, 0] = candidates.unvoiced
    frequency[frame, state] = candidates.frequency
    strength[frame, state] = candidates.strength - OCTAVE_COST * np.log2(ceiling / candidates.frequency)
    return frequency, strength


def _strongest(frequency: np.ndarray, strength: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The table of "unvoiced" and of the strongest candidates alone, in any order."""
    if strength.shape[1] <= 1 + MOST_CANDIDATES:
        return frequency, strength
    strongest = 1 + np.argpartition(strength[:, 1:], -MOST_CANDIDATES, axis=1)[:, -MOST_CANDIDATES:]
    kept = np.insert(strongest, 0, 0, axis=1)
    return np.take_along_axis(frequency, kept, axis=1), np.take_along_axis(strength, kept, axis=1)


def _viterbi(frequency: np.ndarray, strength: np.ndarray, step: float) -> list[int]:
    """The states of the path of the largest sum of strengths less costs, shape (frames,).

    As costs are the same in both directions, the path is sought from both ends at once, which halves the
    steps; where they meet, in the middle frame, the sums of both are added.
    """
    if len(strength) % 2 == 0:  # a frame more, in which every path may begin for nothing
        nothing = np.where(strength[:1] > ABSENT, 0, ABSENT)
        return _viterbi(np.vstack([frequency[:1], frequency]), np.vstack([nothing, strength]), step)[1:]
    octaves = _folded(np.log2(frequency, out=np.zeros_like(frequency), where=frequency > 0))
    strength = _folded(strength)
    best = strength.copy()  # sum along the best path to each state
    origin = np.zeros(strength.shape, np.int8)
    for first in range(1, len(strength), BLOCK_FRAMES):
        last = min(first + BLOCK_FRAMES, len(strength))
        gains = strength[first:last, :, np.newaxis] - _costs(octaves[first - 1 : last], step)
        _advance(best[first - 1 : last], gains)
        origin[first:last] = np.argmax(gains + best[first - 1 : last - 1, ..., np.newaxis], axis=2)
    middle = int((best[-1].sum(axis=0) - strength[-1, 0]).argmax())
    return _backtracked(origin[:, 0], middle) + _backtracked(origin[:, 1], middle)[-2::-1]


def _folded(table: np.ndarray) -> np.ndarray:
    """From the first and from the last of an odd number of frames to the middle, shape (steps, 2, states)."""
    steps = len(table) // 2 + 1
    return np.stack([table[:steps], table[::-1][:steps]], axis=1)


def _costs(octaves: np.ndarray, step: float) -> np.ndarray:
    """What it costs to come from a state (axis 2) to one of the next frame (axis 3).

    Args:
        octaves: log2 of the frequencies, shape (frames, 2, states).
        step: from one frame to the next, in s.

    Returns:
        Shape (frames - 1, 2, states, states).
    """
    costs = np.abs(octaves[:-1, :, :, np.newaxis] - octaves[1:, :, np.newaxis, :])
    costs *= per_step(OCTAVE_JUMP_COST, step)
    costs[:, :, 0, :] = costs[:, :, :, 0] = per_step(VOICED_UNVOICED_COST, step)
    costs[:, :, 0, 0] = 0
    return costs


def _advance(best: np.ndarray, gains: np.ndarray) -> None:
    """Fill `best`, shape (1 + frames, 2, states), from its first row on."""
    sums = np.empty(gains.shape[1:])
    for before, after, gain in zip(best[:-1, ..., np.newaxis], best[1:], gains, strict=True):
        np.add(gain, before, sums)
        np.maximum.reduce(sums, 1, None, after)


def _backtracked(origin: np.ndarray, last: int) -> list[int]:
    """The states on the way to the last one, from the first frame on."""
    states = [last]
    for row in reversed(origin[1:].tolist()):
        states.append(row[states[-1]])
    return states[::-1]
