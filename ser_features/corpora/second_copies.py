"""Several files of one recording → the best of them, and the others in order, to be tried if it is refused.

recordings, root → `without_second_copies` → one `Recording` per key with `alternatives`, and `Duplicate`s

Lossless formats come before lossy ones. Between files of equal format and other sizes their headers decide:
longer ones come first, then those of a higher sample rate, then larger ones. Otherwise the file nearer to the
root is used, then the first by name. Headers are read only where two files compete.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from ser_features.foreign import is_lossy
from ser_features.manifest import Duplicate, Recording
from ser_features.recordings import Recordings

SAME_SECONDS = 0.1
"""Durations that differ by less are equal: encoders pad."""


def without_second_copies(
    recordings: Iterable[Recording | Recordings], root: Path
) -> tuple[Recordings, tuple[Duplicate, ...]]:
    """Choose one file of each recording.

    Args:
        recordings: of a corpus, one by one or in columns, in any order; those of one key are copies.
        root: folder that their paths are relative to.

    Returns:
        The recordings sorted by key, and the files that are not used, sorted by path.
    """
    rows = Recordings.by_key(recordings)
    if not rows.has_repeated_keys():
        return rows, ()
    duplicates: list[Duplicate] = []
    unique = Recordings.of(_best(rows, root, duplicates))
    return unique, tuple(sorted(duplicates, key=lambda duplicate: duplicate.dropped))


def _best(rows: Recordings, root: Path, duplicates: list[Duplicate]) -> Iterator[Recording]:
    """The best file of each recording; the others are added to `duplicates`."""
    for _, group in groupby(rows, attrgetter("file_id")):
        first, *copies = group
        if copies:
            first, *others = _by_quality([first, *copies], root)
            first = replace(first, alternatives=tuple(other.path for other in others))
            duplicates += (Duplicate(first.path, other.path) for other in others)
        yield first


def _by_quality(copies: list[Recording], root: Path) -> list[Recording]:
    """Copies of one recording, the best first."""
    copies.sort(key=lambda copy: (is_lossy(copy.path), copy.path.count("/"), copy.path))
    ordered: list[Recording] = []
    for _, group in groupby(copies, lambda copy: is_lossy(copy.path)):
        similar = list(group)
        if len({_size(root / copy.path) for copy in similar}) > 1:
            similar.sort(key=lambda copy: _content(root / copy.path), reverse=True)  # stable
        ordered += similar
    return ordered


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _content(path: Path) -> tuple[int, int, int]:
    """Duration in `SAME_SECONDS`, sample rate in Hz and size in bytes; zeros of an unreadable file."""
    import soundfile  # listing corpora without second copies needs no audio library

    try:
        header = soundfile.info(str(path))
    except (OSError, RuntimeError):
        return 0, 0, 0
    return round(header.duration / SAME_SECONDS), header.samplerate, _size(path)
