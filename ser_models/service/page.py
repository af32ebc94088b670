"""The documentation of the service as a page that loads nothing from elsewhere.

OpenAPI description, model, limits → page.html.jinja (autoescaped) → HTML, and headers that restrict it
"""

import secrets
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import jinja2

from ser_models.inference.predictor import Predictor
from ser_models.service.config import ServiceConfig
from ser_models.service.model import described

TEMPLATE = Path(__file__).parent / "page.html.jinja"

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Restricts the browser to this server and to the script of the page."""


class Route(NamedTuple):
    """A route of the service: its method, path, description, and what each status means."""

    method: str
    path: str
    description: str
    statuses: Mapping[str, str]


def rendered(
    openapi: Mapping[str, Any], predictor: Predictor, config: ServiceConfig
) -> tuple[str, dict[str, str]]:
    """Return the page and its headers.

    Args:
        openapi: description of the routes.
        predictor: the model.
        config: options of the service.
    """
    nonce = secrets.token_urlsafe(16)
    content = _template().render(
        nonce=nonce,
        info=openapi["info"],
        routes=list(_routes(openapi)),
        model=described(predictor, config),
        has_token=config.token is not None,
    )
    headers = {
        "content-security-policy": POLICY.format(nonce=nonce),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }
    return content, headers


@lru_cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8"))


def _routes(openapi: Mapping[str, Any]) -> Iterator[Route]:
    for path, methods in openapi["paths"].items():
        for method, route in methods.items():
            statuses = {
                status: response["description"]
                for status, response in route["responses"].items()
                if status != "200"
            }
            yield Route(method.upper(), path, route["description"].replace("`", ""), statuses)
