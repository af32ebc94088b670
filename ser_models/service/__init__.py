"""A trained model as an HTTP service, for programs.

request → `security` (token) → `admission` (limits) → `uploads` (bytes in memory) → `workers`: `reading`
(features, in processes) → `batching` (model, for all that wait) → `Prediction` → JSON
PCM → `stream` (WebSocket) → windows → the same workers and batches → lines of JSON
everything → `metrics` (Prometheus), `page` (documentation); `application` connects it, `server` runs it
URL, token → `Client` → `Prediction`

FastAPI and Uvicorn are the extra `[serve]`; `Client` needs the base installation only.
"""

from ser_models.service.client import Client, ServiceError

__all__ = ["Client", "ServiceError"]
