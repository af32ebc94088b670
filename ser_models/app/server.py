"""The web server. The port is bound first, so that a port in use is reported before a model is loaded.

port → socket; artifacts → `Answers`; examples → `page.build` → Gradio ─┬→ `Guard` → `web.server.run`
first artifact → `stream.application` (WebSocket of the microphone) ────┘
"""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ser_features.extras import require
from ser_models.app.share import check_password, open_tunnel
from ser_models.web.server import LOCAL, bound, run

PORT = 7860
"""Default port."""
MAX_STREAM_MESSAGE = 2**20
"""Bytes of a message of the microphone."""
SHUTDOWN_SECONDS = 2
"""Time for open connections to finish when the server is stopped."""


@dataclass(frozen=True, slots=True)
class AppConfig:
    """What the page shows, and to whom.

    Attributes:
        artifacts: folders of one trained model, or of two that are compared.
        examples: folder with recordings to choose from; None for synthetic voices.
        password: that visitors have to enter; None for none.
        share: whether the page gets a public address, see `ser_models.app.share`.
    """

    artifacts: Sequence[Path]
    examples: Path | None = None
    password: str | None = None
    share: bool = False


def serve(config: AppConfig, *, host: str = LOCAL, port: int = PORT, ready: Callable[[str], None]) -> None:
    """Serve the page until the process is stopped.

    Args:
        config: what it shows.
        host: address to listen on.
        port: 0 selects a free one.
        ready: called with the address of the page once it can be opened, the public one if it is shared.

    Raises:
        MissingExtraError: if Gradio, or what the model needs, is not installed.
        InputError: if the host and port cannot be bound, the folder of examples has no recording, or the page
            is shared without a password or cannot be shared.
        ArtifactError: if an artifact is incomplete or altered.
    """
    require("ser app", "gradio", "websockets")
    if config.share:
        check_password(config.password)
    with bound(host, port) as sock, TemporaryDirectory(prefix="ser-app-") as folder:
        application = _application(config, Path(folder))
        address, port = sock.getsockname()[:2]
        public = open_tunnel(address, port, Path(folder)) if config.share else None
        run(
            application,
            sock,
            host,
            lambda local: ready(public or local),
            finish_seconds=SHUTDOWN_SECONDS,
            ws_max_size=MAX_STREAM_MESSAGE,
        )


def _configure_gradio(folder: Path) -> None:
    """Set Gradio's upload folder and turn off its network requests, before it is imported."""
    os.environ["GRADIO_TEMP_DIR"] = str(folder.resolve())
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"


def _application(config: AppConfig, folder: Path) -> Any:
    """Build the ASGI application, in some seconds."""
    from ser_models.app.answers import Answers
    from ser_models.app.clips import examples
    from ser_models.app.result import ResultRenderer
    from ser_models.inference.loading import load

    predictors = [load(artifact) for artifact in config.artifacts]  # first, as it may fail
    answers = Answers([ResultRenderer.of(one, number) for number, one in enumerate(predictors, start=1)])
    clips = examples(config.examples)
    _configure_gradio(folder)

    import gradio as gr

    from ser_models.app import limits, page, stream
    from ser_models.app.guard import Guard
    from ser_models.app.result import script, style
    from ser_models.app.uploads import Uploads

    uploads = Uploads(folder)
    options = {
        "theme": page.theme(),
        "css": style(),
        "js": script(),
        "allowed_paths": [],
        "blocked_paths": [str(artifact.resolve()) for artifact in config.artifacts],
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
    outer = stream.application(predictors[0])
    blocks = page.build(answers, clips, uploads)
    with redirect_stdout(sys.stderr):  # Gradio 6.0 prints to stdout, which is for the address only
        mounted = gr.mount_gradio_app(outer, blocks, path="/", **options)
    return Guard(mounted, uploads, config.password)
