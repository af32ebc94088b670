"""All commands of `ser`, found by walking the command tree."""

import shlex
from collections.abc import Iterator
from typing import Any

import typer
from ser_cli.arguments import repeat_flags
from ser_cli.main import app

COMMAND = typer.main.get_command(app)


def commands(command: Any = COMMAND, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the words after `ser` and the command, groups included."""
    for name, child in getattr(command, "commands", {}).items():
        yield f"{path}{name}", child
        yield from commands(child, f"{path}{name} ")


def parsed(line: str) -> str:
    """Parse a line that begins with `ser` without running it, and return the words of its command."""
    first, *words = shlex.split(line)
    assert first == "ser", line
    words = repeat_flags(COMMAND, words)
    command, path = COMMAND, []
    while words and words[0] in getattr(command, "commands", ()):
        path.append(words.pop(0))
        command = command.commands[path[-1]]
    command.make_context("ser", words)
    return " ".join(path)
