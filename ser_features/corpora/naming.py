r"""Recordings whose file names encode speaker and emotion → the CSV manifest of a user's own corpus.

folder, pattern such as "{speaker}_{emotion}_{}.wav" → `read_names` → rows → `write_table` → mine.csv

A field matches a part of the path: `{speaker}` and `{emotion}` are required, other columns of the manifest
are optional, and `{}` matches anything. A field does not match a slash.

>>> compiled("{speaker}/{emotion}_{}.wav").fullmatch("ada/joy_01.wav").groupdict()
{'speaker': 'ada', 'emotion': 'joy'}
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ser_features.corpora.folder import KNOWN
from ser_features.corpora.walk import audio_files
from ser_features.errors import InputError
from ser_features.files import replacing, writing
from ser_features.labels import canonical

FIELD = re.compile(r"\{(\w*)\}")
REQUIRED = ("speaker", "emotion")
FIELDS = tuple(name for name in KNOWN if name != "path")


@dataclass(frozen=True)
class ParsedNames:
    """The rows of a manifest.

    Attributes:
        columns: of the manifest, path first.
        rows: values by column, one row per recording whose name matches, sorted by path.
        others: path and reason of the recordings whose name does not match.
    """

    columns: tuple[str, ...]
    rows: list[dict[str, str]]
    others: list[tuple[str, str]]


def read_names(folder: Path, pattern: str, emotions: Mapping[str, str] | None = None) -> ParsedNames:
    """Parse the names of all audio files below a folder.

    Args:
        folder: of the recordings.
        pattern: of the paths below it, as above.
        emotions: canonical emotion or synonym by the code in the names, for codes that are neither.

    Raises:
        InputError: if the pattern lacks a field, or no file matches it.
    """
    expression = compiled(pattern)
    files = sorted(audio_files(folder.absolute(), "."))
    rows: list[dict[str, str]] = []
    others: list[tuple[str, str]] = []
    for path, problem in ((file.path.removeprefix("./"), file.problem) for file in files):
        match = expression.fullmatch(path)
        try:
            if problem or not match:
                raise InputError(problem or f"it does not match {pattern}")
            fields = match.groupdict()
            word = fields["emotion"]
            fields["emotion"] = canonical((emotions or {}).get(word, word))
            rows.append({"path": path, **fields})
        except InputError as error:
            others.append((path, str(error)))
    if not rows:
        example = f", such as {others[0][0]}: {others[0][1]}" if others else ""
        raise InputError(
            f"none of {len(files)} audio files below {folder} matches {pattern}{example}: "
            "change the pattern, or map the codes to emotions with --emotions"
        )
    return ParsedNames(("path", *expression.groupindex), rows, others)


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern with fields to a regular expression.

    Raises:
        InputError: if a required field is missing, or a field is unknown or occurs twice.
    """
    names = [name for name in FIELD.findall(pattern) if name]
    if missing := [name for name in REQUIRED if name not in names]:
        raise InputError(f"pattern {pattern!r} has no {{{missing[0]}}}: expected {{speaker}} and {{emotion}}")
    if unknown := [name for name in names if name not in FIELDS]:
        raise InputError(
            f"pattern {pattern!r}: {{{unknown[0]}}} is no column: expected some of {', '.join(FIELDS)}"
        )
    if len(set(names)) < len(names):
        raise InputError(f"pattern {pattern!r} has a field twice: expected each once, and {{}} for the rest")
    parts = FIELD.split(pattern)  # text and field names alternate
    expression = "".join(
        (f"(?P<{part}>[^/]+?)" if part else "[^/]*?") if index % 2 else re.escape(part)
        for index, part in enumerate(parts)
    )
    return re.compile(expression)


def write_table(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Write the manifest that `ser extract --datasets` reads.

    Args:
        path: of the manifest, in the folder of the recordings.
        columns: in order.
        rows: values by column.

    Raises:
        InputError: if the file exists, because it may have been edited by hand.
    """
    if path.exists():
        raise InputError(f"{path} exists already and may have been edited: remove it, or pass another --out")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with writing("the manifest", path.parent), replacing(path) as file:
        file.write(text.getvalue().encode())
