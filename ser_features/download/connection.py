"""Address and offset → the bytes from there on, by http or https and nothing else.

urllib's own handlers, without those for `file:`, `ftp:` and `data:`, and with our own redirects: a
server may send us on to another http(s) address, never from https to http.

A refusal that will not change (404, a forbidden redirect) is a `DownloadError`; what may pass by itself
(a server that is busy, a line that broke) is a `PassingError`.
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

REDIRECTS = 5
"""So many times a server may send us on."""

SENT_ON = (301, 302, 303, 307, 308)
PASSING = (408, 425, 429, 500, 502, 503, 504)
BEYOND_THE_END = 416
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class PassingError(Exception):
    """A failure that may pass.

    Attributes:
        asked: seconds that the server wants us to wait, or None.
    """

    def __init__(self, reason: str, asked: float | None = None) -> None:
        super().__init__(reason)
        self.asked = asked


@dataclass(slots=True)
class Reply:
    """Bytes on their way.

    Attributes:
        start: offset of the first of them in the file; 0 where the server cannot begin further on.
        total: bytes of the whole file; None where the server does not say.
    """

    start: int
    total: int | None
    _response: Any

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most `size`, as soon as some are there; none at the end.

        Raises:
            PassingError: if the line breaks.
        """
        try:
            chunk: bytes = self._response.read1(size)
        except (OSError, http.client.HTTPException) as error:
            raise PassingError(_reason(error)) from error
        return chunk

    def close(self) -> None:
        """Hang up."""
        self._response.close()


def ask(url: str, offset: int, *, timeout: float) -> Reply:
    """Ask a server for a file from `offset` on.

    Args:
        url: http or https address.
        offset: bytes that are there already.
        timeout: seconds without an answer after which the server counts as gone.

    Raises:
        PassingError: if it may work later.
        DownloadError: if it will not.
    """
    response = _follow(url, offset, timeout)
    if response is None:
        return ask(url, 0, timeout=timeout)
    if response.status == http.client.PARTIAL_CONTENT and offset:
        match = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if match is None or int(match[1]) != offset:
            response.close()
            return ask(url, 0, timeout=timeout)
        return Reply(offset, None if match[2] == "*" else int(match[2]), response)
    if response.status != http.client.OK:
        response.close()
        raise DownloadError(f"{url}: HTTP {response.status}, expected 200: open it in a browser and look")
    return Reply(0, response.length, response)


def _follow(url: str, offset: int, timeout: float) -> Any | None:
    """Open an address, sent on as often as allowed; None if the server has nothing at this offset."""
    address = url
    for _ in range(REDIRECTS + 1):
        request = Request(address, headers={"User-Agent": "ser", "Accept-Encoding": "identity"})
        if offset:
            request.add_header("Range", f"bytes={offset}-")
        try:
            return _opener().open(request, timeout=timeout)
        except HTTPError as error:
            error.close()
            if error.code == BEYOND_THE_END and offset:
                return None
            if error.code not in SENT_ON:
                raise _refusal(url, error) from error
            address = _next_address(address, error.headers.get("Location"))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _failure(url, error) from error
    raise DownloadError(f"{url}: sent on more than {REDIRECTS} times: open it in a browser and look")


def _opener() -> OpenerDirector:
    opener = OpenerDirector()
    for handler in (ProxyHandler, HTTPHandler, HTTPDefaultErrorHandler, HTTPErrorProcessor, UnknownHandler):
        opener.add_handler(handler())
    opener.add_handler(HTTPSHandler(context=ssl.create_default_context()))
    return opener


def _next_address(address: str, location: str | None) -> str:
    allowed = ("https",) if urlsplit(address).scheme == "https" else ("http", "https")
    # headers are read as Latin-1; spaces and accents that some servers leave in are written as they should be
    quoted = quote(location or "", encoding="latin-1", safe=string.punctuation)
    try:
        found = urljoin(address, quoted)
        scheme = urlsplit(found).scheme if quoted else ""
    except ValueError:
        scheme = ""
    if scheme not in allowed:
        raise DownloadError(
            f"{address}: sent on to {location!r}, expected an {' or '.join(allowed)} address: not followed"
        )
    return found


def _refusal(url: str, error: HTTPError) -> Exception:
    answer = f"HTTP {error.code} {error.reason}".strip()
    if error.code not in PASSING:
        return DownloadError(
            f"{url}: {answer}, expected the file: it may have moved: look for it at its publisher"
        )
    seconds = error.headers.get("Retry-After", "")
    return PassingError(answer, float(seconds) if seconds.isdecimal() else None)


def _failure(url: str, error: Exception) -> Exception:
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return DownloadError(f"{url}: its certificate is not valid ({cause.verify_message}): not trusted")
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return DownloadError(f"{url}: no valid address ({error})")
    return PassingError(_reason(error))


def _reason(error: Exception) -> str:
    """Say in a few words why a connection failed."""
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return "the server does not answer"
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
