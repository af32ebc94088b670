"""Who may use the service: the bearer token of a request, and the page that opens a WebSocket.

headers → `check_token`, `check_origin` → nothing, or `Rejected`
"""

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from ser_models.web.body import Rejected

PREFIX = "bearer "


def check_token(headers: Headers, token: str | None) -> None:
    """Check the header `Authorization: Bearer TOKEN` in a time that does not depend on its content.

    Args:
        headers: of the request.
        token: that is expected; None if none is.

    Raises:
        Rejected: with status 401 if it is missing or another.
    """
    if token is None:
        return
    given = headers.get("authorization", "")
    if not given.lower().startswith(PREFIX):
        raise Rejected(401, "no token: expected the header Authorization: Bearer TOKEN")
    if not secrets.compare_digest(given[len(PREFIX) :].strip().encode(), token.encode()):
        raise Rejected(401, "another token than that of the service: check Authorization: Bearer TOKEN")


def check_origin(headers: Headers) -> None:
    """Refuse a WebSocket that a page of another site opened: browsers let every page open one.

    Raises:
        Rejected: with status 401 if the page is of another host than the service.
    """
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != headers.get("host", ""):
        raise Rejected(
            401, "the page is of another site, expected one of this service: connect from a program"
        )
