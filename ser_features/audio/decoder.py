"""Audio file → mono float32 signal, or an `AudioError` with the exact reason.

bytes → `headers` → `Stream` → each link: checks of its header → decode → mono mix → sample checks → `Audio`

>>> import numpy, soundfile, tempfile, pathlib
>>> path = pathlib.Path(tempfile.mkdtemp(), "tone.wav")
>>> soundfile.write(path, numpy.sin(numpy.arange(8000) / 10), 16000)
>>> audio = decode(path, min_seconds=0.1, max_seconds=600)
>>> audio.signal.dtype.name, audio.signal.size, audio.sample_rate, audio.channels
('float32', 8000, 16000, 1)
"""

import io
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from math import inf, isfinite
from pathlib import Path

import numpy as np
import soundfile

from ser_features.audio import headers, refusals, scale
from ser_features.audio.channels import Mixer
from ser_features.audio.files import read_bytes
from ser_features.audio.stream import (
    BLOCK_SAMPLES,
    LOSSY_SLACK,
    SLIGHTLY_MORE,
    UNDECLARED,
    UNKNOWN_LENGTH,
    Lack,
    Sound,
    Stream,
)
from ser_features.errors import (
    EmptyFileError,
    NonFiniteAudioError,
    NoSamplesError,
    SilentAudioError,
    TooLongError,
    TooShortError,
    UnsupportedAudioError,
)
from ser_features.formats import MAX_CHANNELS
from ser_features.manifest import NOTE_SEPARATOR

MIN_SAMPLE_RATE = 1_000
MAX_SAMPLE_RATE = 384_000
MAX_SAMPLES = 1 << 27
"""Most samples over all channels, as a small file can declare more than fits into memory. Ten minutes of
studio stereo at 96 kHz have 115 million."""

MAX_LEVEL = 2.0**31
"""Floating-point files on the scale of 32-bit integers are accepted; squares of larger values overflow."""

# libsndfile logs a declared size that the file does not hold as "data : 96000 (should be 47978)".
# W64 has no such line for its data chunk, only for the whole file; RF64 says it in words.
_SIZE_MISMATCH = re.compile(r"^\s*(?:data|SSND|Data Size|riff)\s*: (\d+) \(should be (\d+)\)", re.MULTILINE)
_RF64_MISMATCH = re.compile(r"Calculated frame count (\d+) does not match value from 'ds64' chunk of (\d+)")

_OPEN_END = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Audio:
    """A decoded recording.

    Attributes:
        signal: mono samples, float32, shape (n,), full scale at ±1; channels with sound are averaged.
        sample_rate: of the file, in Hz.
        channels: of the file.
        notes: what is unusual about the file, one short sentence without a semicolon each.
    """

    signal: np.ndarray
    sample_rate: int
    channels: int
    notes: tuple[str, ...] = ()

    @property
    def note(self) -> str | None:
        """All notes in one text, as the column `audio_notes` has them; None if there are none."""
        return NOTE_SEPARATOR.join(self.notes) or None


def decode(source: Path | bytes, *, min_seconds: float, max_seconds: float, channel: int = 0) -> Audio:
    """Decode an audio file of any format, rate, width and channel count that libsndfile or PyAV reads.

    Args:
        source: the file, or its bytes.
        min_seconds: shortest accepted duration, in s.
        max_seconds: longest accepted duration, in s; checked before decoding.
        channel: the only one to use, 1 for the first (left) one; 0 for all that hold sound.

    Returns:
        The mono signal at the file's own sample rate.

    Raises:
        AudioError: a subclass for each reason (see `ser_features.errors`).
    """
    content = source if isinstance(source, bytes) else read_bytes(source)
    stream = _stream(content)
    mixer = Mixer((channel - 1,) if channel else ())
    decoding = _decoded(stream, max_seconds, mixer)
    if mixer.samples and (other := mixer.again()):
        decoding = _decoded(stream, max_seconds, other)
    return decoding.audio(min_seconds)


def count_channels(content: bytes) -> int:
    """Number of channels of an audio file, from its header.

    Raises:
        AudioError: if it is none.
    """
    stream = _stream(content)
    with _open(stream, stream.links[0]) as sound:
        return int(sound.channels)


def _stream(content: bytes) -> Stream:
    """The file as its container gives it to the decoder."""
    if not content:
        raise EmptyFileError("the file has 0 bytes: expected audio: copy it again from its source")
    return headers.STREAMS.get(content[:4], headers.other)(content)


def _decoded(stream: Stream, max_seconds: float, mixer: Mixer) -> "_Decoding":
    decoding = _Decoding(max_seconds, [*stream.notes], mixer)
    for link in stream.links:
        with _open(stream, link) as sound:
            decoding.read(sound, stream.lack)
    return decoding


def stream_blocks(
    content: bytes, notes: list[str], use: tuple[int, ...] = ()
) -> Generator[tuple[np.ndarray, int]]:
    """Decode an audio file of any length block by block.

    Args:
        content: bytes of an audio file.
        notes: those on the container are appended with the first block, others at the end.
        use: indices of channels that the file must have.

    Yields:
        Samples, float32, shape (samples, channels), and the sample rate in Hz.

    Raises:
        AudioError: a subclass for each reason, also after some blocks.
    """
    stream = _stream(content)
    notes += stream.notes
    decoding = _Decoding(inf, [], Mixer(use))
    for link in stream.links:
        with _open(stream, link) as sound:
            decoding.begin(sound, stream.lack)
            for block in decoding.blocks(sound):
                yield block, sound.samplerate
    notes += decoding.notes


def header_notes(sound: Sound, lack: Lack | None) -> tuple[str, ...]:
    """What is unusual about the header of a file of any length.

    Args:
        sound: the file.
        lack: what it lacks by its container; None if that is not known.

    Raises:
        AudioError: a subclass for each reason to refuse the file.
    """
    decoding = _Decoding(inf, [], Mixer())
    decoding.begin(sound, lack)
    return tuple(decoding.notes)


class _Memory(io.BytesIO):
    """Bytes as a file; damaged headers make libsndfile seek to invalid positions, which must not raise."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move if possible, else stay."""
        try:
            return super().seek(offset, whence)
        except (ValueError, OverflowError):
            return self.tell()


class LibsndfileSound(soundfile.SoundFile):
    """A file that libsndfile reads, as `stream.Sound`."""

    notes = ()

    @property
    def slack(self) -> int:
        """Number of declared samples that may be missing."""
        return LOSSY_SLACK if self.subtype.startswith("MPEG") else 0

    @property
    def lack(self) -> Lack | None:
        """What is missing according to libsndfile's log of the header."""
        for declared, held in _SIZE_MISMATCH.findall(self.extra_info):
            if int(held) < int(declared) < UNKNOWN_LENGTH:
                return Lack(int(declared), int(held), "bytes")
        frames = _RF64_MISMATCH.search(self.extra_info)
        if frames and int(frames[1]) < int(frames[2]):
            return Lack(int(frames[2]), int(frames[1]), "samples")
        return None

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield the samples, shape (samples, channels), as far as they go.

        The inherited method refuses formats that cannot seek, and repeats old samples where the data
        end early.
        """
        remaining = self.frames
        while remaining > 0:
            size = min(BLOCK_SAMPLES // self.channels, remaining)
            block = self.read(size, dtype="float32", always_2d=True)
            yield block
            remaining = remaining - size if len(block) == size else 0


def _open(stream: Stream, content: bytes) -> Sound:
    if stream.demuxers:
        from ser_features.audio.media import MediaSound  # PyAV is optional

        return MediaSound(content, stream.demuxers)
    try:
        return LibsndfileSound(_Memory(content))
    except soundfile.LibsndfileError as error:
        raise refusals.unopened(error, content) from error


@dataclass(slots=True)
class _Decoding:
    """Samples of the links of a file, decoded one after the other.

    Attributes:
        max_seconds: longest accepted duration, in s.
        notes: what is unusual about the file.
        mixer: of the channels.
        parts: mono samples of each link.
        size: number of mono samples in `parts`.
        sample_rate: of all links, in Hz.
        channels: of all links.
        encoding: of the last link, libsndfile's subtype.
        any_sound: whether any of several mixed channels has a sample that is not zero.
    """

    max_seconds: float
    notes: list[str]
    mixer: Mixer
    parts: list[np.ndarray] = field(default_factory=list)
    size: int = 0
    sample_rate: int = 0
    channels: int = 0
    encoding: str = ""
    any_sound: bool = False

    def read(self, sound: Sound, lack: Lack | None) -> None:
        """Decode a link in blocks, mixed at once, so that memory is independent of the number of channels.

        Args:
            sound: the link.
            lack: what the file lacks by its container; None if that is not known.
        """
        self.begin(sound, lack)
        self._check_memory(sound.frames)
        signal, size = np.empty(0, np.float32), 0
        for block in self.blocks(sound):
            mono = block[:, 0] if self.channels == 1 else self._mixed(block)
            if not size and len(mono) == sound.frames:  # most recordings are one block, kept as it is
                signal, size = mono, len(mono)
                continue
            if size + len(mono) > len(signal):  # the header may declare no length, or one that is too short
                self._check_memory(size + len(mono))
                signal = signal if signal.flags.owndata else signal.copy()
                signal.resize(max(size + len(mono), 2 * len(signal), sound.frames), refcheck=False)
            signal[size : size + len(mono)] = mono
            size += len(mono)
        self.parts.append(signal[:size])

    def _mixed(self, block: np.ndarray) -> np.ndarray:
        """Mono samples of several channels."""
        self.any_sound = self.any_sound or (not self.mixer.use and bool(block.any()))
        with np.errstate(invalid="ignore", over="ignore"):  # NaN and infinity are rejected at the end
            return self.mixer.mono(block)

    def begin(self, sound: Sound, lack: Lack | None) -> None:
        """Check the header of a link.

        Args:
            sound: the link.
            lack: what the file lacks by its container; None if that is not known.
        """
        self._check_form(sound)
        self._check_length(sound, lack or sound.lack)

    def blocks(self, sound: Sound) -> Iterator[np.ndarray]:
        """Yield the samples of a link, shape (samples, channels), and check that none is missing."""
        size = 0
        try:
            for block in sound.blocks():
                self._check_duration(size + len(block))
                yield block
                size += len(block)
        except soundfile.LibsndfileError as error:
            raise refusals.undecoded(sound, size, refusals.reason(error)) from error
        self._check_decoded(sound, size)
        self.notes += sound.notes
        self.size += size

    def audio(self, min_seconds: float) -> Audio:
        """Return the whole recording, checked."""
        seconds = self.size / self.sample_rate
        if seconds < min_seconds:
            raise TooShortError(f"{seconds:.4g} s long, expected at least {min_seconds:g} s: leave it out")
        signal = self.parts[0] if len(self.parts) == 1 else np.concatenate(self.parts)
        _check_samples(signal, self.any_sound)
        notes: list[str | None] = [*self.notes, self.mixer.note]
        if self.encoding in scale.ENCODINGS:
            signal, note = scale.restored(signal, self.encoding)
            notes.append(note)
        return Audio(signal, self.sample_rate, self.channels, tuple(dict.fromkeys(filter(None, notes))))

    def _check_form(self, sound: Sound) -> None:
        if not MIN_SAMPLE_RATE <= sound.samplerate <= MAX_SAMPLE_RATE:
            raise UnsupportedAudioError(
                f"sample rate is {sound.samplerate} Hz, expected {MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE} Hz: "
                "convert the file"
            )
        if sound.channels > MAX_CHANNELS:
            raise UnsupportedAudioError(
                f"{sound.channels} channels, expected at most {MAX_CHANNELS}: mix it down"
            )
        if self.mixer.use and max(self.mixer.use) >= sound.channels:
            raise UnsupportedAudioError(
                f"channel {max(self.mixer.use) + 1} is chosen and the file has {sound.channels}: "
                "expected a channel that it has: pass --channel mix"
            )
        if self.sample_rate and (sound.samplerate, sound.channels) != (self.sample_rate, self.channels):
            raise UnsupportedAudioError(
                f"a part of {self.channels} channels at {self.sample_rate} Hz is followed by one of "
                f"{sound.channels} at {sound.samplerate} Hz: expected equal parts: split the file"
            )
        self.sample_rate, self.channels, self.encoding = sound.samplerate, sound.channels, sound.subtype

    def _check_length(self, sound: Sound, lack: Lack | None) -> None:
        """Check what the header says, before anything is decoded."""
        if lack and not lack.is_negligible(sound.frames / sound.samplerate):
            raise refusals.incomplete(lack)
        if lack:
            self.notes.append(SLIGHTLY_MORE)
        if sound.frames == UNDECLARED:  # the length is checked while decoding
            return
        if sound.frames == _OPEN_END:
            raise UnsupportedAudioError(
                "the header leaves the length open: expected a length: encode it again"
            )
        if sound.frames <= 0:
            raise NoSamplesError(
                "the header is valid, but no sample follows it: expected audio: record it again"
            )
        self._check_duration(sound.frames)

    def _check_duration(self, more: int) -> None:
        """Check the duration with a number of further samples."""
        frames = self.size + more
        if frames / self.sample_rate > self.max_seconds:
            raise TooLongError(
                f"{frames / self.sample_rate:.4g} s long, expected at most {self.max_seconds:g} s: "
                "cut it into utterances"
            )

    def _check_memory(self, more: int) -> None:
        """Check the number of samples with further ones: all of them are to be in memory."""
        frames = self.size + more
        if frames * self.channels > MAX_SAMPLES:
            raise TooLongError(
                f"{frames} samples of {self.channels} channels, expected at most {MAX_SAMPLES} in all: "
                "mix it down, resample it, or cut it into utterances"
            )

    def _check_decoded(self, sound: Sound, decoded: int) -> None:
        """Compare the number of samples with that of the header."""
        if decoded >= sound.frames - sound.slack:
            return
        if not Lack(sound.frames, decoded, "samples").is_negligible(sound.frames / sound.samplerate):
            raise refusals.undecoded(sound, decoded, "the data end early")
        self.notes.append(SLIGHTLY_MORE)


def _check_samples(signal: np.ndarray, any_sound: bool) -> None:
    if 0 < np.dot(signal, signal) < MAX_LEVEL:  # so no sample exceeds its root; quicker than the extremes
        return
    level = max(float(signal.max(initial=0)), -float(signal.min(initial=0)))
    if not isfinite(level):
        count = np.count_nonzero(~np.isfinite(signal))
        raise NonFiniteAudioError(
            f"{count} samples are NaN or infinite: expected finite samples: export it again"
        )
    if level == 0:
        reason = "the channels cancel each other out" if any_sound else "every sample is zero"
        raise SilentAudioError(f"digital silence, {reason}: expected speech: leave it out")
    if level > MAX_LEVEL:
        raise UnsupportedAudioError(
            f"the loudest sample is {level:.3g} times full scale, expected at most {MAX_LEVEL:.3g}: "
            "export it again"
        )
