"""The command line: words → one library call → printed answer. One file per command, imported on use.

    ser extract --datasets tess cremad ravdess      several words after one flag, as people type it
    ser train --model cnn_lstm

Exit codes: 0 done; 1 finished, with failures over the limit; 2 bad usage or input, said in one line.
"""

import os
import sys
from collections.abc import Sequence

import typer

from ser_cli import (
    corpora,
    demo,
    download,
    evaluate,
    explain,
    extract,
    plot,
    predict,
    reproduce,
    serve,
    store,
    table,
    train,
    tune,
)
from ser_cli.progress import be_quiet
from ser_cli.words import complete_several, remember, repeat_flags, usage, without
from ser_features.errors import SerError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells give it."""

app = typer.Typer(
    name="ser",
    help="Speech emotion recognition that people can trust: from folders of recordings to honest models.",
    epilog="Begin with: ser demo. Anywhere on a line: --quiet (only results and errors), --debug.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
app.command()(demo.demo)
app.command()(corpora.corpora)
app.command()(download.download)
app.command()(table.table)
app.command()(extract.extract)
app.add_typer(store.app, name="store")
app.command()(train.train)
app.command()(evaluate.evaluate)
app.command()(predict.predict)
app.command("app")(serve.serve)
app.command()(explain.explain)
app.add_typer(plot.app, name="plot")
app.command(epilog=reproduce.RECIPES)(reproduce.reproduce)
app.command()(tune.tune)


@app.callback()
def _options() -> None:
    """Speech emotion recognition that people can trust."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code.

    Args:
        arguments: words after `ser`; those of the process by default. Anywhere among them `--debug` shows
            tracebacks, and `--quiet` leaves only results and errors.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    remember(words)
    words, flags = without(words, "--debug", "--quiet")
    debug = "--debug" in flags or bool(os.environ.get("SER_DEBUG"))
    be_quiet("--quiet" in flags)
    command = typer.main.get_command(app)
    complete_several(command)
    words = repeat_flags(command, words)
    try:
        code = command.main(words, prog_name="ser", standalone_mode=False)
    except typer.Abort:
        code = INTERRUPTED
    except Exception as error:
        if debug:
            raise
        code = _report(error)
    if code == INTERRUPTED:
        print("stopped: what is finished is stored, the same command goes on from there", file=sys.stderr)
    sys.exit(code if isinstance(code, int) else 0)


def _report(error: Exception) -> int:
    """Print an error as one line and return the exit code."""
    if type(error).__name__ == "NoArgsIsHelpError":
        print(str(error), file=sys.stderr)
        return 2
    print(f"error: {_text(error)}", file=sys.stderr)
    return 2


def _text(error: Exception) -> str:
    if isinstance(error, SerError):
        return str(error)
    # Some versions of Typer bring their own click, others use the package: usage errors are told by shape.
    if hasattr(error, "format_message"):
        return usage(error)
    return f"unexpected {type(error).__name__}: {' '.join(str(error).split())}: run it again with --debug"
