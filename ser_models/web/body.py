"""The body of a request, read into memory up to a limit.

request → `read_body` → bytes, or `Rejected` with an HTTP status
"""

from collections.abc import Callable

from starlette.requests import ClientDisconnect, Request


class Rejected(Exception):
    """A request that is not processed; the message is one line.

    Attributes:
        status: HTTP status code.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def read_body(request: Request, most: int, too_large: Callable[[int], str]) -> bytes:
    """Read the body of a request.

    Args:
        request: whose body was not read yet.
        most: bytes that are accepted.
        too_large: returns the message for a body of so many bytes.

    Raises:
        Rejected: if it is larger than `most`, as declared or as received, or the connection was closed.
    """
    declared = declared_size(request)
    if declared is not None and declared > most:
        raise Rejected(413, too_large(declared))
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > most:
                raise Rejected(413, too_large(len(body)))
    except ClientDisconnect as error:
        raise Rejected(400, "the connection was closed") from error
    return bytes(body)


def declared_size(request: Request) -> int | None:
    """Return the size of the body by its header; None if it declares none."""
    declared = request.headers.get("content-length", "")
    return int(declared) if declared.isdigit() else None
