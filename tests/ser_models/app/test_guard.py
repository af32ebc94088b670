"""The guard passes on requests of the page for the visitor's own uploads, and nothing else."""

import asyncio
import json
from base64 import b64encode

import pytest

from ser_models.app import guard as guard_module
from ser_models.app.guard import COOKIE, FORBIDDEN, MAX_BODY, STREAM, Guard, visitor_of
from ser_models.app.uploads import Uploads

ANNA, BEN = "a" * 43, "b" * 43
UPLOAD, JOIN = "/gradio_api/upload", "/gradio_api/queue/join"


class Gradio:
    """Stands in for Gradio: records requests and responds to an upload with its path."""

    def __init__(self, uploads: Uploads) -> None:
        self.uploads = uploads
        self.requests: list[tuple[str, bytes]] = []

    async def __call__(self, scope, receive, send) -> None:
        message = await receive() if scope["method"] == "POST" else {"body": b""}
        self.requests.append((scope["path"], message["body"]))
        response = b"{}"
        if scope["path"].endswith("/upload"):
            path = self.uploads.folder / "ab" / "clip.wav"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(message["body"])
            response = json.dumps([str(path)]).encode()
        headers = [(b"content-type", b"application/json"), (b"access-control-allow-origin", b"*")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": response})


MOST = 2**20
"""Bytes of an upload in these tests."""


@pytest.fixture
def guard(tmp_path, monkeypatch) -> Guard:
    monkeypatch.setattr(guard_module, "MAX_UPLOAD", MOST)
    uploads = Uploads(tmp_path)
    return Guard(Gradio(uploads), uploads)


def send(guard: Guard, method: str, path: str, body: bytes = b"", visitor: str = "", **headers: str):
    """Return status, headers and body of the response."""
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    if visitor:
        given.append((b"cookie", f"theme=x; {COOKIE}={visitor}".encode()))
    scope = {"type": "http", "method": method, "path": path, "headers": given}
    parts = [body[start : start + 2**16] for start in range(0, max(len(body), 1), 2**16)]
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages[-1]["more_body"] = False
    sent = []

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def collect(message):
        sent.append(message)

    asyncio.run(guard(scope, receive, collect))
    text = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), text


def upload(guard: Guard, visitor: str = ANNA) -> str:
    status, _, text = send(guard, "POST", UPLOAD, b"sound", visitor)
    assert status == 200
    return json.loads(text)[0]


@pytest.mark.parametrize("path", ["/", "/config", "/assets/index.js", "/static/js/x.js", "/theme.css"])
def test_routes_of_the_page_are_passed_on(guard, path):
    assert send(guard, "GET", path)[0] == 200
    assert guard.app.requests == [(path, b"")]


UNUSED = {
    "GET": "/docs /openapi.json /monitoring /gradio_api/info /gradio_api/openapi.json /gradio_api/runs "
    "/gradio_api/proxy=http://127.0.0.1:1/ /gradio_api/custom_component/1/client/component/x.js "
    "/gradio_api/file/etc/passwd /gradio_api/deep_link /assets/../../../etc/passwd "
    "/assets/%2e%2e/etc/passwd /static/..\\secret /svelte/\0",
    "POST": "/gradio_api/component_server /gradio_api/process_recording /gradio_api/run/recognise "
    "/gradio_api/call/recognise /gradio_api/vibe-edit/ /login",
}


@pytest.mark.parametrize(
    ("method", "path"), [(method, path) for method, paths in UNUSED.items() for path in paths.split(" ")]
)
def test_other_routes_are_rejected(guard, method, path):
    status, headers, text = send(guard, method, path, visitor=ANNA)
    assert (status, text) == (404, b"no such page")
    assert b"content-security-policy" in headers
    assert guard.app.requests == []


def test_a_new_visitor_gets_a_cookie(guard):
    cookie = send(guard, "GET", "/")[1][b"set-cookie"].decode()
    name = visitor_of(cookie.split(";")[0])
    assert len(name) == 43
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Strict")
    assert b"set-cookie" not in send(guard, "GET", "/", visitor=name)[1]
    assert visitor_of(send(guard, "GET", "/")[1][b"set-cookie"].decode()) != name


@pytest.mark.parametrize("cookies", ["", "ser_visitor=", "ser_visitor=short", "other=1", "\x00=;;;", "[]=1"])
def test_other_cookies_are_ignored(cookies):
    assert visitor_of(cookies) == ""


def test_security_headers(guard):
    for path in ("/", "/config", "/assets/index.js"):
        headers = send(guard, "GET", path)[1]
        policy = headers[b"content-security-policy"].decode()
        assert "default-src 'self'" in policy
        assert "http" not in policy, "no other server is allowed"
        assert headers[b"x-content-type-options"] == b"nosniff"
        assert b"access-control-allow-origin" not in headers
        assert (headers.get(b"cache-control") == b"no-store") == (path != "/assets/index.js")


def test_an_upload_is_served_to_its_owner_only(guard):
    path = upload(guard)
    assert send(guard, "GET", f"/gradio_api/file={path}", visitor=ANNA)[0] == 200
    for visitor in (BEN, ""):
        status, _, text = send(guard, "GET", f"/gradio_api/file={path}", visitor=visitor)
        assert (status, text) == (404, b"no such file")


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "http://127.0.0.1:1/", "", "/proc/self/environ"])
def test_no_other_file_is_served(guard, path):
    upload(guard)
    assert send(guard, "GET", f"/gradio_api/file={path}", visitor=ANNA)[0] == 404
    assert len(guard.app.requests) == 1


LARGE = bytes(MOST + 2**20)
OTHER_METHODS = ("PUT", "DELETE", "OPTIONS", "PATCH", "TRACE")


@pytest.mark.parametrize(
    ("method", "path", "body", "options", "status", "text"),
    [
        *(
            (method, "/", b"", {}, 405, "expected GET, HEAD")
            for method in ("PUT", "DELETE", "OPTIONS", "TRACE")
        ),
        ("POST", UPLOAD, b"sound", {}, 403, "expected the page's cookie: open the page first"),
        ("POST", UPLOAD, LARGE, {"visitor": ANNA}, 413, "expected at most 64 MB"),
        ("POST", UPLOAD, b"", {"visitor": ANNA, "content_length": str(len(LARGE))}, 413, "at most 64 MB"),
        *(("POST", JOIN, body, {}, 400, "expected JSON") for body in (b"{", b"[" * 60_000, b"\xff\xfe")),
        ("POST", JOIN, b" " * (MAX_BODY + 1), {}, 413, "the file has"),
    ],
)
def test_rejected_requests(guard, method, path, body, options, status, text):
    response = send(guard, method, path, body, **options)
    assert response[0] == status
    assert text in response[2].decode()
    assert guard.app.requests == []


def test_the_largest_upload_is_passed_on(guard):
    assert send(guard, "POST", UPLOAD, bytes(MOST), ANNA)[0] == 200


def request(path: object) -> bytes:
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    return json.dumps({"data": [file], "fn_index": 0, "session_hash": "x"}).encode()


def test_the_visitors_own_upload_is_passed_on(guard):
    path = upload(guard)
    assert send(guard, "POST", JOIN, request(path), ANNA)[0] == 200
    assert guard.app.requests[-1] == (JOIN, request(path))


@pytest.mark.parametrize(
    "forged", ["/etc/passwd", "http://127.0.0.1:1/x.wav", "", None, 7, ["x"], {"path": "x"}]
)
def test_a_forged_path_is_rejected(guard, forged):
    upload(guard)
    status, _, text = send(guard, "POST", JOIN, request(forged), ANNA)
    assert (status, text) == (403, b"no such upload: choose the recording again")
    assert len(guard.app.requests) == 1, "Gradio never saw it"


def test_an_upload_of_another_visitor_is_rejected(guard):
    path = upload(guard)
    assert send(guard, "POST", JOIN, request(path), BEN)[0] == 403
    deep = json.dumps({"data": {"a": [{"b": {"path": path}}]}}).encode()
    assert send(guard, "POST", JOIN, deep, BEN)[0] == 403
    assert send(guard, "POST", JOIN, deep, ANNA)[0] == 200


def connect(guard: Guard, path: str, **headers: str) -> list[dict]:
    """What a WebSocket is answered; an empty list if it is passed on."""
    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    sent: list[dict] = []

    async def collect(message):
        sent.append(message)

    async def accept(scope, receive, send):
        assert scope["path"] == STREAM

    guard.app = accept
    asyncio.run(guard({"type": "websocket", "path": path, "headers": given}, None, collect))
    return sent


def test_only_the_stream_of_a_visitor_is_passed_on(guard):
    cookie = f"{COOKIE}={ANNA}"
    assert connect(guard, STREAM, cookie=cookie) == []
    closed = [{"type": "websocket.close", "code": FORBIDDEN}]
    assert connect(guard, STREAM) == closed
    assert connect(guard, "/gradio_api/queue", cookie=cookie) == closed
    guard.password = "secret"
    assert connect(guard, STREAM, cookie=cookie) == closed
    assert connect(guard, STREAM, cookie=cookie, authorization=basic("secret")) == []


def basic(password: str) -> str:
    return f"Basic {b64encode(f'anyone:{password}'.encode()).decode()}"


def test_every_request_needs_the_password(guard):
    guard.password = "grün"
    status, headers, text = send(guard, "GET", "/")
    assert (status, text) == (401, b"a password is needed: that of ser app --password")
    assert headers[b"www-authenticate"].startswith(b"Basic ")
    for wrong in (basic("green"), "Basic ???", "Bearer x"):
        assert send(guard, "GET", "/", authorization=wrong)[0] == 401
    assert send(guard, "GET", "/", authorization=basic("grün"))[0] == 200
