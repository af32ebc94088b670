"""`ser app`: a trained model on a page of this computer."""

import sys
from typing import Annotated

import typer

from ser_cli.options import Artifact
from ser_cli.progress import say


def serve(
    artifact: Artifact,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Where to listen; 0: any free port.")] = 7860,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 lets the whole network in.")
    ] = "127.0.0.1",
) -> None:
    """Open a page where you speak or upload, and see what the model hears; ends with Ctrl-C.

    Example: ser app artifacts/xgboost
    """
    from ser_models.app.server import serve as serve_page

    say("loading the model and making the examples")
    serve_page(artifact, host=host, port=port, ready=_ready)
    print("stopped", file=sys.stderr)


def _ready(address: str) -> None:
    print(address, flush=True)
    say("open it in a browser; Ctrl-C ends it")
