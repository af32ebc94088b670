"""A file, or a part or channel of one, of any duration up to an hour → its bytes and its decoded signal.

`Part` → `read_bytes` or `excerpt` → `decode` → `Decoded`
"""

from dataclasses import dataclass
from pathlib import Path

from ser_features.audio.decoder import Audio, decode
from ser_features.audio.excerpts import excerpt
from ser_features.audio.files import read_bytes
from ser_features.sources import Part

LONGEST = 3_600.0
"""Most seconds of a recording that is decoded; longer ones are refused unread."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A recording that was read.

    Attributes:
        content: bytes of the file; of a part in time, those of a WAV file of the part alone.
        audio: the decoded signal.
    """

    content: bytes
    audio: Audio


def read_part(part: Part) -> Decoded:
    """Decode a part of a file, or all of it.

    Args:
        part: where it is; without a channel, those with sound are averaged.

    Raises:
        AudioError: a subclass for each reason to refuse it.
    """
    path = Path(part.path)
    if part.start == 0 and part.end is None:
        content = read_bytes(path)
    else:
        content = excerpt(path, part.start, part.end, longest=LONGEST).content
    audio = decode(content, min_seconds=0.0, max_seconds=LONGEST, channel=part.channel or 0)
    return Decoded(content, audio)
