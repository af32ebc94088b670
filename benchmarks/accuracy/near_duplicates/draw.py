"""Recordings of a corpus, in two halves of sentences, and the pairs that are other takes of one another.

data root → `drawn` → `Sentence`s → `pairs`
"""

import random
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from benchmarks.accuracy.common import SEED
from ser_features import corpora
from ser_features.manifest import Recording

HALVES = ("one half", "the other half")


@dataclass(frozen=True, slots=True)
class Sentence:
    """The recordings of one sentence by one speaker.

    Attributes:
        corpus: its name.
        half: one of `HALVES`.
        takes: the recordings, of all emotions.
    """

    corpus: str
    half: str
    takes: tuple[Recording, ...]

    @property
    def pairs(self) -> list[tuple[Recording, Recording]]:
        """Each two takes."""
        return list(combinations(self.takes, 2))


def drawn(corpus: str, data: Path, files: int) -> list[Sentence]:
    """Draw sentences of a corpus, of at most so many recordings together.

    Args:
        corpus: its name.
        data: data root.
        files: most recordings.
    """
    by_sentence: dict[tuple[str, str], list[Recording]] = defaultdict(list)
    for row in corpora.scan(corpus, data).recordings:
        by_sentence[str(row.speaker), str(row.statement)].append(row)
    order = sorted(by_sentence)
    random.Random(SEED).shuffle(order)
    sentences: list[Sentence] = []
    for number, key in enumerate(order):
        files -= len(by_sentence[key])
        if files < 0:
            break
        sentences.append(Sentence(corpus, HALVES[number % 2], tuple(by_sentence[key])))
    return sentences
