"""Words as people write them: case, hyphens, blanks and underscores do not count; the nearest is named.

word, choices → `same` (differs in these alone) or `nearest` (also misspelled) → `suggestion`

>>> same("CREMA-D", ["ravdess", "cremad"])
'cremad'
>>> suggestion("ravdes", ["ravdess", "cremad"])
"did you mean 'ravdess'?"
"""

import os
import re
from collections.abc import Iterable

from ser_features.errors import InputError, shown

Names = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
"""One name, or several."""


SIMILARITY = 0.6
"""Smallest ratio of `difflib` at which a word counts as a misspelling of another."""


def plain(word: str) -> str:
    """A word without what people vary in its spelling: case, hyphens, blanks and underscores.

    >>> plain("Emo-DB")
    'emodb'
    """
    return re.sub(r"[\s_-]+", "", word.casefold())


def same(word: str, choices: Iterable[str]) -> str | None:
    """The choice equal to `word`, or the only one that differs in spelling alone; None otherwise."""
    held = list(choices)
    if word in held:
        return word
    equal = [choice for choice in held if plain(choice) == plain(word)]
    return equal[0] if len(equal) == 1 else None


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that `word` most likely stands for; None if none is similar."""
    from difflib import get_close_matches

    spelled = {plain(choice): choice for choice in choices}
    similar = get_close_matches(plain(word), list(spelled), n=1, cutoff=SIMILARITY)
    return spelled[similar[0]] if similar else None


def suggestion(word: str, choices: Iterable[str]) -> str:
    """Part of a message that names the nearest choice; empty if none is similar."""
    choice = nearest(word, choices)
    return f"did you mean {choice!r}?" if choice else ""


def chosen(word: str, choices: Iterable[str], what: str, also: str = "") -> str:
    """The choice that a word stands for, as `same`.

    Args:
        word: as a user writes it.
        choices: all names.
        what: kind of the names, for the message.
        also: end of the message, on what else is accepted.

    Raises:
        InputError: if there is none; the message names the nearest, and lists all.

    >>> chosen("CNN-LSTM", ["mlp", "cnn_lstm"], "model")
    'cnn_lstm'
    """
    names = list(choices)
    if (choice := same(word, names)) is None:
        raise unknown(word, names, what, also)
    return choice


def unknown(word: str, choices: Iterable[str], what: str, also: str = "") -> InputError:
    """The error for a word that stands for none of the choices; see `chosen`."""
    names = list(choices)
    nearest_one = f"{meant} " if (meant := suggestion(word, names)) else ""
    return InputError(f"unknown {what} {word!r}: {nearest_one}expected one of {', '.join(names)}{also}")


def names_of(names: Names) -> list[str]:
    """Return names as a list of text.

    Raises:
        InputError: if one is neither text nor a path.

    >>> names_of("ravdess"), names_of(("ravdess", "savee"))
    (['ravdess'], ['ravdess', 'savee'])
    """
    several = [names] if isinstance(names, str | os.PathLike) or not isinstance(names, Iterable) else names
    return [_name(name) for name in several]


def _name(name: object) -> str:
    if not isinstance(name, str | os.PathLike):
        raise InputError(f"{shown(name)} is no name: expected text, or several texts")
    return os.fspath(name)
