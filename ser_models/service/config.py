"""Options and limits of the service, checked.

>>> ServiceConfig(token="secret")
Traceback (most recent call last):
...
ser_features.errors.InputError: the token has 6 characters, expected at least 16: python -c ...
>>> check_exposure("0.0.0.0", ServiceConfig())
Traceback (most recent call last):
...
ser_features.errors.InputError: 0.0.0.0 is reachable from the network and there is no token: pass --token ...
"""

import ipaddress
from dataclasses import dataclass, field

from ser_features.errors import InputError
from ser_models.web.limits import MEGABYTE, Limits

MIN_TOKEN = 16
"""Fewest characters of a token, so that it cannot be guessed."""
NEW_TOKEN = 'python -c "import secrets; print(secrets.token_urlsafe(32))"'
"""Command that prints a token."""


@dataclass(frozen=True, slots=True)
class ServiceConfig:
    """Options of the service.

    Attributes:
        token: that requests have to carry; None for none.
        workers: processes that compute features; None for one per core.
        recording: limits of one recording.
        max_files: recordings of one request.
        timeout: longest duration of a request, waiting included, in s.
        max_recordings: recordings that wait or are processed at the same time; more are rejected.
        max_memory: bytes of all uploads in memory at the same time.
        max_streams: open WebSockets.
        max_stream_seconds: sound of one WebSocket, in s.

    Raises:
        InputError: if the token is short or no header can carry it, or a number is not positive.
    """

    token: str | None = None
    workers: int | None = None
    recording: Limits = field(default_factory=Limits)
    max_files: int = 16
    timeout: float = 60.0
    max_recordings: int = 512
    max_memory: int = 512 * MEGABYTE
    max_streams: int = 4
    max_stream_seconds: float = 600.0

    def __post_init__(self) -> None:
        if self.token is not None:
            _check_token(self.token)
        for name in ("timeout", "max_files"):
            if not getattr(self, name) > 0:
                raise InputError(f"{name} is {getattr(self, name)}, expected more than 0")

    @property
    def max_request(self) -> int:
        """Bytes of one request: four of the largest recordings, and the form around them."""
        return 4 * self.recording.max_bytes + MEGABYTE


def _check_token(token: str) -> None:
    if len(token) < MIN_TOKEN:
        raise InputError(f"the token has {len(token)} characters, expected at least {MIN_TOKEN}: {NEW_TOKEN}")
    if not all("!" <= character <= "~" for character in token):
        raise InputError(f"the token has spaces or other letters than ASCII, expected none: {NEW_TOKEN}")


def check_exposure(host: str, config: ServiceConfig) -> None:
    """Refuse to offer a service without a token to other computers.

    Args:
        host: address to listen on.
        config: options of the service.

    Raises:
        InputError: if the address is not this computer's alone, and there is no token.
    """
    if config.token is None and not _is_local(host):
        raise InputError(
            f"{host} is reachable from the network and there is no token: pass --token or set SER_TOKEN, "
            "or say --no-token"
        )


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
