"""Every error that a user may meet: one line that says what was found, what was expected, what to do.

The command line turns a `SerError` into that line and exit code 2; during an extraction an `AudioError`
becomes one row of the store's failures instead, and the run goes on.

>>> raise InputError("no folder 'savee' in data/raw: expected savee/DC_a01.wav: unpack SAVEE there")
Traceback (most recent call last):
...
ser_features.errors.InputError: no folder 'savee' in data/raw: expected savee/DC_a01.wav: unpack SAVEE there
"""


class SerError(Exception):
    """Base of every error that is meant for the user; its text is one line."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class InputError(SerError):
    """What the user asked for cannot be done as asked: a wrong word, a missing folder, a bad table."""


class MissingExtraError(SerError):
    """A command needs an optional dependency that is not installed."""


class FileNameError(SerError):
    """A file name does not follow its corpus's grammar."""


class StoreError(SerError):
    """A feature store is of another profile or format, or is damaged."""


class DamagedError(StoreError):
    """A file of a store is not as it was written."""


class ArtifactError(SerError):
    """A trained artifact is incomplete, altered, or not safe to load."""


class DownloadError(SerError):
    """A corpus cannot be fetched, or what was fetched is not what was published."""


class UnsafeArchiveError(DownloadError):
    """An archive is damaged, or would do harm if it were unpacked."""


class AudioError(SerError):
    """A recording is refused; the subclass is the reason, as `error_class` in the failures table."""


class UnreadableFileError(AudioError):
    """It is no regular file, or the operating system does not let us read it."""


class EmptyFileError(AudioError):
    """The file has no bytes."""


class NotAudioError(AudioError):
    """The content is in none of the formats that are read."""


class UnsupportedAudioError(AudioError):
    """Audio, but outside of what is accepted (sample rate, number of channels, encoding, level)."""


class NoSamplesError(AudioError):
    """A valid header, and no sample behind it."""


class TruncatedAudioError(AudioError):
    """The header promises more than the file holds, or the file is damaged."""


class NonFiniteAudioError(AudioError):
    """NaN or infinite samples."""


class SilentAudioError(AudioError):
    """Digital silence: every sample of the mono signal is zero."""


class TooShortError(AudioError):
    """Shorter than the profile's minimum."""


class TooLongError(AudioError):
    """Longer than the profile's maximum, or more samples than fit in memory; found before decoding."""


class WorkerDiedError(AudioError):
    """The process that worked on this recording was killed by it (crash or memory), twice."""
