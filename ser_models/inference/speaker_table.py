r"""A table of who speaks in which file → the speaker of each file that is asked for.

CSV with the columns file and speaker; names of files as they are asked for, or from the table's folder.

>>> import tempfile
>>> table = Path(tempfile.mkdtemp(), "speakers.csv")
>>> _ = table.write_text("file,speaker\na.wav,Anna\nb.wav,Ben\n")
>>> speakers_of(table, [table.with_name("b.wav"), table.with_name("a.wav")])
['Ben', 'Anna']
"""

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from ser_features.errors import InputError

FILE, SPEAKER = COLUMNS = ("file", "speaker")


def speakers_of(table: Path, files: Sequence[Path]) -> list[str]:
    """Look up who speaks in each file.

    Args:
        table: a CSV file.
        files: audio files.

    Raises:
        InputError: if the table cannot be read, lacks a column, or does not name one of the files.
    """
    known = _read(table)
    found = [known.get(_absolute(file), known.get(_absolute(table.parent / file))) for file in files]
    if missing := [str(file) for file, speaker in zip(files, found, strict=True) if speaker is None]:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise InputError(f"{table} names no speaker of {missing[0]}{more}: add a line file,speaker for each")
    return [speaker for speaker in found if speaker is not None]


def _read(table: Path) -> dict[str, str]:
    """Speaker by absolute path, of every line that names both."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if absent := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
                raise InputError(
                    f"{table} has no column {absent[0]}, expected {' and '.join(COLUMNS)}: add it to line 1"
                )
            lines = [(row[FILE], row[SPEAKER]) for row in rows]
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"{table} cannot be read ({error}): expected a CSV file, file,speaker") from error
    here = {_absolute(table.parent / name): speaker for name, speaker in lines if name and speaker}
    return here | {_absolute(Path(name)): speaker for name, speaker in lines if name and speaker}


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100  links are not followed: a name stands for itself
