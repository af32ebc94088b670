"""Long audio file → parts of it, decoded one after the other: memory does not grow with its length.

bytes → `decoder.stream_blocks` → samples of a part → WAV in memory → decoded as a file → `Part`

>>> import numpy, soundfile, io
>>> from ser_features.audio import decode
>>> file = io.BytesIO()
>>> soundfile.write(file, 0.5 * numpy.sin(numpy.arange(40_000) / 10), 16000, format="WAV")
>>> stream = parts(file.getvalue(), lambda part: decode(part, min_seconds=0.1, max_seconds=9), 1.0, 0.5)
>>> [(part.start, part.seconds, part.is_last) for part in stream]
[(0.0, 1.5, False), (1.0, 1.5, True)]
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ser_features.audio.decoder import Audio, stream_blocks
from ser_features.errors import SilentAudioError
from ser_features.sources import encoded


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a recording.

    Attributes:
        start: in s from the start of the recording.
        seconds: duration, in s.
        audio: the part, decoded as a recording of its own; None if it is digital silence.
        is_last: whether the recording ends with it.
        notes: on the whole file, known with the last part.
    """

    start: float
    seconds: float
    audio: Audio | None
    is_last: bool
    notes: tuple[str, ...] = ()


def parts(
    content: bytes, decode_part: Callable[[bytes], Audio], longest: float, overlap: float
) -> Iterator[Part]:
    """Yield parts of `longest` s, each with the first `overlap` s of the next; the last is the rest.

    Args:
        content: bytes of an audio file.
        decode_part: decodes a WAV with the samples of a part.
        longest: step from part to part, in s.
        overlap: in s.

    Raises:
        AudioError: a subclass for each reason to refuse the file, also after some parts.
    """
    notes: list[str] = []
    pending: list[np.ndarray] = []
    size, start, rate = 0, 0, 0

    def part(samples: np.ndarray, *, is_last: bool) -> Part:
        try:
            audio = decode_part(encoded(samples, rate))
        except SilentAudioError:
            audio = None
        return Part(start / rate, len(samples) / rate, audio, is_last, tuple(notes))

    for block, rate in stream_blocks(content, notes):
        pending.append(block)
        size += len(block)
        step, whole = round(longest * rate), round((longest + overlap) * rate)
        while size > whole:
            samples = np.concatenate(pending)
            yield part(samples[:whole], is_last=False)
            pending, size, start = [samples[step:]], size - step, start + step
    yield part(np.concatenate(pending), is_last=True)
