"""Recordings of a corpus → one recording per channel, such as the two sides of a telephone call.

`Scan` → header of each file → `by_channel` → `Scan`
"""

from collections.abc import Iterator
from dataclasses import replace

from ser_features.audio import count_channels, read_bytes
from ser_features.errors import AudioError
from ser_features.manifest import Recording, Scan


def by_channel(scan: Scan) -> Scan:
    """Return a corpus whose recordings are single channels, `stem@1` for the first.

    A file that is no audio stays one recording, which is refused with the reason when it is extracted.
    """
    split = [one for recording in scan.recordings for one in _channels(scan, recording)]
    return replace(scan, recordings=tuple(sorted(split, key=lambda recording: recording.file_id)))


def _channels(scan: Scan, recording: Recording) -> Iterator[Recording]:
    try:
        count = count_channels(read_bytes(scan.root / recording.path))
    except AudioError:
        yield recording
        return
    for number in range(1, count + 1):
        yield replace(recording, stem=f"{recording.stem}@{number}", audio_channel=number)
