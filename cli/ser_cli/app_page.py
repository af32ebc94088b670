"""`ser app`: a trained model, or two, as a local web page."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ser_cli.options import Artifact, Port
from ser_cli.progress import say


def app_page(
    artifact: Artifact = Path("builtin"),
    other: Annotated[
        Path | None, typer.Argument(help="Another trained model, shown beside the first.")
    ] = None,
    port: Port = 7860,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 accepts connections from the network.")
    ] = "127.0.0.1",
    examples: Annotated[
        Path | None,
        typer.Option(help="Folder with recordings to choose from, instead of synthetic voices."),
    ] = None,
    password: Annotated[
        str | None,
        typer.Option(envvar="SER_PASSWORD", help="Password that visitors have to enter; any user name."),
    ] = None,
    share: Annotated[
        bool,
        typer.Option(help="Open the page to the internet, through a server of Gradio; needs a --password."),
    ] = False,
) -> None:
    """Serve a local web page to speak or choose recordings and see the predictions; stop with Ctrl-C.

    Without an artifact it opens the model that comes with ser.

    Example: ser app artifacts/xgboost
    """
    from ser_features.extras import require
    from ser_models.app.server import AppConfig, serve
    from ser_models.app.share import MEANING

    require("ser app", "gradio")
    if share:
        say(MEANING)
    say("loading the model and preparing the examples")
    config = AppConfig([artifact] if other is None else [artifact, other], examples, password, share)
    serve(config, host=host, port=port, ready=_ready)
    print("stopped", file=sys.stderr)


def _ready(address: str) -> None:
    print(address, flush=True)
    say("open this address in a browser; Ctrl-C stops the server")
