r"""A CSV table of the speaker of each file → the speakers of the files to recognise.

Columns file and speaker; file names are relative to the working directory or to the folder of the table.

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

COLUMNS = ("file", "speaker")


def speakers_of(table: Path, files: Sequence[Path]) -> list[str]:
    """Return the speaker of each file.

    Args:
        table: a CSV file.
        files: audio files.

    Raises:
        InputError: if the table cannot be read, lacks a column, or does not name one of the files.
    """
    speakers = _read(table)
    rows = [speakers.get(_absolute(file), speakers.get(_absolute(table.parent / file))) for file in files]
    if missing := [str(file) for file, speaker in zip(files, rows, strict=True) if speaker is None]:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise InputError(f"{table} names no speaker of {missing[0]}{more}: add a line file,speaker for each")
    return [speaker for speaker in rows if speaker is not None]


def _read(table: Path) -> dict[str, str]:
    """Return speakers by absolute path; names relative to the working directory take precedence."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if absent := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                raise InputError(
                    f"{table} has no column {absent[0]}, expected {' and '.join(COLUMNS)}: add it to line 1"
                )
            rows = [(row["file"], row["speaker"]) for row in reader]
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"{table} cannot be read ({error}): expected a CSV file, file,speaker") from error
    named = [(Path(name), speaker) for name, speaker in rows if name and speaker]
    beside_table = {_absolute(table.parent / name): speaker for name, speaker in named}
    return beside_table | {_absolute(name): speaker for name, speaker in named}


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100  links are not followed: a name stands for itself
