"""URL and offset → the bytes from there on, by http or https only.

urllib's own handlers are used, without those for `file:`, `ftp:` and `data:`, and with our own redirects: to
other http(s) URLs, never from https to http.

A permanent error (404, a forbidden redirect) is a `DownloadError`; one that may pass (a busy server, a broken
connection) is a `TransientError`.
"""

import http.client
import re
import ssl
import string
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from ser_features.errors import DownloadError

MAX_REDIRECTS = 5

REDIRECT_CODES = (301, 302, 303, 307, 308)
RETRY_CODES = (408, 425, 429, 500, 502, 503, 504)
RANGE_NOT_SATISFIABLE = 416
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class TransientError(Exception):
    """A failure that may pass.

    Attributes:
        retry_after: seconds that the server requests to wait, or None.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


@dataclass(slots=True)
class Response:
    """Body of a response.

    Attributes:
        start: offset of its first byte in the file; 0 where the server does not support ranges.
        total: bytes of the whole file; None where the server does not say.
    """

    start: int
    total: int | None
    _response: Any

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes as soon as some are there; none at the end.

        Raises:
            TransientError: if the connection breaks.
        """
        try:
            chunk: bytes = self._response.read1(size)
        except (OSError, http.client.HTTPException) as error:
            raise TransientError(_reason(error)) from error
        return chunk

    def close(self) -> None:
        """Close the connection."""
        self._response.close()


def request(url: str, offset: int, *, timeout: float) -> Response:
    """Request a file from `offset` on.

    Args:
        url: http or https URL.
        offset: number of bytes that are present already.
        timeout: seconds without an answer after which the connection counts as lost.

    Raises:
        TransientError: if it may work later.
        DownloadError: if it will not.
    """
    response = _follow(url, offset, timeout)
    if response is None:
        return request(url, 0, timeout=timeout)
    if response.status == http.client.PARTIAL_CONTENT and offset:
        match = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if match is None or int(match[1]) != offset:
            response.close()
            return request(url, 0, timeout=timeout)
        return Response(offset, None if match[2] == "*" else int(match[2]), response)
    if response.status != http.client.OK:
        response.close()
        raise DownloadError(f"{url}: HTTP {response.status}, expected 200: open it in a browser")
    return Response(0, response.length, response)


def _follow(url: str, offset: int, timeout: float) -> Any | None:
    """Open a URL, following redirects; None if the server has nothing at this offset."""
    address = url
    for _ in range(MAX_REDIRECTS + 1):
        outgoing = Request(address, headers={"User-Agent": "ser", "Accept-Encoding": "identity"})
        if offset:
            outgoing.add_header("Range", f"bytes={offset}-")
        try:
            return _opener().open(outgoing, timeout=timeout)
        except HTTPError as error:
            error.close()
            if error.code == RANGE_NOT_SATISFIABLE and offset:
                return None
            if error.code not in REDIRECT_CODES:
                raise _http_error(url, error) from error
            address = _redirect(address, error.headers.get("Location"))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _connection_error(url, error) from error
    raise DownloadError(f"{url}: redirected more than {MAX_REDIRECTS} times: open it in a browser")


def _opener() -> OpenerDirector:
    opener = OpenerDirector()
    for handler in (ProxyHandler, HTTPHandler, HTTPDefaultErrorHandler, HTTPErrorProcessor, UnknownHandler):
        opener.add_handler(handler())
    opener.add_handler(HTTPSHandler(context=ssl.create_default_context()))
    return opener


def _redirect(address: str, location: str | None) -> str:
    allowed = ("https",) if urlsplit(address).scheme == "https" else ("http", "https")
    # Headers are read as Latin-1; some servers send spaces and accents unquoted.
    quoted = quote(location or "", encoding="latin-1", safe=string.punctuation)
    try:
        target = urljoin(address, quoted)
        scheme = urlsplit(target).scheme if quoted else ""
    except ValueError:
        scheme = ""
    if scheme not in allowed:
        raise DownloadError(
            f"{address}: redirected to {location!r}, expected an {' or '.join(allowed)} address: not followed"
        )
    return target


def _http_error(url: str, error: HTTPError) -> Exception:
    status = f"HTTP {error.code} {error.reason}".strip()
    if error.code not in RETRY_CODES:
        return DownloadError(
            f"{url}: {status}, expected the file: it may have moved: look for it at its publisher"
        )
    seconds = error.headers.get("Retry-After", "")
    return TransientError(status, float(seconds) if seconds.isdecimal() else None)


def _connection_error(url: str, error: Exception) -> Exception:
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return DownloadError(f"{url}: its certificate is not valid ({cause.verify_message}): not trusted")
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return DownloadError(f"{url}: no valid address ({error})")
    return TransientError(_reason(error))


def _reason(error: Exception) -> str:
    """Short reason of a failed connection."""
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return "the server does not answer"
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
