"""A part of an audio file in time → a file of its own, whatever the length of the whole.

path, start, end → `excerpt` → `Samples` of the file (opened and checked once) → WAV of the part → `Excerpt`

- Uncompressed samples and FLAC are read from the sample at `start` to that at `end`: a file of hours takes as
  much memory as the part, which has the samples that a file cut there would have.
- Other formats are decoded from their beginning, once for parts that are read in order of time, and only the
  samples of the part are kept. The bytes of the file are in memory.
- The file that a thread read last stays open for its next part, until it changes or another one is read.

>>> import io, numpy, soundfile, tempfile
>>> path = Path(tempfile.mkdtemp(), "call.wav")
>>> soundfile.write(path, numpy.sin(numpy.arange(48_000) / 10), 16_000)
>>> soundfile.info(io.BytesIO(excerpt(path, 0.5, 2.0, longest=600).content)).frames
24000
>>> excerpt(path, 0.5, 4.0, longest=600)
Traceback (most recent call last):
...
ser_features.errors.OutsideFileError: the part is from 0.5 to 4 s, the file is 3 s long: expected ...
"""

import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ser_features.audio.files import sha256_if_readable, stamp
from ser_features.audio.positions import Samples, samples_of
from ser_features.audio.stream import MAX_LACK_SECONDS
from ser_features.errors import AudioError, OutsideFileError, TooLongError

SLIGHTLY_LATER = "the part was to end slightly behind the end of the file"
"""Note on a part whose end is at most `MAX_LACK_SECONDS` behind that of the file, as rounded times are."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a file as a file of its own.

    Attributes:
        content: bytes of a WAV file.
        notes: what is unusual about the whole file, as in `Audio.notes`.
    """

    content: bytes
    notes: tuple[str, ...] = ()


class _OpenFile:
    """A file of which parts are read.

    Attributes:
        path: of the file.
        stamp: its size and modification time when it was opened.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.stamp = path, stamp(path)
        self._samples: Samples | AudioError
        try:
            self._samples = samples_of(path)
        except AudioError as error:
            self._samples = error

    @property
    def samples(self) -> Samples:
        """The samples.

        Raises:
            AudioError: if the file is refused.
        """
        if isinstance(self._samples, AudioError):
            raise type(self._samples)(str(self._samples))
        return self._samples

    def close(self) -> None:
        """Close the file."""
        if isinstance(self._samples, Samples):
            self._samples.close()

    @cached_property
    def sha256(self) -> str | None:
        """SHA-256 of the bytes; None if they cannot be read."""
        return sha256_if_readable(self.path)


_last = threading.local()
"""The file that this thread read last, `file`."""


def excerpt(path: Path, start: float, end: float | None, *, longest: float) -> Excerpt:
    """Read a part of a file.

    Args:
        path: of the file.
        start: in s.
        end: in s; None for the end of the file.
        longest: most seconds of a part.

    Raises:
        OutsideFileError: if the file does not have the part.
        TooLongError: if the part is longer than `longest`.
        AudioError: another subclass for each reason to refuse the file.
    """
    samples = _opened(path).samples
    rate, notes = samples.rate, samples.notes
    first, most = round(start * rate), round(longest * rate)
    last = None if end is None else round(end * rate)
    if last is not None and last - first > most:
        raise _too_long(longest)
    part = samples.read(first, last, most + 1)
    if len(part) > most:
        raise _too_long(longest)
    lacks = 0 if last is None else last - first - len(part)
    if not len(part) or lacks > MAX_LACK_SECONDS * rate:
        raise _outside(start, end, (samples.size or 0) / rate)
    return Excerpt(samples.as_wav(part), (*notes, *([SLIGHTLY_LATER] if lacks else [])))


def sha256_of(path: Path) -> str | None:
    """SHA-256 of a file that parts are read of; None if it cannot be read."""
    return _opened(path).sha256


def release() -> None:
    """Close the file that this thread read last."""
    if file := getattr(_last, "file", None):
        file.close()
    _last.file = None


def _opened(path: Path) -> _OpenFile:
    file: _OpenFile | None = getattr(_last, "file", None)
    if file is None or (file.path, file.stamp) != (path, stamp(path)):
        release()
        file = _last.file = _OpenFile(path)
    return file


def _too_long(longest: float) -> TooLongError:
    return TooLongError(
        f"the part is longer than {longest:g} s, expected at most that: cut it into utterances"
    )


def _outside(start: float, end: float | None, seconds: float) -> OutsideFileError:
    to = "its end" if end is None else f"{end:g}"
    return OutsideFileError(
        f"the part is from {start:g} to {to} s, the file is {seconds:.6g} s long: expected a part of it: "
        "correct its times"
    )
