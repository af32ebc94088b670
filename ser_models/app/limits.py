"""Limits of the app: size and duration of a recording, and how many are recognised at a time.

bytes → `decode` → `Audio`, or an `AudioError` in one line

>>> from ser_features.config import SPEECH16K
>>> decode(b"no sound", SPEECH16K.audio)
Traceback (most recent call last):
...
ser_features.errors.NotAudioError: ...
"""

from ser_features import audio
from ser_features.config import CHANNELS, AudioConfig
from ser_features.errors import EmptyFileError, UnsupportedAudioError

MAX_BYTES = 10 * 2**20
"""Bytes of a recording."""
MAX_SECONDS = 60.0
"""Duration of a recording, in s."""
CONCURRENCY = 2
"""Recordings that are recognised at the same time."""
MAX_WAITING = 16
"""Requests in the queue; more are rejected."""


def decode(content: bytes, config: AudioConfig) -> audio.Audio:
    """Decode a recording that is neither too large nor too long.

    Args:
        content: bytes of an audio file.
        config: durations that the model's profile accepts.

    Raises:
        AudioError: a subclass for each reason to refuse it.
    """
    if not content:
        raise EmptyFileError("the file has 0 bytes: expected audio: record it again")
    if len(content) > MAX_BYTES:
        raise UnsupportedAudioError(too_large(len(content)))
    longest = min(MAX_SECONDS, config.max_seconds)
    channel = CHANNELS[config.channel]
    return audio.decode(content, min_seconds=config.min_seconds, max_seconds=longest, channel=channel)


def too_large(size: int) -> str:
    """Return the message for a file of `size` bytes.

    >>> too_large(12_582_912)
    'the file has 12.0 MB, expected at most 10 MB: cut it, or save it as FLAC, OGG or MP3'
    """
    limit = MAX_BYTES // 2**20
    return (
        f"the file has {size / 2**20:.1f} MB, expected at most {limit} MB: "
        "cut it, or save it as FLAC, OGG or MP3"
    )
