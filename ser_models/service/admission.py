"""How much the service takes on at a time: recordings, bytes in memory, open streams.

request → `Admission.recordings`, `.memory`, `.stream` → the block runs, or `Rejected` with 429 or 503
"""

from collections.abc import Iterator
from contextlib import contextmanager

from ser_models.service.config import ServiceConfig
from ser_models.web.body import Rejected
from ser_models.web.limits import MEGABYTE


class Admission:
    """Counts what is in progress, used from one event loop.

    Attributes:
        config: limits of the service.
        in_progress: recordings that wait or are processed.
        in_memory: bytes of uploads.
        streams: open WebSockets.
    """

    def __init__(self, config: ServiceConfig) -> None:
        self.config = config
        self.in_progress = 0
        self.in_memory = 0
        self.streams = 0

    @contextmanager
    def recordings(self, count: int) -> Iterator[None]:
        """Count recordings for the duration of the block.

        Raises:
            Rejected: with status 429 if there are too many.
        """
        if self.in_progress + count > self.config.max_recordings:
            raise Rejected(
                429,
                f"{self.in_progress} recordings are waiting, expected at most {self.config.max_recordings} "
                "with those of this request: try again later",
            )
        self.in_progress += count
        try:
            yield
        finally:
            self.in_progress -= count

    @contextmanager
    def memory(self, size: int) -> Iterator[None]:
        """Count bytes of an upload for the duration of the block.

        Raises:
            Rejected: with status 503 if there are too many.
        """
        if self.in_memory + size > self.config.max_memory:
            limit = self.config.max_memory // MEGABYTE
            raise Rejected(503, f"uploads fill the {limit} MB set aside for them: try again later")
        self.in_memory += size
        try:
            yield
        finally:
            self.in_memory -= size

    @contextmanager
    def stream(self) -> Iterator[None]:
        """Count a WebSocket for the duration of the block.

        Raises:
            Rejected: with status 429 if there are too many.
        """
        if self.streams >= self.config.max_streams:
            raise Rejected(
                429, f"{self.streams} streams are open, expected at most {self.config.max_streams}: try later"
            )
        self.streams += 1
        try:
            yield
        finally:
            self.streams -= 1
