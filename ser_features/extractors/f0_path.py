"""F0 candidates of all frames → the best path through them by dynamic programming (Boersma 1993).

`Candidates` → strengths and log frequencies, padded per frame → Viterbi → F0 per frame
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ser_features.parameters import OCTAVE_COST, OCTAVE_JUMP_COST, VOICED_UNVOICED_COST

MAX_CANDIDATES = 14
"""Most candidates per frame, the strongest ones, as in Praat, which also counts those above the ceiling."""

ABSENT = -1e9
"""Strength of padding, so low that no path goes through it."""

BLOCK_FRAMES = 1024
"""Frames whose transition costs are in memory at once, which bounds the memory that long recordings need."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """F0 candidates of consecutive frames.

    Attributes:
        unvoiced: strength of "unvoiced", shape (frames,).
        frame: index of each voiced candidate's frame, ascending, shape (candidates,).
        frequency: in Hz, shape (candidates,).
        strength: height of the autocorrelation's peak, 0 to 1, shape (candidates,).
    """

    unvoiced: np.ndarray
    frame: np.ndarray
    frequency: np.ndarray
    strength: np.ndarray

    @classmethod
    def joined(cls, blocks: Sequence["Candidates"]) -> "Candidates":
        """Concatenate consecutive blocks of frames."""
        firsts = np.cumsum([0, *(block.unvoiced.size for block in blocks[:-1])])
        return cls(
            np.concatenate([block.unvoiced for block in blocks]),
            np.concatenate([first + block.frame for first, block in zip(firsts, blocks, strict=True)]),
            np.concatenate([block.frequency for block in blocks]),
            np.concatenate([block.strength for block in blocks]),
        )


def per_step(cost: float, step: float) -> float:
    """Convert a cost per 10 ms to a cost per step of `step` seconds."""
    return cost * 0.01 / step


def best_path(candidates: Candidates, ceiling: float, step: float) -> np.ndarray:
    """Choose a candidate or "unvoiced" in each frame, by strength, octave-jump cost and voicing cost.

    Args:
        candidates: of all frames, in order; at least one frame.
        ceiling: above all their frequencies, in Hz; candidates cost `OCTAVE_COST` per octave below it.
        step: from one frame to the next, in s.

    Returns:
        F0 in Hz, float64, shape (frames,), 0 where unvoiced.
    """
    frequency, strength = _strongest(*_table(candidates, ceiling))
    # Of consecutive frames without voiced candidates one is enough: the path is the same, and it saves time.
    choice = np.asarray((frequency > 0).any(axis=1))
    choice[1:] |= choice[:-1]
    choice[0] = True
    frequency, strength = frequency[choice], strength[choice]
    f0 = np.zeros(choice.size)
    f0[choice] = frequency[np.arange(len(frequency)), _viterbi(frequency, strength, step)]
    return f0


def _table(candidates: Candidates, ceiling: float) -> tuple[np.ndarray, np.ndarray]:
    """Frequency and strength, shape (frames, states); state 0 is "unvoiced", padding is `ABSENT`."""
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
    """The columns of "unvoiced" and of the strongest candidates, in any order."""
    if strength.shape[1] <= 1 + MAX_CANDIDATES:
        return frequency, strength
    strongest = 1 + np.argpartition(strength[:, 1:], -MAX_CANDIDATES, axis=1)[:, -MAX_CANDIDATES:]
    states = np.insert(strongest, 0, 0, axis=1)
    return np.take_along_axis(frequency, states, axis=1), np.take_along_axis(strength, states, axis=1)


def _viterbi(frequency: np.ndarray, strength: np.ndarray, step: float) -> list[int]:
    """The states of the path with the largest sum of strengths minus costs, shape (frames,).

    Costs are symmetric, so the search runs from both ends at once, which halves the number of steps; the sums
    of both directions are added in the middle frame.
    """
    if len(strength) % 2 == 0:  # prepend a frame in which every path may begin at no cost
        neutral = np.where(strength[:1] > ABSENT, 0, ABSENT)
        return _viterbi(np.vstack([frequency[:1], frequency]), np.vstack([neutral, strength]), step)[1:]
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
    """An odd number of frames, from both ends to the middle, shape (steps, 2, states)."""
    steps = len(table) // 2 + 1
    return np.stack([table[:steps], table[::-1][:steps]], axis=1)


def _costs(octaves: np.ndarray, step: float) -> np.ndarray:
    """Transition costs from the states of a frame (axis 2) to those of the next frame (axis 3).

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
    """Fill `best`, shape (1 + frames, 2, states), row by row after its first."""
    sums = np.empty(gains.shape[1:])
    for before, after, gain in zip(best[:-1, ..., np.newaxis], best[1:], gains, strict=True):
        np.add(gain, before, sums)
        np.maximum.reduce(sums, 1, None, after)


def _backtracked(origin: np.ndarray, last: int) -> list[int]:
    """The states of the best path to state `last`, in frame order."""
    states = [last]
    for row in reversed(origin[1:].tolist()):
        states.append(row[states[-1]])
    return states[::-1]
