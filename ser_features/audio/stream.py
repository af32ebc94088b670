"""What the decoder reads: a `Stream`, made by the module of the container, and the `Sound` of each link."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from ser_features.errors import UnsupportedAudioError

UNKNOWN_LENGTH = 0x7FFF_0000
"""Programs that write to a pipe declare a size near 2³¹ or 2³², as the length is not known yet."""

LONGEST_HEADER = 128
"""Programs that count the header into the size of the data have headers of at most this many bytes."""

MAX_LACK_SHARE, MAX_LACK_SECONDS = 0.01, 0.1
"""A file is read although it holds less than its header declares if at most so many seconds are missing, and
these are at most this part of it or `LONGEST_HEADER` bytes."""

BLOCK_SAMPLES = 1 << 20
"""Samples decoded at once (all channels), which bounds the memory whatever the header declares."""

LOSSY_SLACK = 4 * 1152
"""Samples by which the length of a lossy file may differ from the one in its header: MPEG frames hold up to
1152, and encoder delay is not always declared."""

UNDECLARED = -1
"""Number of samples of a file whose header does not declare it."""

MAX_JOINED = 100
"""Most files in one."""

NEVER_FILLED_IN = "the header has no size of the samples, all that follows is taken for them"
"""Note on a file whose size of the data was never filled in."""

LEFT_OUT = "bytes behind the data are left out, the header may declare too few"
"""Note on a file that goes on behind its data, by more than a program would append."""

SLIGHTLY_MORE = "the header declares slightly more than the file holds"
"""Note on a file of which a negligible part is missing."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A header that declares more than the file holds.

    Attributes:
        declared: by the header, in `unit`.
        held: by the file, in `unit`.
        unit: "bytes" or "samples".
    """

    declared: int
    held: int
    unit: str

    def is_negligible(self, seconds: float) -> bool:
        """Whether so little is missing that the file is read.

        Args:
            seconds: duration of the recording, in s.
        """
        share = 1 - self.held / self.declared
        is_header = self.unit == "bytes" and self.declared - self.held <= LONGEST_HEADER
        return (is_header or share <= MAX_LACK_SHARE) and share * seconds <= MAX_LACK_SECONDS


@dataclass(frozen=True, slots=True)
class Stream:
    """A file as the decoder reads it.

    Attributes:
        links: contents to decode one after the other; mostly one, that of the file itself.
        notes: what is unusual about the file, as in `Audio.notes`.
        lack: what is missing at its end; None if nothing is.
        demuxers: FFmpeg's names of those that read the links, as in `Foreign`; empty if libsndfile does.
    """

    links: tuple[bytes, ...]
    notes: tuple[str, ...] = ()
    lack: Lack | None = None
    demuxers: str = ""


class Sound(Protocol):
    """An opened link."""

    @property
    def samplerate(self) -> int:
        """Sample rate, in Hz."""

    @property
    def channels(self) -> int:
        """Number of channels."""

    @property
    def frames(self) -> int:
        """Number of samples per channel that the header declares, or `UNDECLARED`."""

    @property
    def subtype(self) -> str:
        """The encoding, by libsndfile's name if it has one."""

    @property
    def slack(self) -> int:
        """Number of declared samples that may be missing."""

    @property
    def lack(self) -> Lack | None:
        """What is missing according to the header."""

    @property
    def notes(self) -> Sequence[str]:
        """What is unusual, complete after the last block."""

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield the samples, float32, shape (samples, channels), as far as they go."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


def joined(streams: Sequence[Stream], what: str) -> Stream:
    """Files that stand one after the other in one, as one stream.

    Args:
        streams: at least one.
        what: a file of theirs, such as "FLAC".

    Raises:
        UnsupportedAudioError: if there are more than `MAX_JOINED`.
    """
    if len(streams) == 1:
        return streams[0]
    if len(streams) > MAX_JOINED:
        raise UnsupportedAudioError(
            f"more than {MAX_JOINED} {what} files one after the other: expected one: split it"
        )
    return Stream(
        links=tuple(link for stream in streams for link in stream.links),
        notes=(
            f"{len(streams)} {what} files one after the other",
            *(note for stream in streams for note in stream.notes),
        ),
        lack=next((stream.lack for stream in streams if stream.lack), None),
    )
