"""`ser check`: a table, folder, corpus or store → what is odd about it, and what to do."""

from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from ser_cli import completion, next_step
from ser_cli.options import DEFAULT_DATA, AsJson, Data, Root, Workers
from ser_cli.progress import hint, metered

if TYPE_CHECKING:
    from ser_features.checks import Findings


def check(
    what: Annotated[
        str,
        typer.Argument(
            help="A table, a folder of recordings, a known corpus, or a feature store.",
            autocompletion=completion.corpora,
        ),
    ],
    audio: Annotated[
        bool,
        typer.Option("--audio", help="Decode all recordings; default: at most 1000."),
    ] = False,
    data: Data = DEFAULT_DATA,
    root: Root = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> int:
    """Print what is odd about recordings and labels before a model learns it, and what to do.

    Of recordings: levels, durations, silence, clipping, equal and refused files. Of speakers: names, missing
    emotions, those who stand apart. Of emotions: those that go with a sample rate, a session or a room. The
    exit code is 1 if no recording is usable.

    JSON: corpora (dataset, recordings, decoded, usable, notes, findings: kind, message, recordings).

    Example: ser check wavs/wavs.csv
    """
    from ser_cli.tables import print_json
    from ser_features.checks import check_store
    from ser_features.store.layout import is_store, store_root

    stored = is_store(what)
    results = check_store(store_root(what)) if stored else (_decoded(what, data, root, workers, audio),)
    is_usable = any(result.usable for result in results)
    if as_json:
        print_json({"corpora": [asdict(result) for result in results]})
    else:
        for result in results:
            _print(result)
        if is_usable:
            hint(_next(what, data, root, stored=stored))
    return 0 if is_usable else 1


def _decoded(what: str, data: Path, root: Path | None, workers: int | None, audio: bool) -> "Findings":
    """Check a table, folder or corpus."""
    from ser_features.checks import SAMPLE, check

    sample = None if audio else SAMPLE
    with metered("decoding") as meter:
        return check(what, data=data, root=root, sample=sample, workers=workers, on_recording=meter.count)


def _next(what: str, data: Path, root: Path | None, *, stored: bool) -> str:
    """The suggested next command: training on a store, extraction of a corpus, or a table of a folder."""
    from ser_features.corpora import is_table
    from ser_features.store.layout import store_root

    if stored:
        return next_step.training(store_root(what))
    if Path(what).is_dir() and not is_table(what):
        return f'ser manifest {quote(what)} "{{speaker}}_{{emotion}}_{{}}.wav"'
    return next_step.extraction([what], data if data != DEFAULT_DATA else None, root)


def _print(result: "Findings") -> None:
    from ser_features.errors import counted

    for line in (*result.notes, *result.findings):
        print(line)
    recordings = counted(result.recordings, "recording")
    print(f"{result.dataset}: {recordings}, {result.decoded} of them checked, {result.usable} usable")
