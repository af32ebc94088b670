"""Audio file → mono float32 signal, or an `AudioError` with the exact reason.

bytes → `headers.check` → libsndfile's header checks → decode → mono mix → sample checks → `Audio`

>>> import numpy, soundfile, tempfile, pathlib
>>> path = pathlib.Path(tempfile.mkdtemp(), "tone.wav")
>>> soundfile.write(path, numpy.sin(numpy.arange(8000) / 10), 16000)
>>> audio = decode(path, min_seconds=0.1, max_seconds=600)
>>> audio.signal.dtype.name, audio.signal.size, audio.sample_rate, audio.channels
('float32', 8000, 16000, 1)
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np
import soundfile

from ser_features.audio import headers
from ser_features.audio.files import read_bytes
from ser_features.errors import (
    AudioError,
    EmptyFileError,
    NonFiniteAudioError,
    NoSamplesError,
    SilentAudioError,
    TooLongError,
    TooShortError,
    TruncatedAudioError,
    UnsupportedAudioError,
)
from ser_features.formats import EXPECTED
from ser_features.manifest import NOTE_SEPARATOR

MIN_SAMPLE_RATE = 1_000
MAX_SAMPLE_RATE = 384_000
MAX_CHANNELS = 64
MAX_SAMPLES = 1 << 27
"""Most samples over all channels, as a small file can declare more than fits into memory. Ten minutes of
studio stereo at 96 kHz have 115 million."""

MAX_LEVEL = 2.0**31
"""Floating-point files on the scale of 32-bit integers are accepted; squares of larger values overflow."""

BLOCK_SAMPLES = 1 << 20
"""Samples decoded at once (all channels), which bounds the memory whatever the header declares."""

UNKNOWN_LENGTH = 0x7FFF_0000
"""Programs that write to a pipe declare a size near 2³¹ or 2³², as the length is not known yet."""

# libsndfile logs a declared size that the file does not hold as "data : 96000 (should be 47978)".
# W64 has no such line for its data chunk, only for the whole file; RF64 says it in words.
_SIZE_MISMATCH = re.compile(r"^\s*(?:data|SSND|Data Size|riff)\s*: (\d+) \(should be (\d+)\)", re.MULTILINE)
_RF64_MISMATCH = re.compile(r"Calculated frame count (\d+) does not match value from 'ds64' chunk of (\d+)")

# libsndfile's error numbers; its MP3 decoder says 7 ("not a regular file") where it finds no frame.
_UNRECOGNISED, _UNSUPPORTED, _NO_FRAME = 1, 4, 7
_OPEN_END = 2**63 - 1

# MPEG frames hold up to 1152 samples, and encoder delay is not always declared.
_LOSSY_SLACK = 4 * 1152


@dataclass(frozen=True, slots=True)
class Audio:
    """A decoded recording.

    Attributes:
        signal: mono samples, float32, shape (n,), full scale at ±1; channels are averaged.
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


def decode(source: Path | bytes, *, min_seconds: float, max_seconds: float) -> Audio:
    """Decode an audio file of any format, rate, width and channel count that libsndfile reads.

    Args:
        source: the file, or its bytes.
        min_seconds: shortest accepted duration, in s.
        max_seconds: longest accepted duration, in s; checked before decoding.

    Returns:
        The mono signal at the file's own sample rate.

    Raises:
        AudioError: a subclass for each reason (see `ser_features.errors`).
    """
    content = source if isinstance(source, bytes) else read_bytes(source)
    if not content:
        raise EmptyFileError("the file has 0 bytes: expected audio: copy it again from its source")
    with _open(content) as sound:
        _check_header(sound, min_seconds, max_seconds)
        signal = _read_mono(sound)
        sample_rate, channels = sound.samplerate, sound.channels
    _check_duration(signal.size, sample_rate, min_seconds, max_seconds)
    return Audio(signal, sample_rate, channels)


class _Memory(io.BytesIO):
    """Bytes as a file; damaged headers make libsndfile seek to invalid positions, which must not raise."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move if possible, else stay."""
        try:
            return super().seek(offset, whence)
        except (ValueError, OverflowError):
            return self.tell()


def _open(content: bytes) -> soundfile.SoundFile:
    headers.check(content)
    try:
        return soundfile.SoundFile(_Memory(content))
    except soundfile.LibsndfileError as error:
        raise _refused(error, content) from error


def _refused(error: soundfile.LibsndfileError, content: bytes) -> AudioError:
    reason = _reason(error)
    if error.code in (_UNRECOGNISED, _NO_FRAME):
        return headers.not_audio(content, "no MPEG frame in it" if error.code == _NO_FRAME else reason)
    if error.code == _UNSUPPORTED or "unimplemented" in reason:
        return UnsupportedAudioError(
            f"libsndfile cannot decode it ({reason}): expected {EXPECTED}: convert it"
        )
    return TruncatedAudioError(
        f"truncated or damaged ({reason}): expected a complete file: copy it again from its source"
    )


def _reason(error: soundfile.LibsndfileError) -> str:
    return error.error_string.removeprefix("Error : ").rstrip(".")


def _check_header(sound: soundfile.SoundFile, min_seconds: float, max_seconds: float) -> None:
    if not MIN_SAMPLE_RATE <= sound.samplerate <= MAX_SAMPLE_RATE:
        raise UnsupportedAudioError(
            f"sample rate is {sound.samplerate} Hz, expected {MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE} Hz: "
            "convert the file"
        )
    if sound.channels > MAX_CHANNELS:
        raise UnsupportedAudioError(
            f"{sound.channels} channels, expected at most {MAX_CHANNELS}: mix it down"
        )
    declared = _declared_more(sound.extra_info)
    if declared:
        raise headers.incomplete(*declared)
    if sound.frames == _OPEN_END:
        raise UnsupportedAudioError(
            "the header leaves the length open, as FLAC from a pipe does, expected a length: encode it again"
        )
    if sound.frames <= 0:
        raise NoSamplesError("the header is valid, but no sample follows it: expected audio: record it again")
    _check_duration(sound.frames, sound.samplerate, min_seconds, max_seconds)
    if sound.frames * sound.channels > MAX_SAMPLES:
        raise TooLongError(
            f"{sound.frames} samples of {sound.channels} channels, expected at most {MAX_SAMPLES} in all: "
            "mix it down, resample it, or cut it into utterances"
        )


def _declared_more(log: str) -> tuple[int, int, str] | None:
    """(declared, held, unit) if data are missing according to libsndfile's log of the header."""
    for declared, held in _SIZE_MISMATCH.findall(log):
        if int(held) < int(declared) < UNKNOWN_LENGTH:
            return int(declared), int(held), "bytes"
    frames = _RF64_MISMATCH.search(log)
    if frames and int(frames[1]) < int(frames[2]):
        return int(frames[2]), int(frames[1]), "samples"
    return None


def _check_duration(frames: int, sample_rate: int, min_seconds: float, max_seconds: float) -> None:
    seconds = frames / sample_rate
    if seconds < min_seconds:
        raise TooShortError(f"{seconds:.4g} s long, expected at least {min_seconds:g} s: leave it out")
    if seconds > max_seconds:
        raise TooLongError(
            f"{seconds:.4g} s long, expected at most {max_seconds:g} s: cut it into utterances"
        )


def _read_mono(sound: soundfile.SoundFile) -> np.ndarray:
    """Decode and mix in blocks, so that memory is independent of the number of channels; check the result."""
    signal, size, any_sound = np.empty(sound.frames, np.float32), 0, False
    try:
        with np.errstate(invalid="ignore", over="ignore"):  # NaN and infinity are rejected below
            for block in _blocks(sound):
                any_sound = any_sound or bool(block.any())
                mono = block[:, 0] if sound.channels == 1 else block.mean(axis=1, dtype=np.float32)
                signal[size : size + len(block)] = mono
                size += len(block)
    except soundfile.LibsndfileError as error:
        raise _incomplete(sound, size, _reason(error)) from error
    slack = max(_LOSSY_SLACK, sound.frames // 100) if sound.subtype.startswith("MPEG") else 0
    if size < sound.frames - slack:
        raise _incomplete(sound, size, "the data end early")
    _check_samples(signal[:size], any_sound)
    return signal[:size]


def _blocks(sound: soundfile.SoundFile) -> Iterator[np.ndarray]:
    """Decoded samples, shape (samples, channels), as far as they go.

    `SoundFile.blocks` refuses formats that cannot seek, and repeats old samples where the data end early.
    """
    remaining = sound.frames
    while remaining > 0:
        size = min(BLOCK_SAMPLES // sound.channels, remaining)
        block = sound.read(size, dtype="float32", always_2d=True)
        yield block
        remaining = remaining - size if len(block) == size else 0


def _incomplete(sound: soundfile.SoundFile, decoded: int, reason: str) -> TruncatedAudioError:
    return TruncatedAudioError(
        f"the header says {sound.frames} samples, {decoded} could be decoded ({reason}): "
        "expected a complete file: copy it again from its source"
    )


def _check_samples(signal: np.ndarray, any_sound: bool) -> None:
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
