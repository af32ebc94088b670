"""`ser manifest`: a folder of recordings → a CSV manifest with path, speaker and emotion of each.

`ser manifest --check`: a table, folder or corpus → what is odd about it.
"""

import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from ser_cli.options import AsJson, Data, Root, Workers
from ser_cli.progress import hint, metered, say

LISTED = 5
"""Number of skipped files that are listed on screen."""


def manifest(
    folder: Annotated[
        Path,
        typer.Argument(
            help="Folder of the recordings, searched recursively; with --check also a table or a corpus."
        ),
    ],
    pattern: Annotated[
        str | None,
        typer.Argument(
            help='Pattern of the paths below the folder, such as "{speaker}/{emotion}_{}.wav"; {} matches '
            "any text; leave {speaker} out if it is unknown."
        ),
    ] = None,
    emotions: Annotated[
        list[str] | None,
        typer.Option(help="Emotion codes used in the file names, such as W=angry F=happy."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="CSV file to write; default: FOLDER/<name of the folder>.csv."),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Write nothing, and print what is odd: missing, equal, silent or clipped files, names of "
            "speakers, durations, levels.",
        ),
    ] = False,
    audio: Annotated[
        bool,
        typer.Option("--audio", help="With --check: decode all recordings; default: at most 1000."),
    ] = False,
    data: Data = Path("data/raw"),
    root: Root = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> int:
    """Write a CSV manifest of your own recordings from their file names, as input of ser extract.

    With --check, the exit code is 1 if no recording is usable.

    Example: ser manifest wavs "{speaker}_{emotion}_{}.wav" --emotions W=angry
    """
    from ser_features.errors import InputError

    if check:
        return _check(folder, data, root, workers, is_whole=audio, as_json=as_json)
    if pattern is None:
        raise InputError(f"{folder}: no pattern of its file names, expected one, or --check: add it")
    _write(folder, pattern, emotions, out)
    return 0


def _check(
    dataset: Path, data: Path, root: Path | None, workers: int | None, *, is_whole: bool, as_json: bool
) -> int:
    """Print what is odd about a table, folder or corpus."""
    from ser_cli.tables import print_json
    from ser_features.checks import SAMPLE, check

    with metered("decoding") as meter:

        def advance(done: int, total: int) -> None:
            if done == 1:
                meter.begin(total)
            meter.reach(done)

        result = check(
            str(dataset),
            data=data,
            root=root,
            sample=None if is_whole else SAMPLE,
            workers=workers,
            on_recording=advance,
        )
    if as_json:
        print_json(asdict(result))
    else:
        for line in (*result.notes, *result.findings):
            print(line)
        print(f"{result.recordings} recordings, {result.decoded} decoded, {result.usable} of them usable")
    return 0 if result.usable else 1


def _write(folder: Path, pattern: str, emotions: list[str] | None, out: Path | None) -> None:
    """Write the manifest, and print the number of recordings by emotion."""
    from ser_cli.tables import print_table
    from ser_features.corpora.naming import read_names, write_table
    from ser_features.labels import parse_mapping

    target = out or folder / f"{_corpus_name(folder.absolute().name)}.csv"
    named = read_names(folder, pattern, parse_mapping(emotions or []))
    write_table(target, named)
    for path, reason in named.others[:LISTED]:
        print(f"skipped {path}: {reason}", file=sys.stderr)
    if len(named.others) > LISTED:
        print(f"and {len(named.others) - LISTED} more", file=sys.stderr)
    counts = Counter(row["emotion"] for row in named.rows)
    print_table(["emotion", "recordings"], [[name, str(count)] for name, count in sorted(counts.items())])
    of_speakers = f" of {len(named.speakers)} speakers" if named.speakers else ""
    print(f"{len(named.rows)} recordings{of_speakers}: {target}")
    if named.note:
        say(f"note: {named.note}")
    hint(f"ser extract --datasets {quote(str(target))}")


def _corpus_name(folder: str) -> str:
    """Name of a folder as a valid corpus name that differs from the built-in corpora."""
    from ser_features.corpora import names

    plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in folder.lower())
    return f"own_{plain}" if plain in names() or not plain[:1].isalnum() else plain
