"""`ser serve`: a trained model as an HTTP service."""

import sys
from typing import Annotated

import typer

from ser_cli.options import Artifact, Port
from ser_cli.progress import say


def serve(
    artifact: Artifact,
    port: Port = 8000,
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than 127.0.0.1 need a token.")
    ] = "127.0.0.1",
    token: Annotated[
        str | None,
        typer.Option(envvar="SER_TOKEN", help="Requests must carry it: Authorization: Bearer TOKEN."),
    ] = None,
    no_token: Annotated[
        bool, typer.Option("--no-token", help="Let other computers use it without a token.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that compute features; default: one per core.")
    ] = None,
    max_mb: Annotated[float, typer.Option(min=0.001, help="Largest recording, in MB.")] = 10.0,
    max_seconds: Annotated[float, typer.Option(min=1.0, help="Longest recording, in s.")] = 60.0,
    max_files: Annotated[int, typer.Option(min=1, help="Most recordings of one request.")] = 16,
    timeout: Annotated[
        float, typer.Option(min=1.0, help="Longest duration of a request, waiting included, in s.")
    ] = 60.0,
) -> None:
    """Serve a trained model to programs over HTTP; stop with Ctrl-C.

    Example: ser serve artifacts/xgboost
    """
    from ser_features.extras import require
    from ser_models.service.config import ServiceConfig
    from ser_models.service.server import PACKAGES
    from ser_models.service.server import serve as serve_artifact
    from ser_models.web.limits import MEGABYTE, Limits

    require("ser serve", *PACKAGES)
    config = ServiceConfig(
        token=token,
        workers=workers,
        recording=Limits(round(max_mb * MEGABYTE), max_seconds),
        max_files=max_files,
        timeout=timeout,
    )
    say("loading the model and starting the workers")
    serve_artifact(artifact, config, host=host, port=port, open_to_all=no_token, ready=_ready)
    print("stopped", file=sys.stderr)


def _ready(address: str) -> None:
    print(address, flush=True)
    say(f"routes and examples: {address}docs; Ctrl-C stops the service")
