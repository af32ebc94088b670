"""What the service answers at each address.

POST /predict, /timeline → `uploads_of` → `Service.predict` → JSON
WebSocket /stream → `serve_stream`; GET /health, /model, /metrics, /docs
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Security, WebSocket
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from fastapi.security import HTTPBearer

from ser_models.inference.prediction import Prediction, PredictOptions
from ser_models.service import page
from ser_models.service.metrics import CONTENT_TYPE
from ser_models.service.model import described
from ser_models.service.reading import TIMELINE, WHOLE
from ser_models.service.security import check_token
from ser_models.service.service import Service
from ser_models.service.stream import serve_stream
from ser_models.service.uploads import FORM, uploads_of
from ser_models.web.body import Rejected, declared_size

PREDICTIONS = ("/predict", "/timeline")
"""Routes whose duration is measured."""

BINARY = {"schema": {"type": "string", "format": "binary"}}
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": BINARY,
            FORM: {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "array", "items": BINARY["schema"]}},
                }
            },
        },
    },
    "parameters": [
        {
            "name": "name",
            "in": "query",
            "required": False,
            "schema": {"type": "string"},
            "description": "Name of a recording that is sent as the whole body; it opens no file.",
        }
    ],
}
"""What a request for predictions has, for the OpenAPI description."""

ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"description": "No recording, or a form that cannot be read."},
    401: {"description": "No token, or another."},
    413: {"description": "Too large, too long, or too many recordings."},
    415: {"description": "No audio, or of an unsupported format."},
    422: {"description": "Audio that cannot be recognised: silence, too short, damaged."},
    429: {"description": "Too many recordings are waiting."},
    503: {"description": "Uploads fill the memory set aside for them."},
    504: {"description": "Not finished in time."},
}


@dataclass(frozen=True)
class Predictions:
    """The predictions for several recordings, in their order; refused ones have an `error`."""

    predictions: list[Prediction]


ANSWERS: dict[str, Any] = {
    "response_model": Prediction | Predictions,
    "responses": ERRORS,
    "openapi_extra": BODY,
}
"""What the routes for predictions accept and answer, for the OpenAPI description."""

DOCUMENTED = HTTPBearer(auto_error=False, description="Token of the service, if it has one.")
"""Describes the token; `check_token` checks it."""


def add(application: FastAPI, service: Service) -> None:
    """Add all routes to an application."""
    started = time.monotonic()

    def authorised(request: Request, _: Annotated[Any, Security(DOCUMENTED)]) -> None:
        check_token(request.headers, service.config.token)

    protected = [Depends(authorised)]

    @application.post("/predict", dependencies=protected, **ANSWERS)
    async def predict(request: Request) -> Response:
        """Predict the emotion of a recording, or of each of several.

        One recording, as the body or in a form: its prediction, or an error. Several in a form:
        `{"predictions": [...]}` in their order, of which refused ones have an `error`.
        """
        return await answer(service, request, WHOLE)

    @application.post("/timeline", dependencies=protected, **ANSWERS)
    async def timeline(request: Request) -> Response:
        """Predict as /predict, with `windows` of 3 s, one per second, of recordings longer than 4 s."""
        return await answer(service, request, TIMELINE)

    @application.get("/health")
    async def health() -> dict[str, Any]:
        """Say that the service is running; no token is needed."""
        return {
            "status": "ok",
            "seconds": round(time.monotonic() - started, 1),
            "in_progress": service.admission.in_progress,
        }

    @application.get("/model", dependencies=protected, responses={401: ERRORS[401]})
    async def model() -> dict[str, Any]:
        """Describe the model, its evaluation, and the limits of the service."""
        return described(service.predictor, service.config)

    @application.get("/metrics", dependencies=protected, response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Return counts and durations in the text format of Prometheus."""
        return Response(service.metrics.text(), media_type=CONTENT_TYPE)

    @application.get("/docs", include_in_schema=False)
    @application.get("/", include_in_schema=False)
    async def documentation() -> Response:
        content, headers = page.rendered(application.openapi(), service.predictor, service.config)
        return HTMLResponse(content, headers=headers)

    @application.websocket("/stream")
    async def stream(socket: WebSocket) -> None:
        await serve_stream(service, socket)


async def answer(service: Service, request: Request, options: PredictOptions) -> Response:
    """Answer a request for predictions.

    Raises:
        Rejected: if it, or its only recording, is refused, or it takes too long.
    """
    config = service.config
    try:
        async with asyncio.timeout(config.timeout):
            declared = declared_size(request)
            size = config.max_request if declared is None else min(declared, config.max_request)
            with service.admission.memory(size):
                uploads = await uploads_of(request, config)
                results = await service.predict(uploads, options)
    except TimeoutError as error:
        message = f"not finished after {config.timeout:g} s, expected less: send fewer or shorter recordings"
        raise Rejected(504, message) from error
    if len(results) > 1:
        pairs = zip(uploads, results, strict=True)
        return JSONResponse({"predictions": [_json(upload.name, result) for upload, result in pairs]})
    [result] = results
    if isinstance(result, Rejected):
        raise result
    return JSONResponse(result.to_json())


def _json(name: str, result: Prediction | Rejected) -> dict[str, Any]:
    prediction = Prediction(name, error=str(result)) if isinstance(result, Rejected) else result
    return prediction.to_json()
