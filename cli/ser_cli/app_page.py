"""`ser app`: a trained model as a local web page."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ser_cli.options import Artifact, Port
from ser_cli.progress import say


def app_page(
    artifact: Artifact = Path("builtin"),
    port: Port = 7860,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 accepts connections from the network.")
    ] = "127.0.0.1",
) -> None:
    """Serve a local web page to record or upload speech and see the predictions; stop with Ctrl-C.

    Without an artifact it opens the model that comes with ser.

    Example: ser app artifacts/xgboost
    """
    from ser_features.extras import require
    from ser_models.app.server import serve

    require("ser app", "gradio")
    say("loading the model and preparing the examples")
    serve(artifact, host=host, port=port, ready=_ready)
    print("stopped", file=sys.stderr)


def _ready(address: str) -> None:
    print(address, flush=True)
    say("open this address in a browser; Ctrl-C stops the server")
