"""What stands before Gradio: who may ask what, and nothing that is not asked for on purpose.

request → known route? → whose upload? → small enough? → Gradio → headers that keep the page to itself

Gradio serves any file of its upload folder to whoever knows its path, downloads addresses that it is given as
recordings, and has many routes that this page does not use. Here a file is its uploader's alone: told by a
cookie of random letters, which lasts as long as the browser's window. Whatever is not listed is not there.
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
ASKED = ("startup-events", "theme.css", "queue/data", "upload_progress", "heartbeat/")
"""What the page reads below `API`."""
TOLD = ("queue/join", "upload", "cancel", "reset")
"""What it sends there."""
FILE = f"{API}file="
ENVELOPE = 2**14
"""Bytes that the form around an upload may take."""
MAX_BODY = 2**16
"""Bytes of any other request: it names an upload and holds none."""

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
"""The browser asks this server and nobody else, whatever Gradio or a file name would have it do."""
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]


class Refused(Exception):
    """A request that Gradio shall not see.

    Attributes:
        status: of HTTP.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Guard:
    """An ASGI application around Gradio's.

    Attributes:
        app: Gradio's.
        uploads: who uploaded what.
    """

    def __init__(self, app: App, uploads: Uploads) -> None:
        self.app = app
        self.uploads = uploads

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with the reason why not."""
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
                await self.app(scope, receive, _private(send, scope["path"], visitor))
        except Refused as refused:
            await _answer(send, refused)

    def _check_file(self, visitor: str, scope: Message) -> None:
        """Let only the uploader of a file have it back."""
        if not self.uploads.owns(visitor, scope["path"].removeprefix(FILE)):
            raise Refused(404, "no such file")

    async def _post(self, visitor: str, scope: Message, receive: Receive, send: Send) -> None:
        """Read what was sent, as far as it may go, and pass it on."""
        uploading = scope["path"] == f"{API}upload"
        if uploading and not visitor:
            raise Refused(403, "expected the page's cookie: open the page first")
        body = await _body(scope, receive, MAX_BYTES + ENVELOPE if uploading else MAX_BODY)
        if not uploading:
            self._check_paths(visitor, body)
        told = _private(send, scope["path"], visitor)
        if not uploading:
            await self.app(scope, _replay(body, receive), told)
            return
        answer: list[Message] = []
        await self.app(scope, _replay(body, receive), _collected(answer))
        self.uploads.claim(visitor, _paths(answer))  # before the visitor knows the path and may ask for it
        for message in answer:
            await told(message)

    def _check_paths(self, visitor: str, body: bytes) -> None:
        """Refuse a request that names a file other than the visitor's own upload."""
        try:
            content = json.loads(body) if body else None
        except (ValueError, RecursionError) as error:
            raise Refused(400, "expected JSON") from error
        for path in _named(content):
            if not isinstance(path, str) or not self.uploads.owns(visitor, path):
                raise Refused(403, "no such upload: choose the recording again")


def check_route(method: str, path: str) -> None:
    """Refuse every route that the page does not need.

    Raises:
        Refused: with status 404, or 405 for a method that it does not use.
    """
    if method not in ("GET", "HEAD", "POST"):
        raise Refused(405, "expected GET, HEAD or POST")
    if "\\" in path or "\0" in path or ".." in unquote(path).split("/"):
        raise Refused(404, "no such page")
    if method == "POST":
        known = path in tuple(f"{API}{name}" for name in TOLD)
    else:
        asked = tuple(f"{API}{name}" for name in ASKED)
        known = path in (*PAGES, *asked) or path.startswith((*FOLDERS, f"{API}heartbeat/", FILE))
    if not known:
        raise Refused(404, "no such page")


def visitor_of(cookies: str) -> str:
    """Read who asks from a Cookie header; empty for somebody new."""
    try:
        morsel = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel and len(morsel.value) == 43 else ""


def _named(content: Any) -> Iterator[Any]:
    """Everything that is called a path or an address, at any depth."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key == "path":
                yield value
            yield from _named(value)
    elif isinstance(content, list):
        for value in content:
            yield from _named(value)


def _paths(answer: Iterable[Message]) -> list[str]:
    """The paths that Gradio gave an upload; none if it refused it."""
    try:
        found = json.loads(b"".join(message.get("body", b"") for message in answer))
    except ValueError:
        return []
    return [path for path in found if isinstance(path, str)] if isinstance(found, list) else []


def _header(scope: Message, name: bytes) -> str:
    return b"; ".join(value for key, value in scope["headers"] if key == name).decode("latin-1")


async def _body(scope: Message, receive: Receive, most: int) -> bytes:
    """Read the body of a request.

    Raises:
        Refused: if it is larger than `most`, by what it says or by what comes.
    """
    said = _header(scope, b"content-length")
    if said.isdigit() and int(said) > most:
        raise Refused(413, too_large(int(said)))
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "the connection broke off")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise Refused(413, too_large(size))
        more = message.get("more_body", False)
    return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give a body that was read once more, then what comes after it."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _collected(answer: list[Message]) -> Send:
    """Keep what is answered instead of sending it."""

    async def keep(message: Message) -> None:
        answer.append(message)

    return keep


def _private(send: Send, path: str, visitor: str) -> Send:
    """Add the headers that keep the page to itself; a new visitor of the page gets a name."""

    async def told(message: Message) -> None:
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

    return told


async def _answer(send: Send, refused: Refused) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": str(refused).encode()})
