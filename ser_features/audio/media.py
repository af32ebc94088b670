"""Sound of containers that libsndfile does not read, decoded by PyAV, whose wheels contain FFmpeg.

bytes, demuxers → checks of the container → its default audio stream → decoder → blocks of samples

The file may be hostile, therefore:

- it is opened from memory and no protocol is allowed, so that nothing it refers to is opened;
- only the demuxers of the format that its first bytes state are allowed, which excludes playlists, and only
  decoders of audio, so that no picture is decoded;
- the length that the container declares is checked before anything is decoded.

Source: FFmpeg's documentation of `format_whitelist`, `codec_whitelist` and `protocol_whitelist`.
"""

import io
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer

from ser_features.audio import containers, refusals
from ser_features.audio.refusals import COPY
from ser_features.audio.stream import BLOCK_SAMPLES, LOSSY_SLACK, UNDECLARED
from ser_features.errors import (
    AudioError,
    NoSamplesError,
    NotAudioError,
    TruncatedAudioError,
    UnsupportedAudioError,
)
from ser_features.foreign import identify

DECODERS = (
    "aac,aac_latm,ac3,adpcm_ima_qt,adpcm_ima_wav,adpcm_ms,adpcm_swf,adpcm_yamaha,alac,amrnb,amrwb,ape,"
    "cook,dca,dsd_lsbf,dsd_lsbf_planar,dsd_msbf,dsd_msbf_planar,eac3,evrc,flac,g722,g723_1,g726,g726le,"
    "g729,gsm,gsm_ms,ilbc,mp1float,mp2,mp2float,mp3,mp3float,mpc7,mpc8,nellymoser,opus,pcm_alaw,"
    "pcm_bluray,pcm_dvd,pcm_f32be,pcm_f32le,pcm_f64be,pcm_f64le,pcm_mulaw,pcm_s16be,pcm_s16be_planar,"
    "pcm_s16le,pcm_s16le_planar,pcm_s24be,pcm_s24le,pcm_s24le_planar,pcm_s32be,pcm_s32le,"
    "pcm_s32le_planar,pcm_s8,pcm_s8_planar,pcm_u8,qcelp,qdm2,ra_144,ra_288,ralf,sipr,speex,tak,"
    "truespeech,tta,vorbis,wavpack,wmalossless,wmapro,wmav1,wmav2,wmavoice"
)
"""FFmpeg's names of the decoders of recordings."""

ENCODINGS = {"pcm_f32": "FLOAT", "pcm_f64": "DOUBLE", "pcm_s32": "PCM_32"}
"""libsndfile's name of an encoding by the first letters of FFmpeg's, for `scale.restored`."""

TICK = 0.002
"""By how many s a declared duration in ms may differ from the sound."""

LAST_PACKET = "the last packet cannot be decoded"
"""Note on a file that breaks off within its last packet."""


class MediaSound:
    """The default audio stream of a container, as `stream.Sound`.

    Args:
        content: the complete file.
        demuxers: FFmpeg's names of those that may read it, separated by commas.

    Raises:
        AudioError: if the container is incomplete or damaged, or has no sound that can be decoded.
    """

    def __init__(self, content: bytes, demuxers: str) -> None:
        self._name = form.name if (form := identify(content)) else "the file"
        self._demuxers = demuxers
        self._content = content
        self.lack = containers.lack(content, demuxers)
        self._container = self._opened()
        self._stream = self._default_stream()
        self.notes = self._notes()
        self.samplerate = self.channels = 0
        self._decoded = self._decode()
        self._first = next(self._decoded, None)
        if self._first is None:
            raise self._empty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    @cached_property
    def frames(self) -> int:
        """Number of samples per channel that the container declares, or `UNDECLARED`."""
        seconds = self._declared_seconds()
        return UNDECLARED if seconds is None else round(seconds * self.samplerate)

    @cached_property
    def slack(self) -> int:
        """Number of declared samples that may be missing: durations are in ms."""
        return round(TICK * self.samplerate) if self._is_lossless() else LOSSY_SLACK

    @property
    def subtype(self) -> str:
        """The encoding, by libsndfile's name if there is one for `scale.restored`."""
        codec = self._stream.codec_context.name
        return ENCODINGS.get(codec[:7], codec.upper())

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield the samples, float32, shape (samples, channels), as far as they go.

        The padding that an encoder adds at the end of an MP4 file is left out, as the container declares the
        length without it.
        """
        size, pending, held = BLOCK_SAMPLES // self.channels, [], 0
        left = self.frames if self._is_padded() else UNDECLARED
        for samples in self._all():
            pending.append(samples)
            held += len(samples)
            if held >= size + self.slack:
                block = np.concatenate(pending)
                yield block[:size]
                pending, held = [block[size:]], held - size
                left = max(left - size, 0) if left >= 0 else left
        end = left if 0 <= left <= held <= left + self.slack else held
        if end:
            yield np.concatenate(pending)[:end]

    def _all(self) -> Iterator[np.ndarray]:
        """Yield the samples of every packet, of which the first is decoded already."""
        assert self._first is not None, "checked when the file is opened"
        yield self._first
        yield from self._decoded

    def _decode(self) -> Iterator[np.ndarray]:
        """Yield the samples of each decoded packet.

        Raises:
            TruncatedAudioError: if a packet other than the last cannot be decoded.
            UnsupportedAudioError: if the rate or the number of channels changes.
        """
        failure: Exception | None = None
        try:
            for packet in self._container.demux(self._stream):
                if failure is not None and packet.size:
                    raise failure
                try:
                    frames = packet.decode()
                except av.FFmpegError as error:
                    failure = error
                else:
                    yield from map(self._samples, frames)
        except av.FFmpegError as error:
            raise self._damaged(error) from error
        if failure is not None:
            self.notes.append(LAST_PACKET)

    def _samples(self, frame: Any) -> np.ndarray:
        """The samples of a frame, float32, shape (samples, channels), full scale at ±1."""
        form = frame.sample_rate, len(frame.layout.channels)
        if not self.channels:
            self.samplerate, self.channels = form  # which a decoder knows only now, such as that of HE-AAC
        elif form != (self.samplerate, self.channels):
            raise UnsupportedAudioError(
                f"a part of {self.channels} channels at {self.samplerate} Hz is followed by one of "
                f"{form[1]} at {form[0]} Hz: expected equal parts: split the file"
            )
        samples = frame.to_ndarray()
        samples = samples.T if frame.format.is_planar else samples.reshape(-1, self.channels)
        values: np.ndarray = samples.astype(np.float32)
        if samples.dtype.kind == "f":
            return values
        values /= np.float32(2.0 ** (8 * samples.itemsize - 1))
        return values - np.float32(1) if samples.dtype.kind == "u" else values

    def _opened(self) -> InputContainer:
        options = {
            "protocol_whitelist": "none",
            "format_whitelist": self._demuxers,
            "codec_whitelist": DECODERS,
        }
        try:
            return av.open(io.BytesIO(self._content), "r", options=options, io_open=_refuse)
        except (av.FFmpegError, ValueError, OSError) as error:
            raise self._damaged(error) from error

    def _default_stream(self) -> AudioStream:
        """The audio stream that is marked as the default, else the first.

        Raises:
            NotAudioError: if there is none.
            UnsupportedAudioError: if its encoding is not read.
        """
        streams = self._container.streams.audio
        if not streams and self.lack is None:
            raise NotAudioError(f"{self._name} without sound: expected an audio stream: leave it out")
        default = [stream for stream in streams if stream.disposition & av.stream.Disposition.default]
        stream = next(iter((*default, *streams)), None)
        if stream is None or stream.codec_context is None:
            raise self._undecoded("unknown")
        if stream.codec_context.name not in DECODERS.split(","):
            raise self._undecoded(stream.codec_context.name)
        stream.codec_context.thread_type = "NONE"
        return stream

    def _notes(self) -> list[str]:
        count = len(self._container.streams.audio)
        return [f"{count} audio streams, only one is used"] if count > 1 else []

    def _declared_seconds(self) -> Fraction | None:
        """Duration that the container declares; None if it declares none."""
        if self._demuxers in containers.WITHOUT_DURATION:
            return None
        if self._stream.duration and self._stream.time_base:
            return self._stream.duration * self._stream.time_base
        if (seconds := containers.tagged_seconds(self._stream.metadata)) is not None:
            return seconds
        is_alone = len(self._container.streams) == 1 and containers.declares_duration(self._content)
        duration = self._container.duration if is_alone else None
        return Fraction(duration, av.time_base) if duration else None

    def _is_padded(self) -> bool:
        """Whether the decoder may give more samples than the container declares."""
        return self._demuxers == containers.MP4 and not self._is_lossless()

    def _is_lossless(self) -> bool:
        return bool(self._stream.codec_context.codec.lossless)

    def _empty(self) -> AudioError:
        if seconds := self._declared_seconds():
            return TruncatedAudioError(
                f"{self._name}: the header says {float(seconds):.4g} s, nothing could be decoded: {COPY}"
            )
        return NoSamplesError(f"{self._name}: no sample follows the header: expected audio: record it again")

    def _undecoded(self, codec: str) -> AudioError:
        if self.lack is not None:
            return refusals.incomplete(self.lack)
        return UnsupportedAudioError(
            f"{self._name} in an encoding that is not read ({codec}): expected one of speech or music: "
            "convert it: ffmpeg -i FILE.mp4 FILE.wav"
        )

    def _damaged(self, error: Exception) -> AudioError:
        if self.lack is not None:
            return refusals.incomplete(self.lack)
        return TruncatedAudioError(
            f"{self._name} is truncated or damaged ({getattr(error, 'strerror', None) or error}): {COPY}"
        )


def _refuse(url: str, *_: object) -> Any:
    """Open nothing that a file refers to."""
    raise OSError(f"{url} is not opened")
