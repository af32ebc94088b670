"""Recordings in containers that PyAV reads, written by PyAV's encoders.

signal, container, codec → `media_file` → bytes
"""

import io
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Written:
    """A kind of file that can be written.

    Attributes:
        container: FFmpeg's name of the muxer.
        codec: FFmpeg's name of the encoder.
        rate: in Hz, one that the codec has.
        padding: by how many s the decoded sound may be longer than what was encoded, as the format does not
            declare the padding.
        delay: by how many s it may begin later.
    """

    container: str
    codec: str
    rate: int = 16_000
    padding: float = 0.0
    delay: float = 0.0

    @property
    def name(self) -> str:
        """Both names."""
        return f"{self.container}-{self.codec}"


WRITTEN = (
    Written("ipod", "aac"),
    Written("ipod", "alac"),
    Written("mp4", "mp3"),
    Written("mov", "pcm_s16le"),
    Written("mov", "pcm_f32le"),
    Written("3gp", "libopencore_amrnb", 8_000),
    Written("amr", "libopencore_amrnb", 8_000, padding=0.02, delay=0.01),
    Written("adts", "aac", padding=0.2, delay=0.07),
    Written("avi", "pcm_s16le"),
    Written("avi", "mp3", padding=0.2, delay=0.08),
    Written("webm", "libopus", 48_000),
    Written("matroska", "flac"),
    Written("matroska", "mp3", padding=0.01),
    Written("matroska", "aac", padding=0.1),
    Written("matroska", "pcm_s16le"),
    Written("asf", "wmav2", 44_100, padding=0.1, delay=0.05),
    Written("ac3", "ac3", 48_000, padding=0.05, delay=0.006),
    Written("eac3", "eac3", 48_000, padding=0.05, delay=0.006),
    Written("wv", "wavpack"),
    Written("tta", "tta"),
    Written("flv", "aac", 44_100, padding=0.1, delay=0.03),
    Written("mpegts", "mp2", 44_100, padding=0.05, delay=0.02),
)
"""Containers and codecs that PyAV's wheels write."""

BIT_RATE = 64_000


def media_file(kind: Written, signal: np.ndarray, **container_options: str) -> bytes:
    """Encode a signal.

    Args:
        kind: of file.
        signal: float32, shape (n,) or (n, channels), full scale at ±1, at the rate of the kind.
        container_options: FFmpeg's options of the muxer.
    """
    import av

    channels = 1 if signal.ndim == 1 else signal.shape[1]
    layout = {1: "mono", 2: "stereo"}.get(channels, f"{channels} channels")
    file = io.BytesIO()
    options = {"fflags": "bitexact"} | container_options  # else Matroska files have random identifiers
    with av.open(file, "w", format=kind.container, options=options) as container:
        stream = container.add_stream(kind.codec, rate=kind.rate, layout=layout, bit_rate=_bit_rate(kind))
        assert isinstance(stream, av.AudioStream), "all kinds are of audio"
        context = stream.codec_context
        context.open()
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(signal.reshape(len(signal), channels).T, dtype=np.float32), "fltp", layout
        )
        frame.sample_rate, frame.pts = kind.rate, 0
        resampler = av.AudioResampler(context.format, layout, kind.rate, context.frame_size or None)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return file.getvalue()


def _bit_rate(kind: Written) -> int | None:
    return 12_200 if "amrnb" in kind.codec else BIT_RATE
