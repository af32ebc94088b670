"""`ser audit`: a split of any origin → what its test shares with its training."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ser_cli import completion
from ser_cli.arguments import typed
from ser_cli.options import AsJson, Force, Workers, store_root
from ser_cli.progress import extraction_progress, hint, metered, say
from ser_cli.streams import shown

if TYPE_CHECKING:
    from ser_models.auditing.result import AuditResult, Estimate
    from ser_models.auditing.split_table import IdentifiedSplit

MOST = 8
"""Number of findings, and of notes, on screen."""


def audit(
    splits: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[SPLIT]...",
            help="A table with a column of sides or folds, files of one k-fold family, or a folder of them.",
        ),
    ] = None,
    train: Annotated[list[Path] | None, typer.Option(help="Lists of the training side.")] = None,
    dev: Annotated[list[Path] | None, typer.Option(help="Lists of the validation side.")] = None,
    test: Annotated[list[Path] | None, typer.Option(help="Lists of the test side.")] = None,
    side: Annotated[
        str | None, typer.Option(help="Column of the sides; default: one with a usual name, such as split.")
    ] = None,
    fold: Annotated[str | None, typer.Option(help="Column of the folds; default: fold.")] = None,
    path: Annotated[
        str | None, typer.Option(help="Column of the paths; default: one with a usual name, such as file.")
    ] = None,
    corpus: Annotated[
        str | None,
        typer.Option(
            help="Known corpus whose file names these are; default: recognised.",
            autocompletion=completion.corpus_names,
        ),
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option(help='Pattern of the ends of the paths, such as "{speaker}_{emotion}_{}.wav".'),
    ] = None,
    speaker: Annotated[
        str | None, typer.Option(help="Column of the speakers; default: one with a usual name.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Folder of the audio, to compare recordings by their sound."),
    ] = None,
    estimate: Annotated[
        bool,
        typer.Option(
            "--estimate", help="Estimate how much the split flatters, from --data or --store: minutes."
        ),
    ] = False,
    model: Annotated[
        Literal["logistic", "ridge"] | None, typer.Option(help="Model of --estimate; default: logistic.")
    ] = None,
    store: Annotated[
        Path | None,
        typer.Option(parser=store_root, metavar="PATH", help="Feature store of --estimate instead of audio."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="HTML page to write: answers, counts, findings, how rows were read.")
    ] = None,
    workers: Workers = None,
    force: Force = False,
    as_json: AsJson = False,
) -> int:
    """Audit a split of any origin: shared speakers, sentences, sessions, files and audio.

    The exit code is 1 if anything is shared that a speaker-independent test forbids.

    JSON: rows, unparsed (nothing is known but the path), folds (fold, sides, shared: number of speakers and
    others in the test, shared with the training, and test rows that have them; unknown, findings, classes,
    speakers, groups, untrained), read_from, notes, files (SHA-256), estimate.

    Example: ser audit --train train.csv --test test.csv
    """
    from ser_features.errors import InputError
    from ser_models.auditing.audit import AuditConfig, audited, identified
    from ser_models.auditing.sources import read_split

    if (model or store) and not estimate:
        raise InputError("--model and --store are for --estimate: add it, or leave them out")
    if html:
        _check(html, force=force)
    split = read_split(
        splits or (), train=train or (), dev=dev or (), test=test or (), side=side, fold=fold, path=path
    )
    config = AuditConfig(corpus, pattern, speaker, data, workers)
    with metered("decoding") as meter:
        rows = identified(split, config, on_recording=meter.count)
    difference = _estimate(rows, model or "logistic", data, store) if estimate else None
    result = audited(split, rows, difference)
    if html:
        _write(html, result)
    if as_json:
        print(result.to_json())
    else:
        _print(result)
        if html:
            print(f"page: {html}")
        else:
            hint(f"{typed()} --html audit.html")
    return 1 if result.shares_forbidden else 0


def _estimate(rows: "IdentifiedSplit", model: str, data: Path | None, store: Path | None) -> "Estimate":
    """Estimate how much the split flatters."""
    from ser_models.auditing.estimate import estimate

    with extraction_progress() as observer:
        return estimate(rows, data=data, store=store, model=model, observer=observer, on_fold=_say_fold)


def _say_fold(done: int, total: int) -> None:
    say(f"estimated fold {done} of {total}")


def _check(html: Path, *, force: bool) -> None:
    """Refuse to replace a file that is no page of an audit, before any work is done."""
    from ser_features.outputs import refuse_to_replace
    from ser_models.reporting.report.audit import is_page

    refuse_to_replace(html, force=force, is_ours=is_page, option="--html")


def _write(html: Path, result: "AuditResult") -> None:
    """Write the page."""
    from datetime import date

    from ser_cli import __version__
    from ser_models.reporting.report.audit import Origin, write_page

    write_page(html, result, Origin(typed(), date.today().isoformat(), __version__))


def _print(result: "AuditResult") -> None:
    """Print how the rows were read, what is shared, and what the split may be called."""
    from ser_cli.tables import print_table
    from ser_models.auditing.statements import statements
    from ser_models.auditing.text import LEGEND, estimated, finding_lines, overview, read_lines

    _print_some(read_lines(result), "notes")
    print()
    print_table(*overview(result))
    print(LEGEND, end="\n\n")
    if findings := finding_lines(result):
        _print_some(findings, "findings")
        print()
    if result.estimate:
        print_table(*estimated(result.estimate))
        _print_some(result.estimate.notes, "notes on the estimate")
        print()
    for statement in statements(result):
        print(statement.text)


def _print_some(lines: Sequence[str], what: str) -> None:
    """Print the first of the lines, and the number of the others."""
    for line in lines[:MOST]:
        print(shown(line))
    if len(lines) > MOST:
        print(f"and {len(lines) - MOST} more {what}: all are in --html FILE and --json")
