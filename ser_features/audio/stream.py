"""What the decoder is given of a file: `Stream`, made by the module of its container."""

from dataclasses import dataclass

UNKNOWN_LENGTH = 0x7FFF_0000
"""Programs that write to a pipe declare a size near 2³¹ or 2³², as the length is not known yet."""

MAX_LACK_SHARE, MAX_LACK_SECONDS = 0.01, 0.1
"""A file is read although it holds less than its header declares if at most this part of it, and at most so
many seconds, are missing: some programs count the header into the size of the data."""

NEVER_FILLED_IN = "the header has no size of the samples, all that follows is taken for them"
"""Note on a file whose size of the data was never filled in."""

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
        return share <= MAX_LACK_SHARE and share * seconds <= MAX_LACK_SECONDS


@dataclass(frozen=True, slots=True)
class Stream:
    """A file as the decoder reads it.

    Attributes:
        links: contents to decode one after the other; mostly one, that of the file itself.
        notes: what is unusual about the file, as in `Audio.notes`.
        lack: what is missing at its end; None if nothing is.
    """

    links: tuple[bytes, ...]
    notes: tuple[str, ...] = ()
    lack: Lack | None = None
