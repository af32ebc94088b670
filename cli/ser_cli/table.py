"""`ser table`: a folder of one's own recordings → the table that tells what they are."""

import sys
from collections import Counter
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from ser_cli.progress import hint

LISTED = 5
"""Longer lists are cut short on screen."""


def table(
    folder: Annotated[Path, typer.Argument(help="Folder of the recordings, at any depth.")],
    pattern: Annotated[
        str, typer.Argument(help='How a path below it reads, such as "{speaker}/{emotion}_{}.wav".')
    ],
    emotions: Annotated[
        list[str] | None,
        typer.Option(help="What the names write for an emotion, several words: W=angry F=happy."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Where the table goes; default: in the folder, named after it."),
    ] = None,
) -> None:
    """Write the table of your own recordings from their names, to be checked and extracted.

    Example: ser table wavs "{speaker}_{emotion}_{}.wav" --emotions W=angry
    """
    from ser_cli.tables import print_table
    from ser_features.corpora.naming import read_names, write_table

    target = out or folder / f"{_plain(folder.absolute().name)}.csv"
    named = read_names(folder, pattern, _pairs(emotions or []))
    write_table(target, named.columns, named.rows)
    for path, reason in named.others[:LISTED]:
        print(f"left out {path}: {reason}", file=sys.stderr)
    if len(named.others) > LISTED:
        print(f"… and {len(named.others) - LISTED} more", file=sys.stderr)
    speakers = Counter(row["speaker"] for row in named.rows)
    counts = Counter(row["emotion"] for row in named.rows)
    print_table(["emotion", "recordings"], [[name, str(count)] for name, count in sorted(counts.items())])
    print(f"{len(named.rows)} recordings of {len(speakers)} speakers: {target}")
    hint(f"ser extract --datasets {quote(str(target))}")


def _pairs(words: list[str]) -> dict[str, str]:
    """What names write → the emotion that it means."""
    from ser_features.errors import InputError
    from ser_features.labels import canonical

    pairs = dict(word.partition("=")[::2] for word in words)
    for written, emotion in pairs.items():
        if not emotion:
            raise InputError(f"--emotions {written}: expected what names write and an emotion, as in W=angry")
        canonical(emotion)
    return pairs


def _plain(name: str) -> str:
    """A name that a table may have."""
    from ser_features.corpora import names

    plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name.lower())
    return f"own_{plain}" if plain in names() or not plain[:1].isalnum() else plain
