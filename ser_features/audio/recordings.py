"""A row of a manifest → the bytes of its file, or of its part of a file, and the decoded signal.

`Recording` → `read_bytes` or `excerpt` → `decode` → `Decoded`
"""

from dataclasses import dataclass
from pathlib import Path

from ser_features.audio.decoder import Audio, decode
from ser_features.audio.excerpts import excerpt
from ser_features.audio.files import read_bytes
from ser_features.manifest import Recording

LONGEST = 3_600.0
"""Most seconds of a recording that is decoded; longer ones are refused unread."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A recording that was read.

    Attributes:
        content: bytes of the file; of a part, those of a WAV file of the part alone.
        audio: the decoded signal.
    """

    content: bytes
    audio: Audio


def decode_recording(recording: Recording, root: Path) -> Decoded:
    """Decode a recording of any duration up to `LONGEST`.

    Args:
        recording: the row; of a part of a file, only the part is decoded.
        root: folder that its path is below.

    Raises:
        AudioError: a subclass for each reason to refuse it.
    """
    path = root / recording.path
    if recording.is_part:
        content = excerpt(path, recording.start or 0.0, recording.end, longest=LONGEST).content
    else:
        content = read_bytes(path)
    channel = recording.audio_channel or 0
    return Decoded(content, decode(content, min_seconds=0.0, max_seconds=LONGEST, channel=channel))
