"""`ser manifest`: a folder of recordings → a CSV manifest with what their names state."""

import sys
from collections import Counter
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from ser_cli.progress import hint, say

LISTED = 5
"""Number of skipped files that are listed on screen."""


def manifest(
    folder: Annotated[
        Path,
        typer.Argument(help="Folder of the recordings, searched recursively."),
    ],
    pattern: Annotated[
        str,
        typer.Argument(
            help='Pattern of the paths below the folder, such as "{speaker}/{emotion}_{}.wav"; {} matches '
            "any text; leave {speaker} or {emotion} out if it is unknown."
        ),
    ],
    emotions: Annotated[
        list[str] | None,
        typer.Option(help="Emotion codes used in the file names, such as W=angry F=happy."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="CSV file to write; default: FOLDER/<name of the folder>.csv."),
    ] = None,
) -> None:
    """Write a CSV manifest of your own recordings from their file names, as input of ser extract.

    Example: ser manifest wavs "{speaker}_{emotion}_{}.wav" --emotions W=angry
    """
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
    if named.has_emotions:
        counts = Counter(row["emotion"] for row in named.rows)
        print_table(["emotion", "recordings"], [[name, str(count)] for name, count in sorted(counts.items())])
    of_speakers = f" of {len(named.speakers)} speakers" if named.speakers else ""
    print(f"{len(named.rows)} recordings{of_speakers}: {target}")
    if named.note:
        say(f"note: {named.note}")
    table = quote(str(target))
    hint(f"ser check {table}" if named.has_emotions else f"ser extract --datasets {table} --labels none")


def _corpus_name(folder: str) -> str:
    """Name of a folder as a valid corpus name that differs from the built-in corpora."""
    from ser_features.corpora import names

    plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in folder.lower())
    return f"own_{plain}" if plain in names() or not plain[:1].isalnum() else plain
