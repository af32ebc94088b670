"""The guard passes on what the page needs, to whom it belongs, and nothing else."""

import asyncio
import json

import pytest

from ser_models.app.guard import COOKIE, MAX_BODY, Guard, Refused, check_route, visitor_of
from ser_models.app.limits import MAX_BYTES
from ser_models.app.uploads import Uploads

ANNA, BEN = "a" * 43, "b" * 43


class Gradio:
    """Stands in for Gradio: keeps what it was asked, and answers an upload with its path."""

    def __init__(self, uploads: Uploads) -> None:
        self.uploads = uploads
        self.asked: list[tuple[str, bytes]] = []

    async def __call__(self, scope, receive, send) -> None:
        message = await receive() if scope["method"] == "POST" else {"body": b""}
        self.asked.append((scope["path"], message["body"]))
        answer = b"{}"
        if scope["path"].endswith("/upload"):
            path = self.uploads.folder / "ab" / "clip.wav"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(message["body"])
            answer = json.dumps([str(path)]).encode()
        headers = [(b"content-type", b"application/json"), (b"access-control-allow-origin", b"*")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


@pytest.fixture
def guard(tmp_path) -> Guard:
    uploads = Uploads(tmp_path)
    return Guard(Gradio(uploads), uploads)


def ask(guard: Guard, method: str, path: str, body: bytes = b"", visitor: str = "", **headers: str):
    """Return status, headers and body of the answer."""
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

    async def send(message):
        sent.append(message)

    asyncio.run(guard(scope, receive, send))
    text = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), text


def upload(guard: Guard, visitor: str = ANNA) -> str:
    status, _, text = ask(guard, "POST", "/gradio_api/upload", b"sound", visitor)
    assert status == 200
    return json.loads(text)[0]


@pytest.mark.parametrize("path", ["/", "/config", "/assets/index.js", "/static/js/x.js", "/theme.css"])
def test_the_page_is_passed_on(guard, path):
    assert ask(guard, "GET", path)[0] == 200
    assert guard.app.asked == [(path, b"")]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("GET", "/monitoring"),
        ("GET", "/gradio_api/info"),
        ("GET", "/gradio_api/openapi.json"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/gradio_api/proxy=http://127.0.0.1:1/"),
        ("GET", "/gradio_api/custom_component/1/client/component/x.js"),
        ("GET", "/gradio_api/file/etc/passwd"),
        ("GET", "/gradio_api/deep_link"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/process_recording"),
        ("POST", "/gradio_api/run/recognise"),
        ("POST", "/gradio_api/call/recognise"),
        ("POST", "/gradio_api/vibe-edit/"),
        ("POST", "/login"),
        ("GET", "/assets/../../../etc/passwd"),
        ("GET", "/assets/%2e%2e/etc/passwd"),
        ("GET", "/static/..\\secret"),
        ("GET", "/svelte/\0"),
    ],
)
def test_what_the_page_does_not_need_is_not_there(guard, method, path):
    status, headers, text = ask(guard, method, path, visitor=ANNA)
    assert (status, text) == (404, b"no such page")
    assert b"content-security-policy" in headers
    assert guard.app.asked == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_refused(guard, method):
    assert ask(guard, method, "/")[0] == 405
    with pytest.raises(Refused, match="expected GET, HEAD or POST"):
        check_route(method, "/")


def test_a_new_visitor_gets_a_name_and_an_old_one_keeps_theirs(guard):
    cookie = ask(guard, "GET", "/")[1][b"set-cookie"].decode()
    name = visitor_of(cookie.split(";")[0])
    assert len(name) == 43
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Strict")
    assert b"set-cookie" not in ask(guard, "GET", "/", visitor=name)[1]
    assert visitor_of(ask(guard, "GET", "/")[1][b"set-cookie"].decode()) != name


@pytest.mark.parametrize("cookies", ["", "ser_visitor=", "ser_visitor=short", "other=1", "\x00=;;;", "[]=1"])
def test_no_name_is_made_of_other_cookies(cookies):
    assert visitor_of(cookies) == ""


def test_pages_are_private(guard):
    for path in ("/", "/config", "/assets/index.js"):
        headers = ask(guard, "GET", path)[1]
        policy = headers[b"content-security-policy"].decode()
        assert "default-src 'self'" in policy
        assert "http" not in policy, "nobody but this server is asked"
        assert headers[b"x-content-type-options"] == b"nosniff"
        assert b"access-control-allow-origin" not in headers
        assert (headers.get(b"cache-control") == b"no-store") == (path != "/assets/index.js")


def test_an_upload_is_played_back_to_its_uploader_only(guard):
    path = upload(guard)
    assert ask(guard, "GET", f"/gradio_api/file={path}", visitor=ANNA)[0] == 200
    for visitor in (BEN, ""):
        status, _, text = ask(guard, "GET", f"/gradio_api/file={path}", visitor=visitor)
        assert (status, text) == (404, b"no such file")


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "http://127.0.0.1:1/", "", "/proc/self/environ"])
def test_no_other_file_is_served(guard, path):
    upload(guard)
    assert ask(guard, "GET", f"/gradio_api/file={path}", visitor=ANNA)[0] == 404
    assert len(guard.app.asked) == 1


def test_uploading_needs_the_cookie(guard):
    status, _, text = ask(guard, "POST", "/gradio_api/upload", b"sound")
    assert (status, text) == (403, b"expected the page's cookie: open the page first")
    assert guard.app.asked == []


@pytest.mark.parametrize("says", [True, False])
def test_uploads_are_bounded_by_what_comes(guard, says):
    body = bytes(MAX_BYTES + 2**20)
    headers = {"content_length": str(len(body))} if says else {}
    status, _, text = ask(guard, "POST", "/gradio_api/upload", body, ANNA, **headers)
    assert status == 413
    assert b"expected at most 10 MB" in text
    assert guard.app.asked == []
    assert ask(guard, "POST", "/gradio_api/upload", bytes(MAX_BYTES), ANNA)[0] == 200


def request(path: object) -> bytes:
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    return json.dumps({"data": [file], "fn_index": 0, "session_hash": "x"}).encode()


def test_ones_own_upload_is_recognised(guard):
    path = upload(guard)
    assert ask(guard, "POST", "/gradio_api/queue/join", request(path), ANNA)[0] == 200
    assert guard.app.asked[-1] == ("/gradio_api/queue/join", request(path))


@pytest.mark.parametrize(
    "forged", ["/etc/passwd", "http://127.0.0.1:1/x.wav", "", None, 7, ["x"], {"path": "x"}]
)
def test_a_forged_path_is_refused(guard, forged):
    upload(guard)
    status, _, text = ask(guard, "POST", "/gradio_api/queue/join", request(forged), ANNA)
    assert (status, text) == (403, b"no such upload: choose the recording again")
    assert len(guard.app.asked) == 1, "Gradio never saw it"


def test_somebody_elses_upload_is_not_recognised(guard):
    path = upload(guard)
    assert ask(guard, "POST", "/gradio_api/queue/join", request(path), BEN)[0] == 403
    deep = json.dumps({"data": {"a": [{"b": {"path": path}}]}}).encode()
    assert ask(guard, "POST", "/gradio_api/queue/join", deep, BEN)[0] == 403
    assert ask(guard, "POST", "/gradio_api/queue/join", deep, ANNA)[0] == 200


@pytest.mark.parametrize("body", [b"{", b"[" * 60_000, b"\xff\xfe"])
def test_what_is_no_json_is_refused(guard, body):
    assert ask(guard, "POST", "/gradio_api/queue/join", body, ANNA)[0] == 400
    assert guard.app.asked == []


def test_other_requests_are_small(guard):
    assert ask(guard, "POST", "/gradio_api/queue/join", b" " * (MAX_BODY + 1), ANNA)[0] == 413
    assert guard.app.asked == []


def test_websockets_are_not_answered(guard):
    asyncio.run(guard({"type": "websocket", "path": "/"}, None, None))
    assert guard.app.asked == []
