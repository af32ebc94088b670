"""Page of the documentation with the help text of every command.

ser_cli.main.app → `commands` → help text of each → `page` → commands.md, a generated page
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
"""Width of the help texts in columns."""

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")

HEAD = f"""# Commands

The output of `--help` (or `-h`) for each command, {WIDTH} columns wide. A repeatable option accepts several
values: `--datasets tess cremad ravdess`. Results go to stdout, progress and notes to stderr.

| exit code | meaning |
|---|---|
| 0 | success |
| 1 | finished with more failures than allowed, or with problems found |
| 2 | wrong usage or input; one line says what was found, what was expected, what to do |
| 130 | interrupted |

`--debug`, at any position, prints the traceback of an error; `--quiet` prints results and errors only.
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the page, generated in every build."""
    files.append(File.generated(config, "commands.md", content=page()))
    return files


def page() -> str:
    """The page, with one section per command."""
    command = typer.main.get_command(app)
    return HEAD + "".join(_section(words) for words, _ in commands(command))


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command with the words after `ser`; groups come before their commands."""
    yield words, command
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, (*words, name))


def _section(words: tuple[str, ...]) -> str:
    level = "#" * (len(words) + 1 if words else 2)
    return f"\n{level} {' '.join(('ser', *words))}\n\n```text\n{_help(words)}\n```\n"


def _help(words: tuple[str, ...]) -> str:
    result = CliRunner().invoke(
        app,
        [*words, "--help"],
        prog_name="ser",
        env={"COLUMNS": str(WIDTH), "NO_COLOR": "1", "TERM": "dumb"},
    )
    if result.exit_code:
        raise RuntimeError(f"ser {' '.join(words)} --help ends with {result.exit_code}: {result.output}")
    lines = (line.rstrip() for line in ESCAPE.sub("", result.stdout).splitlines())
    return re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip("\n")
