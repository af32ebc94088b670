"""Audio file → its segments of speech, decoded block by block: memory does not grow with its length.

bytes → `decoder.stream_blocks` → channels, or their mix → resampled to 16 kHz → `SileroVad` → `Spans`
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soxr

from ser_features.audio import read_bytes
from ser_features.audio.channels import Mixer
from ser_features.audio.decoder import count_channels, stream_blocks
from ser_features.config import CHANNELS, Channel
from ser_features.vad.config import SegmentConfig
from ser_features.vad.silero import FRAME, RATE, SileroVad
from ser_features.vad.spans import Segment, Spans

PIECE_SECONDS = 10.0
"""Duration of the pieces that a block is resampled in."""


@dataclass(frozen=True, slots=True)
class Segmented:
    """The segments of a file.

    Attributes:
        segments: in order of time.
        seconds: duration of the file.
        notes: what is unusual about the file.
    """

    segments: tuple[Segment, ...]
    seconds: float
    notes: tuple[str, ...] = ()


def segments_of(
    audio: Path | bytes, channel: Channel | int = "mix", config: SegmentConfig | None = None
) -> Segmented:
    """Find the segments of speech of a file of any length.

    Args:
        audio: the file, or its bytes.
        channel: "mix" of those with sound, "left" or "right" alone, or "each" for segments of each channel of
            its own, as in calls with one person on each; or the number of one, from 1, or 0 for the mix.
        config: thresholds and durations; None for the defaults.

    Raises:
        AudioError: a subclass for each reason to refuse the file.
        MissingExtraError: if the extra vad is not installed.
    """
    content = audio if isinstance(audio, bytes) else read_bytes(audio)
    config = config or SegmentConfig()
    if channel == "each":
        return _segmented(content, [Mixer((index,)) for index in range(count_channels(content))], config)
    number = channel if isinstance(channel, int) else CHANNELS[channel]
    if number:
        return _segmented(content, [Mixer((number - 1,))], config)
    mixer = Mixer()
    segmented = _segmented(content, [mixer], config)
    if other := mixer.again():
        segmented = _segmented(content, [other], config)
        segmented = replace(segmented, notes=(*segmented.notes, *filter(None, [other.note])))
    return replace(segmented, segments=tuple(replace(one, channel=None) for one in segmented.segments))


class _Track:
    """Finds the segments of a channel, or of a mix."""

    def __init__(self, mixer: Mixer, config: SegmentConfig) -> None:
        self._mixer = mixer
        self._vad, self._spans = SileroVad(), Spans(config, FRAME / RATE)
        self._resampler: soxr.ResampleStream | None = None
        self._peak = 1.0
        self._segments: list[Segment] = []

    def add(self, block: np.ndarray, rate: int) -> None:
        """Continue with a block, shape (samples, channels)."""
        self._resampler = self._resampler or soxr.ResampleStream(rate, RATE, 1, dtype="float32")
        mono = np.nan_to_num(self._mono(block), posinf=0, neginf=0)
        self._peak = max(self._peak, float(np.abs(mono).max(initial=0)))  # of integers in a float file
        self._detect(self._resampler.resample_chunk(mono / np.float32(self._peak)))

    def end(self, seconds: float) -> list[Segment]:
        """Return the segments.

        Args:
            seconds: duration of the file.
        """
        if self._resampler is not None:
            self._detect(self._resampler.resample_chunk(np.zeros(0, np.float32), last=True), is_last=True)
        self._segments += self._spans.end(seconds)
        channel = self._mixer.use[0] + 1 if len(self._mixer.use) == 1 else None
        return [replace(segment, channel=channel) for segment in self._segments]

    def _mono(self, block: np.ndarray) -> np.ndarray:
        return block[:, 0] if block.shape[1] == 1 else self._mixer.mono(block)

    def _detect(self, samples: np.ndarray, *, is_last: bool = False) -> None:
        self._segments += self._spans.add(self._vad.probabilities(samples, is_last=is_last))


def _segmented(content: bytes, mixers: Sequence[Mixer], config: SegmentConfig) -> Segmented:
    """The segments of each mixer's signal; the file is decoded once."""
    notes: list[str] = []
    tracks = [_Track(mixer, config) for mixer in mixers]
    samples = rate = 0
    for block, rate in stream_blocks(content, notes, tuple(index for one in mixers for index in one.use)):
        step = round(PIECE_SECONDS * rate)
        for start in range(0, len(block), step):
            for track in tracks:
                track.add(block[start : start + step], rate)
        samples += len(block)
    seconds = samples / rate if rate else 0.0
    segments = [segment for track in tracks for segment in track.end(seconds)]
    segments.sort(key=lambda segment: (segment.start, segment.channel or 0))
    return Segmented(tuple(segments), seconds, tuple(dict.fromkeys(notes)))
