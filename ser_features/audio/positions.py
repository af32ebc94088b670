"""The samples of an audio file from one position to another, read where they are or decoded up to there.

path → `samples_of` → `SeekableSamples` (uncompressed, FLAC) or `DecodedSamples` (others) → `read`, `as_wav`

>>> import tempfile
>>> path = Path(tempfile.mkdtemp(), "call.wav")
>>> soundfile.write(path, np.sin(np.arange(48_000) / 10), 16_000)
>>> samples = samples_of(path)
>>> type(samples).__name__, samples.read(8_000, 10_000, 16_000).shape, samples.size
('SeekableSamples', (2000, 1), 48000)
"""

import io
import mmap
from abc import ABC, abstractmethod
from collections import deque
from pathlib import Path
from typing import cast

import numpy as np
import soundfile

from ser_features.audio.decoder import LibsndfileSound, header_notes, stream_blocks
from ser_features.audio.files import MAX_BYTES_OF_PARTS, open_regular, read_bytes
from ser_features.audio.headers import STREAMS
from ser_features.audio.stream import Stream
from ser_features.errors import AudioError, TruncatedAudioError
from ser_features.sources import encoded

EXACT = {
    **dict.fromkeys(("PCM_S8", "PCM_U8", "PCM_16", "ULAW", "ALAW"), ("int16", "PCM_16")),
    "PCM_24": ("int32", "PCM_24"),
    "PCM_32": ("int32", "PCM_32"),
    "FLOAT": ("float32", "FLOAT"),
    "DOUBLE": ("float64", "DOUBLE"),
}
"""Encodings that can be read from any position on → the type of their samples, and the encoding of a WAV file
that has all of their values."""


class Samples(ABC):
    """The samples of one file.

    Attributes:
        rate: sample rate in Hz.
        notes: what is unusual about the file.
        size: number of samples per channel; None until the end was read.
    """

    rate: int
    notes: tuple[str, ...] = ()
    size: int | None = None

    @abstractmethod
    def read(self, first: int, last: int | None, most: int) -> np.ndarray:
        """Read samples from `first` on.

        Args:
            first: position in samples.
            last: position behind the last one; None for the end of the file.
            most: number of samples after which no more are read.

        Returns:
            Shape (samples, channels); fewer than requested where the file ends.

        Raises:
            AudioError: if the file is damaged.
        """

    @abstractmethod
    def close(self) -> None:
        """Close the file."""

    @abstractmethod
    def as_wav(self, samples: np.ndarray) -> bytes:
        """Return samples that were read as a WAV file with the same values."""


def samples_of(path: Path) -> Samples:
    """Open a file.

    Raises:
        AudioError: a subclass for each reason to refuse it.
    """
    try:
        return SeekableSamples(path)
    except _NotSeekableError:
        return DecodedSamples(read_bytes(path))


class _NotSeekableError(Exception):
    """A file that is decoded from its beginning."""


class SeekableSamples(Samples):
    """Samples of a file that is read where they are; the file stays open."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = _File(open_regular(path, MAX_BYTES_OF_PARTS).detach())
        except OSError as error:
            raise _NotSeekableError from error
        try:
            self._sound, stream = _opened(self._file)
            self.notes = (*stream.notes, *header_notes(self._sound, stream.lack))
        except BaseException:
            self._file.close()
            raise
        self.rate, self.size = self._sound.samplerate, self._sound.frames

    def close(self) -> None:
        """Close the file."""
        self._sound.close()
        self._file.close()

    def read(self, first: int, last: int | None, most: int) -> np.ndarray:
        """Read samples as `Samples.read` says."""
        end = min(self._sound.frames, first + most, self._sound.frames if last is None else last)
        self._sound.seek(min(first, self._sound.frames))
        kind, _ = EXACT[self._sound.subtype]
        try:
            samples: np.ndarray = self._sound.read(max(0, end - first), dtype=kind, always_2d=True)
        except soundfile.LibsndfileError as error:
            raise _damaged(first, str(error)) from error
        if len(samples) < end - first:
            raise _damaged(first + len(samples), "the data end early")
        return samples

    def as_wav(self, samples: np.ndarray) -> bytes:
        """Return the samples in the encoding of the file, or in one of WAV with the same values."""
        content = io.BytesIO()
        _, encoding = EXACT[self._sound.subtype]
        soundfile.write(content, samples, self.rate, encoding, format="WAV")
        return content.getvalue()


def _opened(file: "_File") -> tuple[LibsndfileSound, Stream]:
    """The file as libsndfile reads it, and what its container says of it.

    Raises:
        AudioError: if the container is damaged.
        _NotSeekableError: if another reader is needed, or the bytes must be corrected.
    """
    try:
        content = _Content(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:  # no maps on this drive; an empty file
        raise _NotSeekableError from error
    make_stream = STREAMS.get(content[:4])
    if make_stream is None:
        raise _NotSeekableError
    stream = make_stream(cast(bytes, content))
    if len(stream.links) > 1 or stream.links[0] is not content:
        raise _NotSeekableError
    try:
        sound = LibsndfileSound(file)
    except soundfile.LibsndfileError as error:
        raise _NotSeekableError from error
    if sound.subtype not in EXACT:
        raise _NotSeekableError
    return sound, stream


class DecodedSamples(Samples):
    """Samples of a file that is decoded from its beginning, again for a position before the last one."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._begin()

    def _begin(self) -> None:
        notes: list[str] = []
        self._error: AudioError | None = None
        self._stream = stream_blocks(self._content, notes)
        self._kept: deque[np.ndarray] = deque()
        self._first = self._end = 0
        self._decode(0)
        self.notes = tuple(notes)

    def read(self, first: int, last: int | None, most: int) -> np.ndarray:
        """Read samples as `Samples.read` says."""
        if first < self._first:
            self._begin()
        end = first + most if last is None else min(last, first + most)
        while self._end < end and self._decode(first):
            pass
        samples = np.concatenate([self._kept[0][:0], *self._kept])
        return samples[max(0, first - self._first) : max(0, end - self._first)]

    def close(self) -> None:
        """End the decoding."""
        self._stream.close()

    def as_wav(self, samples: np.ndarray) -> bytes:
        """Return the samples as floating-point numbers."""
        return encoded(samples, self.rate)

    def _decode(self, first: int) -> bool:
        """Decode a block, and forget those that end before a position; False at the end of the file."""
        if self._error:
            raise type(self._error)(str(self._error))
        try:
            block, self.rate = next(self._stream)
        except StopIteration:
            self.size = self._end
            return False
        except AudioError as error:
            self._error = error
            raise
        self._kept.append(block)
        self._end += len(block)
        while len(self._kept) > 1 and self._first + len(self._kept[0]) <= first:
            self._first += len(self._kept.popleft())
        return True


class _Content(mmap.mmap):
    """A file as the readers of headers need its bytes, without being in memory."""

    def startswith(self, prefix: bytes, start: int = 0) -> bool:
        """Whether the bytes from `start` on begin with a prefix."""
        return self[start : start + len(prefix)] == prefix


class _File(io.BufferedReader):
    """A file in which libsndfile seeks by headers, which may be wrong."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move if possible, else stay."""
        try:
            return super().seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return self.tell()


def _damaged(position: int, why: str) -> TruncatedAudioError:
    return TruncatedAudioError(
        f"sample {position} cannot be decoded ({why}): expected a complete file: copy it again"
    )
