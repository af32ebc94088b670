"""The page on a port: bound first, so that a port in use is said before a model is loaded.

port → socket; artifact → `Answers`; examples → `page.build` → Gradio → `Guard` → Uvicorn, until it is stopped
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
"""Where the page is unless something else is asked for: this computer alone reaches it."""
LAST_WORDS = 2
"""Seconds that open connections get when the server is stopped."""


def serve(artifact: Path, *, host: str = LOCAL, port: int = PORT, ready: Callable[[str], None]) -> None:
    """Serve the page of an artifact until the process is told to stop.

    Args:
        artifact: folder of a trained model.
        host: address to listen on.
        port: 0 takes any that is free.
        ready: told the page's address once it can be opened.

    Raises:
        MissingExtraError: if Gradio, or what the model needs, is not installed.
        InputError: if there is no listening on that host and port.
        ArtifactError: if the artifact is incomplete or altered.
    """
    require("ser app", "gradio")
    with bound(host, port) as listening, TemporaryDirectory(prefix="ser-app-") as folder:
        _run(_application(artifact, Path(folder)), listening, host, ready)


@contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """Listen on an address for as long as the block runs.

    Raises:
        InputError: if the port is taken, or the address is none of this computer.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise InputError(_unbound(host, port, error)) from error
    with listening:
        yield listening


def _unbound(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is in use, expected a free one: pass --port {port + 1}, or another"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"port {port} of {host} is not ours to take, expected one above 1023: pass --port {PORT}"
    reason = error.strerror or str(error)
    return f"cannot listen on {host!r} ({reason}), expected an address of this computer: pass --host {LOCAL}"


def _quiet(folder: Path) -> None:
    """Tell Gradio, before it is imported, to keep uploads in a folder of our own and to call nobody."""
    os.environ["GRADIO_TEMP_DIR"] = str(folder.resolve())
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"


def _application(artifact: Path, folder: Path) -> Any:
    """Put the page together; takes some seconds."""
    from ser_models.app.answer import Answers
    from ser_models.inference.predictor import load

    answers = Answers.of(load(artifact))  # first, as it is what may fail
    _quiet(folder)

    import fastapi
    import gradio as gr

    from ser_models.app import limits, page
    from ser_models.app.answer import style
    from ser_models.app.clips import examples
    from ser_models.app.guard import Guard
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
    known = signature(gr.mount_gradio_app).parameters  # not every version has every switch
    options = {name: value for name, value in options.items() if name in known}
    outer = fastapi.FastAPI(openapi_url=None)
    built = page.build(answers, examples(), uploads)
    with redirect_stdout(sys.stderr):  # Gradio 6.0 prints there, where the address alone shall stand
        mounted = gr.mount_gradio_app(outer, built, path="/", **options)
    return Guard(mounted, uploads)


def _run(application: Any, listening: socket.socket, host: str, ready: Callable[[str], None]) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready(_address(host, listening.getsockname()[1]))

    config = uvicorn.Config(
        application, log_level="warning", ws="none", timeout_graceful_shutdown=LAST_WORDS, server_header=False
    )
    with _stopped_politely():
        Server(config).run(sockets=[listening])


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


@contextmanager
def _stopped_politely() -> Iterator[None]:
    """End the block by Ctrl-C and SIGTERM alike, so that what stands around it can tidy up."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
