"""All errors meant for users: one line with what was found, what was expected, and what to do.

The command line prints a `SerError` as that line and exits with code 2. During an extraction an `AudioError`
becomes a row of the store's failures instead, and the run continues.

>>> raise InputError("no folder 'savee' in data/raw: expected savee/DC_a01.wav: unpack SAVEE there")
Traceback (most recent call last):
...
ser_features.errors.InputError: no folder 'savee' in data/raw: expected savee/DC_a01.wav: unpack SAVEE there
"""

from collections.abc import Sequence


class SerError(Exception):
    """Base class of errors meant for users; the message is one line."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class InputError(SerError):
    """Invalid input: an unknown name, a missing folder, an invalid table."""


class WorkingFolderError(InputError):
    """The working folder was deleted, so that relative paths lead nowhere."""

    def __init__(self) -> None:
        super().__init__("the working folder is gone: change to another one, such as cd ~")


class MissingExtraError(SerError):
    """A command needs an optional dependency that is not installed."""


class NotCompiledError(SerError):
    """The voice analysis cannot be compiled on this machine; Praat can do the same."""


class FileNameError(SerError):
    """A file name does not follow the corpus's grammar."""


class StoreError(SerError):
    """A feature store has another profile or format, or is damaged."""


class DamagedError(StoreError):
    """A file of a store has changed since it was written."""


class ArtifactError(SerError):
    """A trained artifact is incomplete, altered, or not safe to load."""


class DownloadError(SerError):
    """A corpus cannot be downloaded, or the download is not what was published."""


class UnsafeArchiveError(DownloadError):
    """An archive is damaged, or unsafe to unpack."""


class AudioError(SerError):
    """A recording is rejected; the subclass is the reason, stored as `error_class` in the failures table."""


class UnreadableFileError(AudioError):
    """No regular file, or no permission to read it."""


class EmptyFileError(AudioError):
    """The file has no bytes."""


class NotAudioError(AudioError):
    """The content is in none of the supported formats."""


class UnsupportedAudioError(AudioError):
    """Audio with an unsupported sample rate, number of channels, encoding or level."""


class NoSamplesError(AudioError):
    """A valid header without any sample."""


class TruncatedAudioError(AudioError):
    """The header declares more data than the file holds, or the file is damaged."""


class NonFiniteAudioError(AudioError):
    """NaN or infinite samples."""


class SilentAudioError(AudioError):
    """Digital silence: every sample of the mono signal is zero, or nothing is left above an offset."""


class TooShortError(AudioError):
    """Shorter than the profile's minimum."""


class OutsideFileError(AudioError):
    """A part that begins or ends behind the end of its file."""


class TooLongError(AudioError):
    """Longer than the profile's maximum, or too many samples for the memory; raised before decoding."""


class WorkerDiedError(AudioError):
    """The worker process crashed or ran out of memory on this recording, twice."""


MAX_SHOWN = 40
"""Characters of a value in a message."""


def shown(value: object) -> str:
    """A value and its type, as messages show them.

    >>> shown(5)
    '5 (int)'
    """
    text = repr(value)
    return f"{text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + '…'} ({type(value).__name__})"


def listed(words: Sequence[str], most: int) -> str:
    """The first words of a list, and how many more there are.

    >>> listed(["ada", "ben"], 3), listed(["ada", "ben", "cleo", "dora"], 2)
    ('ada, ben', 'ada, ben and 2 more')
    """
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def counted(number: int, noun: str) -> str:
    """Number and noun, in the plural unless it is 1."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
