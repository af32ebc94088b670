"""The running timeline of the microphone: the stream of `ser serve`, for visitors of the page.

WebSocket → `service.stream.serve_stream` → a line of JSON per half second
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket

from ser_models.app.guard import STREAM
from ser_models.app.limits import RECORDING
from ser_models.inference.predictor import Predictor
from ser_models.service.config import ServiceConfig
from ser_models.service.service import Service
from ser_models.service.stream import serve_stream


def application(predictor: Predictor) -> FastAPI:
    """Return an application with the stream alone, and start its worker process.

    Args:
        predictor: the model.

    Raises:
        SerError: if the process dies as it starts.
    """
    config = ServiceConfig(workers=1, recording=RECORDING, max_stream_seconds=RECORDING.max_seconds)
    service = Service(predictor, config)
    service.workers.begin()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await service.workers.end()

    streams = FastAPI(openapi_url=None, lifespan=lifespan)

    @streams.websocket(STREAM)
    async def stream(socket: WebSocket) -> None:
        await serve_stream(service, socket)

    return streams
