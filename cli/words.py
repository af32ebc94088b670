"""`--datasets tess cremad` → `--datasets tess --datasets cremad`, which is what the parser understands.

A flag that may be repeated takes all words up to the next flag. Words that are not meant for it come
before the flag or after `--`.
"""

import shlex
from collections.abc import Sequence
from typing import Any

_words: list[str] = []


def repeat_flags(command: Any, words: Sequence[str]) -> list[str]:
    """Repeat the flag in front of every word that follows a repeatable flag.

    Args:
        command: the whole command line, as Typer builds it.
        words: as typed.

    Returns:
        The same words with the flags that the parser expects.
    """
    repeatable = _repeatable(command, words)
    repeated: list[str] = []
    flag: str | None = None
    for position, word in enumerate(words):
        if word == "--":
            return [*repeated, *words[position:]]
        if word.startswith("-") and len(word) > 1:
            flag = word if word in repeatable else None
            if flag is None or not _has_value(words, position):
                repeated.append(word)
        elif flag:
            repeated += [flag, word]
        else:
            repeated.append(word)
    return repeated


def _has_value(words: Sequence[str], position: int) -> bool:
    return position + 1 < len(words) and not words[position + 1].startswith("-")


def _repeatable(command: Any, words: Sequence[str]) -> set[str]:
    """Repeatable flags of the subcommand that `words` begin with."""
    for word in words:
        if word in getattr(command, "commands", ()):
            command = command.commands[word]
    return {
        flag
        for parameter in command.params
        if getattr(parameter, "multiple", False)
        for flag in parameter.opts
    }


def remember(words: Sequence[str]) -> None:
    """Keep what was typed after `ser`, for reports that say how they were made."""
    _words[:] = words


def typed() -> str:
    """The command line as it was typed."""
    return shlex.join(["ser", *_words])
