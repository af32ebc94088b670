"""`ser serve`: the service of an artifact on a port, until it is stopped.

port → socket; artifact → `Service` → `application.build` → `web.server.run`
"""

from collections.abc import Callable
from pathlib import Path

from ser_features.extras import require
from ser_models.service.config import ServiceConfig, check_exposure
from ser_models.web.server import LOCAL, bound, run

PORT = 8000
"""Default port."""
PACKAGES = ("fastapi", "uvicorn", "websockets")


def serve(
    artifact: Path,
    config: ServiceConfig,
    *,
    host: str = LOCAL,
    port: int = PORT,
    open_to_all: bool = False,
    ready: Callable[[str], None],
) -> None:
    """Serve an artifact until the process is stopped; requests that are running then finish.

    Args:
        artifact: folder of a trained model.
        config: options and limits.
        host: address to listen on.
        port: 0 selects a free one.
        open_to_all: whether other computers may use the service without a token.
        ready: called with its address once requests are accepted.

    Raises:
        MissingExtraError: if FastAPI, Uvicorn, or what the model needs, is not installed.
        InputError: if other computers can reach it and there is no token, or the port cannot be bound.
        ArtifactError: if the artifact is incomplete or altered.
        SerError: if worker processes die as they start.
    """
    require("ser serve", *PACKAGES)
    if not open_to_all:
        check_exposure(host, config)
    with bound(host, port) as sock:
        from ser_models.inference.loading import load
        from ser_models.service.model import described

        predictor = load(artifact)
        described(predictor, config)  # which fails if the evaluation is missing

        from ser_models.service.application import build
        from ser_models.service.service import Service
        from ser_models.service.stream import MAX_MESSAGE

        service = Service(predictor, config)
        service.workers.begin()
        run(build(service), sock, host, ready, finish_seconds=config.timeout, ws_max_size=MAX_MESSAGE)
