"""The ASGI application: routes, errors as JSON, and metrics of every request.

`Service` → `build` → FastAPI: /predict /timeline /stream /health /model /metrics /docs /openapi.json
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import ser_features
from ser_models.service import routes
from ser_models.service.metrics import Metrics
from ser_models.service.service import Service
from ser_models.web.body import Rejected

DESCRIPTION = (
    'Emotions of recorded speech, by a trained model of `ser`. Every error is JSON, `{"error": "one line"}`. '
    "A prediction does not measure what a person feels."
)
RETRY_SECONDS = "1"
"""When a client that was rejected because the service is busy may try again."""


def build(service: Service) -> FastAPI:
    """Return the application of a service.

    Args:
        service: whose processes are ended with the application.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await service.workers.end()

    application = FastAPI(
        title="ser",
        version=ser_features.__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    routes.add(application, service)
    application.add_exception_handler(Rejected, _rejected)
    application.add_exception_handler(HTTPException, _no_route)
    application.add_exception_handler(Exception, _unexpected)
    application.add_middleware(Measured, metrics=service.metrics)
    return application


def error_response(status: int, message: str) -> JSONResponse:
    """Return an error as JSON of one line."""
    headers = {}
    if status in (429, 503):
        headers["retry-after"] = RETRY_SECONDS
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse({"error": " ".join(message.split())}, status, headers)


def _rejected(_: Request, error: Exception) -> Response:
    assert isinstance(error, Rejected)
    return error_response(error.status, str(error))


def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return error_response(404, f"no route {request.url.path[:80]}: expected one of /docs")
    if error.status_code == 405:
        return error_response(405, f"{request.url.path} is not for {request.method}: see /docs")
    return error_response(error.status_code, str(error.detail))


def _unexpected(_: Request, error: Exception) -> Response:
    return error_response(500, f"unexpected {type(error).__name__}: the log of the service has its traceback")


class Measured:
    """ASGI middleware that counts requests by route and status, and measures those for predictions."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and count it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, start = "500", time.perf_counter()

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, counted)
        finally:
            path = getattr(scope.get("route"), "path", "other")
            self.metrics.requests.add(path, status)
            if path in routes.PREDICTIONS:
                self.metrics.seconds.observe(time.perf_counter() - start)
