"""Limits of an uploaded recording: its size and duration.

bytes → `Limits.decode` → `Audio`, or an `AudioError` in one line

>>> from ser_features.config import SPEECH16K
>>> Limits().decode(b"no sound", SPEECH16K.audio)
Traceback (most recent call last):
...
ser_features.errors.NotAudioError: ...
"""

from dataclasses import dataclass

from ser_features import audio
from ser_features.config import CHANNELS, AudioConfig
from ser_features.errors import EmptyFileError, UnsupportedAudioError

MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """What is accepted of a recording.

    Attributes:
        max_bytes: size of its file.
        max_seconds: duration, in s; never more than that of the model's profile.
    """

    max_bytes: int = 10 * MEGABYTE
    max_seconds: float = 60.0

    def decode(self, content: bytes, config: AudioConfig) -> audio.Audio:
        """Decode a recording that is neither too large nor too long.

        Args:
            content: bytes of an audio file.
            config: durations that the model's profile accepts.

        Raises:
            AudioError: a subclass for each reason to refuse it.
        """
        if not content:
            raise EmptyFileError("the file has 0 bytes: expected audio: record it again")
        if len(content) > self.max_bytes:
            raise UnsupportedAudioError(self.too_large(len(content)))
        longest = min(self.max_seconds, config.max_seconds)
        channel = CHANNELS[config.channel]
        return audio.decode(content, min_seconds=config.min_seconds, max_seconds=longest, channel=channel)

    def too_large(self, size: int) -> str:
        """Return the message for a file of `size` bytes.

        >>> Limits().too_large(12_582_912)
        'the file has 12.0 MB, expected at most 10 MB: cut it, or save it as FLAC, OGG or MP3'
        """
        return (
            f"the file has {size / MEGABYTE:.1f} MB, expected at most {self.max_bytes / MEGABYTE:g} MB: "
            "cut it, or save it as FLAC, OGG or MP3"
        )
