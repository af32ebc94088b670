"""The web server. The port is bound first, so that a port in use is reported before a model is loaded.

port → socket; artifact → `ResultRenderer`; examples → `page.build` → Gradio → `Guard` → `web.server.run`
"""

import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ser_features.extras import require
from ser_models.web.server import LOCAL, bound, run

PORT = 7860
"""Default port."""
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
        application = _application(artifact, Path(folder))
        run(application, sock, host, ready, finish_seconds=SHUTDOWN_SECONDS, ws="none")


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
        "max_file_size": limits.RECORDING.max_bytes,
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
