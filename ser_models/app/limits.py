"""What the page takes: how large, how long, how many at a time.

bytes → `check` → nothing, or an `AudioError` in one line

>>> check(b"no sound")
Traceback (most recent call last):
...
ser_features.errors.NotAudioError: ...
"""

from ser_features import audio
from ser_features.errors import EmptyFileError, UnsupportedAudioError

MAX_BYTES = 10 * 2**20
"""Bytes of a recording."""
MAX_SECONDS = 60.0
"""Length of a recording, in s."""
AT_ONCE = 2
"""Recordings that are recognised at the same time."""
WAITING = 16
"""Requests that may wait for their turn; more are turned away."""


def check(content: bytes) -> None:
    """Refuse what is too large or too long, before any feature is computed.

    Raises:
        AudioError: if it is, or cannot be decoded at all.
    """
    if not content:
        raise EmptyFileError("the file has 0 bytes: expected audio: record it again")
    if len(content) > MAX_BYTES:
        raise UnsupportedAudioError(too_large(len(content)))
    audio.decode(content, min_seconds=0.0, max_seconds=MAX_SECONDS)


def too_large(size: int) -> str:
    """Say that a file of `size` bytes is too large.

    >>> too_large(12_582_912)
    'the file has 12.0 MB, expected at most 10 MB: cut it, or save it as FLAC, OGG or MP3'
    """
    limit = MAX_BYTES // 2**20
    return (
        f"the file has {size / 2**20:.1f} MB, expected at most {limit} MB: "
        "cut it, or save it as FLAC, OGG or MP3"
    )
