"""The command line: arguments → one library call → printed result. One file per command, imported on use.

    ser extract --datasets tess cremad ravdess      one option may be followed by several values
    ser train --model cnn_lstm

Exit codes: 0 success; 1 finished with more failures than allowed, or with problems found; 2 wrong usage or
input, explained in one line; 130 interrupted.
"""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

import ser_cli
from ser_cli import (
    corpora,
    demo,
    download,
    evaluate,
    explain,
    extract,
    manifest,
    models,
    plot,
    predict,
    reproduce,
    serve,
    store,
    train,
    tune,
)
from ser_cli.arguments import complete_several, remember, repeat_flags, usage, without
from ser_cli.help import App
from ser_cli.progress import be_quiet
from ser_features.errors import SerError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells give it."""

SUMMARY = "Speech emotion recognition: feature extraction, speaker-independent evaluation, trained models."

app = App(
    name="ser",
    help=SUMMARY,
    epilog="Start with: ser demo. Accepted anywhere in a command: --quiet (results and errors only), --debug "
    "(tracebacks).",
)
app.command()(demo.demo)
app.command()(corpora.corpora)
app.command()(download.download)
app.command()(manifest.manifest)
app.command()(extract.extract)
app.add_typer(store.app, name="store")
app.add_typer(models.app, name="models")
app.command()(train.train)
app.command()(evaluate.evaluate)
app.command()(predict.predict)
app.command("app")(serve.serve)
app.command()(explain.explain)
app.add_typer(plot.app, name="plot")
app.command(epilog=reproduce.RECIPES)(reproduce.reproduce)
app.command()(tune.tune)


def _print_version(enabled: bool) -> None:
    if enabled:
        print(f"ser {ser_cli.__version__}")
        raise typer.Exit


@app.callback(help=SUMMARY)
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Options of `ser` itself."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code.

    Args:
        arguments: words after `ser`; those of the process by default. `--debug` and `--quiet` are accepted
            at any position: tracebacks instead of one-line errors; results and errors only.
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
        print("interrupted: finished work is stored; run the same command again to continue", file=sys.stderr)
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
    # Typer vendors click or depends on it, according to its version: usage errors are recognised by shape.
    if hasattr(error, "format_message"):
        return usage(error)
    return f"unexpected {type(error).__name__}: {' '.join(str(error).split())}: run it again with --debug"
