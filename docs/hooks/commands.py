"""The command line → its page: the help of every command, as it prints it.

ser_cli.main.app → `commands` → the help text of each → `page` → commands.md, a page without a file
"""

import re
from collections.abc import Iterator
from typing import Any

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from ser_cli.main import app
from typer.testing import CliRunner

WIDTH = 100
"""Columns of the help texts."""

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")

HEAD = f"""# Commands

What `--help` says of each command, {WIDTH} columns wide. A flag that may be repeated takes several words:
`--datasets tess cremad ravdess`. Data goes to stdout, progress and notes to stderr.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | finished, with failures over the limit, or problems found |
| 2 | bad usage or input; one line says what was found, what was expected, what to do |

`--debug` anywhere shows the traceback of an error.
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the page, made anew in every build."""
    files.append(File.generated(config, "commands.md", content=page()))
    return files


def page() -> str:
    """The page, a section per command."""
    command = typer.main.get_command(app)
    return HEAD + "".join(_section(words, each) for words, each in commands(command))


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command with the words that call it, groups before their commands."""
    yield words, command
    for name, each in getattr(command, "commands", {}).items():
        yield from commands(each, (*words, name))


def _section(words: tuple[str, ...], command: Any) -> str:
    level = "#" * (len(words) + 1 if words else 2)
    return f"\n{level} {' '.join(('ser', *words))}\n\n```text\n{_help(words)}\n```\n"


def _help(words: tuple[str, ...]) -> str:
    told = CliRunner().invoke(
        app,
        [*words, "--help"],
        prog_name="ser",
        env={"COLUMNS": str(WIDTH), "NO_COLOR": "1", "TERM": "dumb"},
    )
    if told.exit_code:
        raise RuntimeError(f"ser {' '.join(words)} --help ends with {told.exit_code}: {told.output}")
    lines = (line.rstrip() for line in ESCAPE.sub("", told.stdout).splitlines())
    return re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip("\n")
