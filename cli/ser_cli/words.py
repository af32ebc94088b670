"""`--datasets tess cremad` → `--datasets tess --datasets cremad`, which is what the parser understands.

A flag that may be repeated takes all words up to the next flag. Words that are not meant for it come
before the flag or after `--`.
"""

import os
import shlex
from collections.abc import MutableMapping, Sequence
from difflib import get_close_matches
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


def without(words: Sequence[str], *flags: str) -> tuple[list[str], set[str]]:
    """Take flags out that may stand anywhere on the line, up to `--`.

    >>> without(["corpora", "--quiet", "--json"], "--quiet", "--debug")
    (['corpora', '--json'], {'--quiet'})
    """
    end = list(words).index("--") if "--" in words else len(words)
    kept = [word for word in words[:end] if word not in flags]
    return [*kept, *words[end:]], set(flags).intersection(words[:end])


def complete_several(command: Any, environment: MutableMapping[str, str] = os.environ) -> None:
    """Repeat flags in a line that a shell wants completed, so that every word after one is known as its.

    Args:
        command: as in `repeat_flags`.
        environment: where shells leave the line: Bash as COMP_WORDS, the others as _TYPER_COMPLETE_ARGS.
    """
    if line := environment.get("COMP_WORDS"):
        words = line.split("\n") if "\n" in line else line.split()
        place = int(environment["COMP_CWORD"])
        *before, incomplete = repeat_flags(command, [*words[1:place], *(words[place : place + 1] or [""])])
        environment["COMP_WORDS"] = "\n".join(["ser", *before, incomplete])
        environment["COMP_CWORD"] = str(len(before) + 1)
    elif line := environment.get("_TYPER_COMPLETE_ARGS"):
        words = line.split()[1:] + ([""] if line.endswith(" ") else [])
        environment["_TYPER_COMPLETE_ARGS"] = " ".join(["ser", *repeat_flags(command, words)])


def usage(error: Any) -> str:
    """Say in one line what is wrong with the words that were typed, and what was perhaps meant.

    Args:
        error: a click usage error, whichever click it comes from.
    """
    context = getattr(error, "ctx", None)
    text = " ".join(error.format_message().split())
    for begins in (" Did you mean", " (Possible options"):  # some versions of Typer guess in their own words
        text = text.partition(begins)[0]
    near = _nearest(error, context)
    meant = f", did you mean {' or '.join(near)}?" if near else ""
    return text.rstrip(".?") + meant + (f": see {context.command_path} --help" if context else "")


def _nearest(error: Any, context: Any) -> list[str]:
    """Flags, commands or values that resemble the wrong word."""
    if context is None:
        return []
    if (wrong := getattr(error, "option_name", None)) and type(error).__name__ == "NoSuchOption":
        known = [flag for parameter in context.command.get_params(context) for flag in parameter.opts]
        return get_close_matches(wrong, [*known, "--quiet", "--debug"], n=2)
    if "No such command" in error.format_message():
        wrong = error.format_message().split("'")[1]
        return get_close_matches(wrong, list(context.command.commands), n=2)
    return []


def remember(words: Sequence[str]) -> None:
    """Keep what was typed after `ser`, for reports that say how they were made."""
    _words[:] = words


def typed() -> str:
    """The command line as it was typed."""
    return shlex.join(["ser", *_words])
