"""Access control in front of Gradio: an allow list of routes, and uploads that only their owner can use.

request → password, if one is set → allowed route → own upload → size limit → Gradio → security headers
WebSocket of the page → password, cookie → the stream of the microphone

Gradio serves every file of its upload folder to everybody who knows the path, downloads URLs that are passed
as recordings, and has many routes that this page does not use. The guard gives every visitor a random session
cookie and restricts an upload to the visitor who sent it. Every route that is not listed is rejected.
"""

import json
import secrets
from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import PlainTextResponse

from ser_models.app.limits import MAX_UPLOAD, RECORDING
from ser_models.app.uploads import Uploads
from ser_models.web.body import Rejected, read_body

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

COOKIE = "ser_visitor"
TOKEN_LENGTH = len(secrets.token_urlsafe(32))
PAGES = ("/", "/config", "/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt")
FOLDERS = ("/assets/", "/static/", "/svelte/")
API = "/gradio_api/"
READ = ("startup-events", "theme.css", "queue/data", "upload_progress", "heartbeat/")
"""Routes below `API` that the page requests with GET."""
WRITTEN = ("queue/join", "upload", "cancel", "reset")
"""Routes below `API` that the page requests with POST."""
FILE = f"{API}file="
STREAM = "/stream"
"""WebSocket of the microphone."""
FORBIDDEN = 1008
"""Code that another WebSocket is closed with."""
CHALLENGE = {"www-authenticate": 'Basic realm="ser app", charset="UTF-8"'}
"""Lets a browser ask for the password."""
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
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


class Guard:
    """ASGI middleware around Gradio.

    Attributes:
        app: Gradio's ASGI application, with the stream of the microphone.
        uploads: owners of the uploads.
        password: that every request has to carry (HTTP Basic); None for none.
    """

    def __init__(self, app: App, uploads: Uploads, password: str | None = None) -> None:
        self.app = app
        self.uploads = uploads
        self.password = password

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, or respond with the reason for its rejection."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            request = Request(scope, receive)
            visitor = visitor_of(request.headers.get("cookie", ""))
            secured = _secured(send, scope["path"], visitor)
            try:
                check_password(request.headers, self.password)
                check_route(request.method, scope["path"])
                await self._pass_on(request, visitor, secured)
            except Rejected as error:
                headers = CHALLENGE if error.status == 401 else None
                await PlainTextResponse(str(error), error.status, headers)(scope, receive, secured)
        elif scope["type"] == "websocket":
            await self._connect(scope, receive, send)

    async def _connect(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass on the WebSocket of a visitor who has opened the page, and no other."""
        headers = Headers(scope=scope)
        try:
            check_password(headers, self.password)
            if scope["path"] != STREAM or not visitor_of(headers.get("cookie", "")):
                raise Rejected(404, "no such page")
        except Rejected:
            await send({"type": "websocket.close", "code": FORBIDDEN})
        else:
            await self.app(scope, receive, send)

    async def _pass_on(self, request: Request, visitor: str, send: Send) -> None:
        """Check the file and the body of a request and pass it on."""
        scope, path = request.scope, request.scope["path"]
        if path.startswith(FILE) and not self.uploads.owns(visitor, path.removeprefix(FILE)):
            raise Rejected(404, "no such file")
        if request.method != "POST":
            await self.app(scope, request.receive, send)
        elif path == f"{API}upload":
            if not visitor:
                raise Rejected(403, "expected the page's cookie: open the page first")
            body = await read_body(request, MAX_UPLOAD + FORM_BYTES, RECORDING.too_large)
            response: list[Message] = []
            await self.app(scope, _replay(body, request.receive), _collector(response))
            self.uploads.claim(visitor, _paths(response))  # before the visitor receives the path
            for message in response:
                await send(message)
        else:
            body = await read_body(request, MAX_BODY, RECORDING.too_large)
            self._check_paths(visitor, body)
            await self.app(scope, _replay(body, request.receive), send)

    def _check_paths(self, visitor: str, body: bytes) -> None:
        """Reject a request with the path of a file that the visitor has not uploaded."""
        try:
            content = json.loads(body) if body else None
        except (ValueError, RecursionError) as error:
            raise Rejected(400, "expected JSON") from error
        for path in _path_values(content):
            if not isinstance(path, str) or not self.uploads.owns(visitor, path):
                raise Rejected(403, "no such upload: choose the recording again")


def check_password(headers: Headers, password: str | None) -> None:
    """Check the password of HTTP Basic in a time that does not depend on it; the user name is not read.

    Raises:
        Rejected: with status 401 if it is missing or another.
    """
    if password is None:
        return
    kind, _, encoded = headers.get("authorization", "").partition(" ")
    try:
        given = b64decode(encoded, validate=True).partition(b":")[2] if kind.lower() == "basic" else b""
    except ValueError:
        given = b""
    if not secrets.compare_digest(given, password.encode()):
        raise Rejected(401, "a password is needed: that of ser app --password")


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
    name = cookie_parser(cookies).get(COOKIE, "")
    return name if len(name) == TOKEN_LENGTH else ""


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


def _paths(response: list[Message]) -> list[str]:
    """Return the paths of an upload from Gradio's response; empty if Gradio rejected it."""
    try:
        paths = json.loads(b"".join(message.get("body", b"") for message in response))
    except ValueError:
        return []
    return [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return the body again, then the messages that follow it."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

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
            headers = MutableHeaders(raw=list(message["headers"]))
            headers.update(HEADERS)
            del headers["access-control-allow-origin"]
            if not path.startswith(FOLDERS):
                headers["cache-control"] = "no-store"
            if path == "/" and not visitor:
                cookie = f"{COOKIE}={secrets.token_urlsafe(32)}; Path=/; HttpOnly; SameSite=Strict"
                headers.append("set-cookie", cookie)
            message = {**message, "headers": headers.raw}
        await send(message)

    return send_secured
