"""Recordings of a corpus → one recording per channel, such as the two sides of a telephone call.

`Scan` → header of each file → `by_channel` → `Scan`
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from operator import attrgetter
from pathlib import Path

from ser_features.audio import count_channels, read_bytes
from ser_features.errors import AudioError
from ser_features.manifest import Recording, Scan, part_key


def by_channel(scan: Scan) -> Scan:
    """Return a corpus whose recordings are single channels, `stem@1` for the first.

    A row of a table that names its channel stays as it is. So does a file that is no audio, which is refused
    with the reason when it is extracted.
    """
    count = cache(partial(_count, scan.root))
    channels = {recording.file_id: list(_channels(recording, count)) for recording in scan.recordings}
    unique = {one.file_id: one for several in channels.values() for one in several}  # rows may name them too
    split = sorted(unique.values(), key=attrgetter("file_id"))
    votes = [replace(vote, file_id=one.file_id) for vote in scan.votes for one in channels[vote.file_id]]
    return replace(scan, recordings=tuple(split), votes=tuple(votes))


def _channels(recording: Recording, count: Callable[[str], int]) -> Iterator[Recording]:
    channels = count(recording.path) if recording.audio_channel is None else 0
    if not channels:
        yield recording
    for number in range(1, channels + 1):
        stem = recording.stem + part_key(None, None, number)
        yield replace(recording, stem=stem, audio_channel=number)


def _count(root: Path, path: str) -> int:
    """Number of channels of a file; 0 if it is no audio."""
    try:
        return count_channels(read_bytes(root / path))
    except AudioError:
        return 0
