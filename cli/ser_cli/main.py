"""The command line: arguments → one library call → printed result. One file per command, imported on use.

    ser extract --datasets tess cremad ravdess --for best      one option may be followed by several values
    ser train --model best --folds 5

Exit codes: 0 success; 1 finished with more failures than allowed, or with problems found; 2 wrong usage or
input, explained in one line; 130 interrupted; 141 the reader of stdout ended; 143 terminated.
"""

import errno
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import ser_cli
from ser_cli import (
    app_page,
    audit,
    calibrate,
    check,
    compare,
    corpora,
    demo,
    download,
    evaluate,
    explain,
    extract,
    features,
    manifest,
    models,
    plot,
    predict,
    recipes,
    reproduce,
    score,
    segment,
    serve,
    store,
    streams,
    train,
    tune,
)
from ser_cli.arguments import ANYWHERE, complete_several, remember, repeat_flags, spelled, usage, without
from ser_cli.help import App
from ser_cli.interruption import INTERRUPTED, report, terminable
from ser_cli.progress import be_quiet
from ser_features.caches import prepare_caches
from ser_features.errors import SerError, WorkingFolderError

SUMMARY = "Speech emotion recognition: feature extraction, speaker-independent evaluation, trained models."

app = App(
    name="ser",
    help=SUMMARY,
    epilog="Start with: ser demo. With your own recordings: ser manifest, ser check, ser extract --for best, "
    "ser train --model best, ser predict; each prints the next. Accepted anywhere in a command: --quiet "
    "(results and errors only), --debug (tracebacks).",
)
app.command()(demo.demo)
app.command()(corpora.corpora)
app.command()(download.download)
app.command()(manifest.manifest)
app.command()(check.check)
app.command()(extract.extract)
app.command()(features.features)
app.add_typer(store.app, name="store")
app.add_typer(models.app, name="models")
app.command()(train.train)
app.command()(evaluate.evaluate)
app.command()(calibrate.calibrate)
app.command()(compare.compare)
app.command()(score.score)
app.command()(audit.audit)
app.command()(segment.segment)
app.command()(predict.predict)
app.command("app")(app_page.app_page)
app.command()(serve.serve)
app.command()(explain.explain)
app.add_typer(plot.app, name="plot")
app.add_typer(recipes.app, name="recipes")
app.command(epilog=reproduce.RECIPES)(reproduce.reproduce)
app.command()(tune.tune)


def _print_version(enabled: bool) -> None:
    if enabled:
        print(f"ser {ser_cli.__version__} (Python {platform.python_version()}, {platform.platform()})")
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
    streams.prepare()
    if not os.access(os.path.expanduser("~"), os.W_OK):  # noqa: PTH111  which may be unknown
        prepare_caches()
    stdout, stderr = sys.stdout, sys.stderr
    with terminable() as interrupted:
        code = _run(words)
    if code == INTERRUPTED:
        code = interrupted[0]
        print(report(words, code), file=sys.stderr)
    sys.exit(streams.finish(code, stdout, stderr))


def _run(words: list[str]) -> int:
    """Run one command and return its exit code."""
    remember(words)
    command = typer.main.get_command(app)
    words, flags = without(spelled(command, words), *ANYWHERE)
    be_quiet("--quiet" in flags)
    complete_several(command)
    try:
        _check_working_folder(words)
        code = command.main(repeat_flags(command, words), prog_name="ser", standalone_mode=False)
    except typer.Abort:  # other versions of Typer return the exit code
        return INTERRUPTED
    except SystemExit as ended:
        if not isinstance(ended.__context__, BrokenPipeError):
            raise
        return streams.PIPE_CLOSED
    except Exception as error:
        if "--debug" in flags or os.environ.get("SER_DEBUG"):
            raise
        code = _report(error)
    return code if isinstance(code, int) else 0


def _check_working_folder(words: Sequence[str]) -> None:
    """Refuse to run where relative paths lead nowhere, but for help and version.

    Raises:
        WorkingFolderError: if the working folder was deleted.
    """
    try:
        Path.cwd()
    except OSError as error:
        if {"--help", "-h", "--version"}.isdisjoint(words):
            raise WorkingFolderError from error


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
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        where = error.filename or "a disk"
        return f"{where} is full ({error.strerror}): make room, also for temporary files (TMPDIR)"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be used ({error.strerror}): check the path and its permissions"
    return f"unexpected {type(error).__name__}: {' '.join(str(error).split())}: run it again with --debug"
