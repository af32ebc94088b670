"""Arguments as users type them → arguments as the parser expects them; one-line usage errors.

`--datasets tess cremad` → `--datasets tess --datasets cremad`. A repeatable option takes all words up to the
next option. Positional arguments come before such an option, or after `--`. Case, hyphens and underscores do
not count in the names of commands and options, nor in values that are listed: `--Split Cross_Corpus`.
"""

import os
import re
import shlex
from collections.abc import Iterable, MutableMapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from ser_features.arguments import same
from ser_features.errors import InputError

ANYWHERE = ("--quiet", "--debug")
"""Options that are accepted anywhere in a command."""

_words: list[str] = []


def repeat_flags(command: Any, words: Sequence[str]) -> list[str]:
    """Repeat a repeatable option before each of its values.

    Args:
        command: the root command, as Typer builds it.
        words: arguments as typed.

    Returns:
        The arguments with the option repeated.
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


def spelled(command: Any, words: Sequence[str]) -> list[str]:
    """Write commands, options and listed values as the parser expects them.

    Args:
        command: the root command.
        words: arguments as typed; a word that is unclear is left to the parser.
    """
    corrected: list[str] = []
    choices: Sequence[str] = ()
    for position, word in enumerate(words):
        if word == "--":
            return [*corrected, *words[position:]]
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            name = same(name, _options(command)) or name
            choices = _choices(command, name)
            corrected.append(name + equals + (same(value, choices) or value))
        elif subcommands := getattr(command, "commands", None):
            name = same(word, subcommands) or word
            command = subcommands.get(name, command)
            corrected.append(name)
        else:
            corrected.append(same(word, choices) or word)
    return corrected


def _options(command: Any) -> list[str]:
    """Long options of a command, and those that all commands have."""
    flags = [flag for parameter in command.params for flag in (*parameter.opts, *parameter.secondary_opts)]
    return [*(flag for flag in flags if flag.startswith("--")), "--help", *ANYWHERE]


def _choices(command: Any, flag: str) -> list[str]:
    """Listed values of an option, from the signature of the command; empty if it has none."""
    for parameter in command.params:
        if flag in parameter.opts and command.callback is not None:
            hint = get_type_hints(command.callback).get(parameter.name)
            literals = [part for part in (hint, *get_args(hint)) if get_origin(part) is Literal]
            return [str(value) for literal in literals for value in get_args(literal)]
    return []


def check_paths(values: Iterable[Any]) -> None:
    r"""Refuse paths of Windows on other systems, where they would be odd names of new files.

    Args:
        values: of the parameters of a command.

    Raises:
        InputError: naming the first such path that does not exist.

    >>> check_paths([Path(r"C:\calls\a.wav")])
    Traceback (most recent call last):
    ...
    ser_features.errors.InputError: C:\calls\a.wav is a path of Windows: expected one with /, ...
    """
    if os.name == "nt":
        return
    for value in values:
        if isinstance(value, list | tuple):
            check_paths(value)
        elif isinstance(value, Path | str) and _is_windows_path(value) and not os.path.lexists(value):
            raise InputError(
                f"{value} is a path of Windows: expected one with /, and in WSL /mnt/c/ for C:\\: write it so"
            )


def _is_windows_path(value: Path | str) -> bool:
    """Whether a path has a drive or backslashes; other text only with both, as SQL may hold a backslash."""
    text = str(value)
    drive = re.match(r"[A-Za-z]:", text) is not None
    return (drive or "\\" in text) if isinstance(value, Path) else drive and text[2:3] == "\\"


def _has_value(words: Sequence[str], position: int) -> bool:
    return position + 1 < len(words) and not words[position + 1].startswith("-")


def _repeatable(command: Any, words: Sequence[str]) -> set[str]:
    """Repeatable options of the subcommand that `words` name."""
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
    """Remove flags that are accepted at any position before `--`.

    Returns:
        The other words, and the flags that were removed.

    >>> without(["corpora", "--quiet", "--json"], "--quiet", "--debug")
    (['corpora', '--json'], {'--quiet'})
    """
    end = list(words).index("--") if "--" in words else len(words)
    kept = [word for word in words[:end] if word not in flags]
    return [*kept, *words[end:]], set(flags).intersection(words[:end])


def complete_several(command: Any, environment: MutableMapping[str, str] = os.environ) -> None:
    """Apply `repeat_flags` to the line that a shell asks to complete.

    Args:
        command: the root command.
        environment: Bash passes the line in COMP_WORDS, other shells in _TYPER_COMPLETE_ARGS.
    """
    if line := environment.get("COMP_WORDS"):
        words = line.split("\n") if "\n" in line else line.split()
        cursor = int(environment["COMP_CWORD"])
        *before, incomplete = repeat_flags(command, [*words[1:cursor], *(words[cursor : cursor + 1] or [""])])
        environment["COMP_WORDS"] = "\n".join(["ser", *before, incomplete])
        environment["COMP_CWORD"] = str(len(before) + 1)
    elif line := environment.get("_TYPER_COMPLETE_ARGS"):
        words = line.split()[1:] + ([""] if line.endswith(" ") else [])
        environment["_TYPER_COMPLETE_ARGS"] = " ".join(["ser", *repeat_flags(command, words)])


def usage(error: Any) -> str:
    """Text of a usage error in one line, with the closest valid option or command.

    Args:
        error: a usage error of click, or of the click that Typer vendors.
    """
    context = getattr(error, "ctx", None)
    text = " ".join(error.format_message().split()).replace("Value error, ", "")
    for suggestion in (" Did you mean", " (Possible options"):  # of some Typer versions; ours replaces it
        text = text.partition(suggestion)[0]
    close = _closest(error, context)
    suggested = f", did you mean {' or '.join(close)}?" if close else ""
    return text.rstrip(".?") + suggested + (f": see {context.command_path} --help" if context else "")


def _closest(error: Any, context: Any) -> list[str]:
    """Options or commands that resemble the wrong word."""
    if context is None:
        return []
    if (wrong := getattr(error, "option_name", None)) and type(error).__name__ == "NoSuchOption":
        options = [flag for parameter in context.command.get_params(context) for flag in parameter.opts]
        return get_close_matches(wrong, [*options, *ANYWHERE], n=2)
    if "No such command" in error.format_message():
        wrong = error.format_message().split("'")[1]
        return get_close_matches(wrong, list(context.command.commands), n=2)
    return []


def remember(words: Sequence[str]) -> None:
    """Store the arguments after `ser`, for reports that state the command they were made by."""
    _words[:] = words


def typed() -> str:
    """The command line as typed."""
    return shlex.join(["ser", *_words])
