"""Access control in front of Gradio: an allow list of routes, and uploads that only their owner can use.

request → allowed route → own upload → size limit → Gradio → security headers

Gradio serves every file of its upload folder to everybody who knows the path, downloads URLs that are passed
as recordings, and has many routes that this page does not use. The guard gives every visitor a random session
cookie and restricts an upload to the visitor who sent it. Every route that is not listed is rejected.
"""

import json
import secrets
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import unquote

from ser_models.app.limits import MAX_BYTES, too_large
from ser_models.app.uploads import Uploads

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

COOKIE = "ser_visitor"
PAGES = ("/", "/config", "/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt")
FOLDERS = ("/assets/", "/static/", "/svelte/")
API = "/gradio_api/"
READ = ("startup-events", "theme.css", "queue/data", "upload_progress", "heartbeat/")
"""Routes below `API` that the page requests with GET."""
WRITTEN = ("queue/join", "upload", "cancel", "reset")
"""Routes below `API` that the page requests with POST."""
FILE = f"{API}file="
FORM_BYTES = 2**14
"""Bytes of the form around an upload."""
MAX_BODY = 2**16
"""Bytes of any other request: it has the path of an upload, not its content."""

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
"""Restricts the browser to this server, whatever Gradio or a file name contains."""
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]


class Rejected(Exception):
    """A request that is not passed on to Gradio.

    Attributes:
        status: HTTP status code.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Guard:
    """ASGI middleware around Gradio.

    Attributes:
        app: Gradio's ASGI application.
        uploads: owners of the uploads.
    """

    def __init__(self, app: App, uploads: Uploads) -> None:
        self.app = app
        self.uploads = uploads

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, or respond with the reason for its rejection."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)

    async def _request(self, scope: Message, receive: Receive, send: Send) -> None:
        visitor = visitor_of(_header(scope, b"cookie"))
        try:
            check_route(scope["method"], scope["path"])
            if scope["path"].startswith(FILE):
                self._check_file(visitor, scope)
            if scope["method"] == "POST":
                await self._post(visitor, scope, receive, send)
            else:
                await self.app(scope, receive, _secured(send, scope["path"], visitor))
        except Rejected as error:
            await _respond(send, error)

    def _check_file(self, visitor: str, scope: Message) -> None:
        """Reject a file that the visitor has not uploaded."""
        if not self.uploads.owns(visitor, scope["path"].removeprefix(FILE)):
            raise Rejected(404, "no such file")

    async def _post(self, visitor: str, scope: Message, receive: Receive, send: Send) -> None:
        """Read and check the body of a request and pass it on."""
        uploading = scope["path"] == f"{API}upload"
        if uploading and not visitor:
            raise Rejected(403, "expected the page's cookie: open the page first")
        body = await _body(scope, receive, MAX_BYTES + FORM_BYTES if uploading else MAX_BODY)
        if not uploading:
            self._check_paths(visitor, body)
        secured = _secured(send, scope["path"], visitor)
        if not uploading:
            await self.app(scope, _replay(body, receive), secured)
            return
        response: list[Message] = []
        await self.app(scope, _replay(body, receive), _collector(response))
        self.uploads.claim(visitor, _paths(response))  # before the visitor receives the path and can use it
        for message in response:
            await secured(message)

    def _check_paths(self, visitor: str, body: bytes) -> None:
        """Reject a request with the path of a file that the visitor has not uploaded."""
        try:
            content = json.loads(body) if body else None
        except (ValueError, RecursionError) as error:
            raise Rejected(400, "expected JSON") from error
        for path in _path_values(content):
            if not isinstance(path, str) or not self.uploads.owns(visitor, path):
                raise Rejected(403, "no such upload: choose the recording again")


def check_route(method: str, path: str) -> None:
    """Reject every route that the page does not use.

    Raises:
        Rejected: with status 404, or 405 for an unused method.
    """
    if method not in ("GET", "HEAD", "POST"):
        raise Rejected(405, "expected GET, HEAD or POST")
    if "\\" in path or "\0" in path or ".." in unquote(path).split("/"):
        raise Rejected(404, "no such page")
    if method == "POST":
        allowed = path in tuple(f"{API}{name}" for name in WRITTEN)
    else:
        routes = (*PAGES, *(f"{API}{name}" for name in READ))
        allowed = path in routes or path.startswith((*FOLDERS, f"{API}heartbeat/", FILE))
    if not allowed:
        raise Rejected(404, "no such page")


def visitor_of(cookies: str) -> str:
    """Return the visitor named by a Cookie header; empty for a new visitor."""
    try:
        morsel = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel and len(morsel.value) == 43 else ""


def _path_values(content: Any) -> Iterator[Any]:
    """Yield every value of a key "path", at any depth."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key == "path":
                yield value
            yield from _path_values(value)
    elif isinstance(content, list):
        for value in content:
            yield from _path_values(value)


def _paths(response: Iterable[Message]) -> list[str]:
    """Return the paths of an upload from Gradio's response; empty if Gradio rejected it."""
    try:
        paths = json.loads(b"".join(message.get("body", b"") for message in response))
    except ValueError:
        return []
    return [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []


def _header(scope: Message, name: bytes) -> str:
    return b"; ".join(value for key, value in scope["headers"] if key == name).decode("latin-1")


async def _body(scope: Message, receive: Receive, most: int) -> bytes:
    """Read the body of a request.

    Raises:
        Rejected: if it is larger than `most`, as declared or as received.
    """
    declared = _header(scope, b"content-length")
    if declared.isdigit() and int(declared) > most:
        raise Rejected(413, too_large(int(declared)))
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Rejected(400, "the connection was closed")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise Rejected(413, too_large(size))
        more = message.get("more_body", False)
    return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return the body again, then the messages that follow it."""
    done = False

    async def replay() -> Message:
        nonlocal done
        if done:
            return await receive()
        done = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _collector(response: list[Message]) -> Send:
    """Collect a response instead of sending it."""

    async def collect(message: Message) -> None:
        response.append(message)

    return collect


def _secured(send: Send, path: str, visitor: str) -> Send:
    """Add security headers to a response, and a cookie for a new visitor."""

    async def send_secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [
                pair for pair in message["headers"] if pair[0].lower() != b"access-control-allow-origin"
            ]
            headers += HEADERS
            if not path.startswith(FOLDERS):
                headers.append((b"cache-control", b"no-store"))
            if path == "/" and not visitor:
                name = f"{COOKIE}={secrets.token_urlsafe(32)}; Path=/; HttpOnly; SameSite=Strict"
                headers.append((b"set-cookie", name.encode()))
            message = {**message, "headers": headers}
        await send(message)

    return send_secured


async def _respond(send: Send, error: Rejected) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": str(error).encode()})
