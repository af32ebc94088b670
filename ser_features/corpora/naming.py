r"""Recordings whose names say what they are → the table of a corpus of one's own.

folder, pattern such as "{speaker}_{emotion}_{}.wav" → `read_names` → rows → `write_table` → mine.csv

A field stands for what a path has in its place: `{speaker}` and `{emotion}` are needed, others of the table's
columns may be, and `{}` stands for what does not matter. A field does not reach over a slash.

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
NEEDED = ("speaker", "emotion")
FIELDS = tuple(name for name in KNOWN if name != "path")


@dataclass(frozen=True)
class Named:
    """What names say.

    Attributes:
        columns: of the table, path first.
        rows: values by column, a row per recording whose name says what it is, sorted by path.
        others: paths of those whose name does not, with the reason.
    """

    columns: tuple[str, ...]
    rows: list[dict[str, str]]
    others: list[tuple[str, str]]


def read_names(folder: Path, pattern: str, emotions: Mapping[str, str] | None = None) -> Named:
    """Read the names of all audio files below a folder.

    Args:
        folder: of the recordings.
        pattern: of a path below it, as above.
        emotions: canonical emotion or synonym by what the names write for it, where that is neither.

    Raises:
        InputError: if the pattern lacks a field, or the name of no file fits it.
    """
    expression = compiled(pattern)
    found = sorted(audio_files(folder.absolute(), "."))
    rows: list[dict[str, str]] = []
    others: list[tuple[str, str]] = []
    for path, problem in ((each.path.removeprefix("./"), each.problem) for each in found):
        match = expression.fullmatch(path)
        try:
            if problem or not match:
                raise InputError(problem or f"it does not fit {pattern}")
            fields = match.groupdict()
            word = fields["emotion"]
            fields["emotion"] = canonical((emotions or {}).get(word, word))
            rows.append({"path": path, **fields})
        except InputError as error:
            others.append((path, str(error)))
    if not rows:
        example = f", such as {others[0][0]}: {others[0][1]}" if others else ""
        raise InputError(
            f"no name of {len(found)} audio files below {folder} fits {pattern}{example}: "
            "change the pattern, or name the emotions with --emotions"
        )
    return Named(("path", *expression.groupindex), rows, others)


def compiled(pattern: str) -> re.Pattern[str]:
    """Turn a pattern with fields into a regular expression.

    Raises:
        InputError: if a field is needed, unknown, or there twice.
    """
    names = [name for name in FIELD.findall(pattern) if name]
    if missing := [name for name in NEEDED if name not in names]:
        raise InputError(f"pattern {pattern!r} has no {{{missing[0]}}}: expected {{speaker}} and {{emotion}}")
    if unknown := [name for name in names if name not in FIELDS]:
        raise InputError(
            f"pattern {pattern!r}: {{{unknown[0]}}} is no column: expected some of {', '.join(FIELDS)}"
        )
    if len(set(names)) < len(names):
        raise InputError(f"pattern {pattern!r} has a field twice: expected each once, and {{}} for the rest")
    parts = FIELD.split(pattern)  # text and names by turns
    expression = "".join(
        (f"(?P<{part}>[^/]+?)" if part else "[^/]*?") if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    )
    return re.compile(expression)


def write_table(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Write the table that `ser extract --datasets` reads.

    Args:
        path: of the table, in the folder of the recordings.
        columns: in order.
        rows: values by column.

    Raises:
        InputError: if there is a file already, which may have been edited by hand.
    """
    if path.exists():
        raise InputError(f"{path} is there already, perhaps edited: remove it, or pass another --out")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with writing("the table", path.parent), replacing(path) as file:
        file.write(text.getvalue().encode())
