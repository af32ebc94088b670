"""A Kaldi folder → cells: wav.scp and segments say which recordings, files by utterance and speaker the rest.

wav.scp (recording → path), segments (utterance → recording, start, end in s) → rows
utt2spk, utt2emo, utt2lang, text (by utterance), spk2gender (by speaker) → columns

A path that is a command, such as `sox a.wav -t wav - |`, is never run: its row is refused. Relative paths are
below the folder, or below another one that the user names.
"""

from pathlib import Path

from ser_features.errors import InputError
from ser_features.tables.cells import Row, Sheet, decode
from ser_features.tables.forms import TableSource

RECORDINGS, SEGMENTS = "wav.scp", "segments"
BY_UTTERANCE = {"utt2spk": "speaker", "utt2emo": "emotion", "utt2lang": "language", "text": "text"}
"""Column of each file that gives a value for every utterance."""

OF_SPEAKERS, GENDER = "spk2gender", "gender"


def read(source: TableSource) -> Sheet:
    """Read the files of a folder.

    Raises:
        InputError: if one of them cannot be read, or a line lacks a value.
    """
    folder = source.folder
    paths = _lines(folder, RECORDINGS)
    columns = {column: _lines(folder, name) for name, column in BY_UTTERANCE.items() if _has(folder, name)}
    if "speaker" in columns and _has(folder, OF_SPEAKERS):
        genders = _lines(folder, OF_SPEAKERS)
        columns[GENDER] = {key: genders.get(speaker, "") for key, speaker in columns["speaker"].items()}
    if _has(folder, SEGMENTS):
        header: tuple[str, ...] = ("utterance", "path", "start", "end")
        firsts = [_segment(key, rest, paths) for key, rest in _lines(folder, SEGMENTS).items()]
    else:
        header = ("utterance", "path")
        firsts = list(paths.items())
    rows = [(*cells, *(values.get(cells[0], "") for values in columns.values())) for cells in firsts]
    return Sheet((*header, *columns), tuple(Row(number, row) for number, row in enumerate(rows, start=1)))


def _has(folder: Path, name: str) -> bool:
    return (folder / name).is_file()


def _lines(folder: Path, name: str) -> dict[str, str]:
    """The rest of each line by its first word."""
    try:
        text, _ = decode((folder / name).read_bytes())
    except (OSError, UnicodeError) as error:
        raise InputError(f"{folder / name} cannot be read ({error}): expected text in UTF-8") from error
    values: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split(maxsplit=1)
        if not words:
            continue
        if words[0] in values:
            raise InputError(
                f"{folder / name}: line {number} repeats {words[0]!r}, expected it once: remove one"
            )
        values[words[0]] = words[1].strip() if len(words) > 1 else ""
    return values


def _segment(key: str, rest: str, paths: dict[str, str]) -> tuple[str, ...]:
    """Utterance, path, start and end; the name of a recording that wav.scp lacks is its path."""
    words = rest.split()
    if len(words) != 3:
        raise InputError(
            f"{SEGMENTS}: {key!r} has {len(words)} values, expected recording, start and end: correct it"
        )
    recording, start, end = words
    return key, paths.get(recording, recording), start, "" if end.startswith("-") else end
