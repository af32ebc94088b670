"""An ASGI application on a port. The port is bound first, so that one in use is reported before any work.

host, port → `bound` → socket; application, socket → `run` (Uvicorn) → stop → open requests finish
"""

import errno
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ser_features.errors import InputError

LOCAL = "127.0.0.1"
"""Default address: reachable from this computer only."""
UNPRIVILEGED = 7860
"""A port that every user may listen on."""


@contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """Bind a socket for the duration of the block.

    Raises:
        InputError: if the port is in use, or the address does not belong to this computer.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        sock = socket.create_server((host, port), family=family)
    except OSError as error:
        raise InputError(_bind_error(host, port, error)) from error
    with sock:
        yield sock


def _bind_error(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is in use, expected a free one: pass --port {port + 1}, or another"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"port {port} of {host} needs privileges, expected one above 1023: pass --port {UNPRIVILEGED}"
    reason = error.strerror or str(error)
    return f"cannot listen on {host!r} ({reason}), expected an address of this computer: pass --host {LOCAL}"


def run(
    application: Any,
    sock: socket.socket,
    host: str,
    ready: Callable[[str], None],
    *,
    finish_seconds: float,
    **options: Any,
) -> None:
    """Serve an application until the process is stopped by Ctrl-C or SIGTERM.

    Args:
        application: of ASGI.
        sock: from `bound`.
        host: as the address names it.
        ready: called with the address once requests are accepted.
        finish_seconds: time that open requests have to finish after the stop, in s.
        options: others of `uvicorn.Config`.
    """
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready(address(host, sock.getsockname()[1]))

    config = uvicorn.Config(
        application,
        log_level="warning",
        timeout_graceful_shutdown=int(finish_seconds),
        server_header=False,
        **options,
    )
    with sigterm_as_interrupt():
        Server(config).run(sockets=[sock])


def address(host: str, port: int) -> str:
    """Return the URL of a server.

    >>> address("::1", 80)
    'http://[::1]:80/'
    """
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """End the block on Ctrl-C and on SIGTERM, so that enclosing context managers are closed."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
