"""A word → the side of a split that it stands for.

cell, name of a column or part of a file's name → `side_of` → train, dev, test or `EVAL`

>>> side_of("Training"), side_of("test_seen"), side_of("trainlist"), side_of("joy")
('train', 'test', 'train', None)
"""

import re
from collections.abc import Mapping

from ser_features.arguments import plain
from ser_features.tables.cells import PARTITIONS
from ser_models.auditing.split_table import TEST, TRAIN

EVAL = "eval"
"""A side that is the test of some corpora and the validation of others: the rest of the split decides."""

WORDS: Mapping[str, str] = {
    **PARTITIONS,
    **dict.fromkeys(("eval", "evaluation"), EVAL),
    **dict.fromkeys(("holdout", "heldout"), TEST),
    "trainval": TRAIN,
}
"""Side by word, without hyphens, blanks and underscores."""

_EXTENDED = re.compile(rf"({'|'.join(WORDS)})(?:set|list|data|files|split)?[0-9]*")
_FIRST = re.compile(r"[\W_]+")


def side_of(word: str) -> str | None:
    """The side that a word stands for, also with a number or another word behind it; None if it is none."""
    for one in (plain(word), _FIRST.split(word.strip().lower())[0]):
        if one in WORDS:
            return WORDS[one]
        if match := _EXTENDED.fullmatch(one):
            return WORDS[match[1]]
    return None


def is_plain(word: str) -> bool:
    """Whether a word means its side and nothing else, as `PARTITIONS` has it."""
    return word.lower() in PARTITIONS
