"""The web server. The port is bound first, so that a port in use is reported before a model is loaded.

port → socket; artifact → `ResultRenderer`; examples → `page.build` → Gradio → `Guard` → Uvicorn
"""

import errno
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ser_features.errors import InputError
from ser_features.extras import require

LOCAL, PORT = "127.0.0.1", 7860
"""Default address: reachable from this computer only."""
SHUTDOWN_SECONDS = 2
"""Time for open connections to finish when the server is stopped."""


def serve(artifact: Path, *, host: str = LOCAL, port: int = PORT, ready: Callable[[str], None]) -> None:
    """Serve the page of an artifact until the process is stopped.

    Args:
        artifact: folder of a trained model.
        host: address to listen on.
        port: 0 selects a free one.
        ready: called with the address of the page once it can be opened.

    Raises:
        MissingExtraError: if Gradio, or what the model needs, is not installed.
        InputError: if the host and port cannot be bound.
        ArtifactError: if the artifact is incomplete or altered.
    """
    require("ser app", "gradio")
    with bound(host, port) as sock, TemporaryDirectory(prefix="ser-app-") as folder:
        _run(_application(artifact, Path(folder)), sock, host, ready)


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
        return f"port {port} of {host} needs privileges, expected one above 1023: pass --port {PORT}"
    reason = error.strerror or str(error)
    return f"cannot listen on {host!r} ({reason}), expected an address of this computer: pass --host {LOCAL}"


def _configure_gradio(folder: Path) -> None:
    """Set Gradio's upload folder and turn off its network requests, before it is imported."""
    os.environ["GRADIO_TEMP_DIR"] = str(folder.resolve())
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"


def _application(artifact: Path, folder: Path) -> Any:
    """Build the ASGI application, in some seconds."""
    from ser_models.app.result import ResultRenderer
    from ser_models.inference.loading import load

    renderer = ResultRenderer.of(load(artifact))  # first, as it may fail
    _configure_gradio(folder)

    import fastapi
    import gradio as gr

    from ser_models.app import limits, page
    from ser_models.app.clips import examples
    from ser_models.app.guard import Guard
    from ser_models.app.result import style
    from ser_models.app.uploads import Uploads

    uploads = Uploads(folder)
    options = {
        "theme": page.theme(),
        "css": style(),
        "allowed_paths": [],
        "blocked_paths": [str(artifact.resolve())],
        "max_file_size": limits.MAX_BYTES,
        "show_error": False,
        "ssr_mode": False,
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "pwa": False,
        "mcp_server": False,
    }
    supported = signature(gr.mount_gradio_app).parameters  # differs between versions of Gradio
    options = {name: value for name, value in options.items() if name in supported}
    outer = fastapi.FastAPI(openapi_url=None)
    blocks = page.build(renderer, examples(), uploads)
    with redirect_stdout(sys.stderr):  # Gradio 6.0 prints to stdout, which is for the address only
        mounted = gr.mount_gradio_app(outer, blocks, path="/", **options)
    return Guard(mounted, uploads)


def _run(application: Any, sock: socket.socket, host: str, ready: Callable[[str], None]) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready(_address(host, sock.getsockname()[1]))

    config = uvicorn.Config(
        application,
        log_level="warning",
        ws="none",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        server_header=False,
    )
    with _sigterm_as_interrupt():
        Server(config).run(sockets=[sock])


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


@contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
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
