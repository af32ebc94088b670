"""The real page over HTTP: no file of the server can be read, and no recording is stored."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from ser_models.app.limits import MAX_UPLOAD
from tests.serving import Served, config_of, voice

httpx = pytest.importorskip("httpx", reason="comes with gradio: pip install 'ser-toolkit[app]'")


@contextmanager
def opened(server: Served) -> Iterator:
    """A visitor who has opened the page."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        client.get("/").raise_for_status()
        yield client


@pytest.fixture
def visitor(server: Served) -> Iterator:
    with opened(server) as client:
        yield client


@pytest.fixture
def other(server: Served) -> Iterator:
    with opened(server) as client:
        yield client


def upload(client, content: bytes, name: str = "clip.wav"):
    return client.post("/gradio_api/upload", files={"files": (name, content, "audio/wav")})


def events(page: str) -> list[dict]:
    """The event handlers of the page: of uploads, then of the examples."""
    return [event for event in config_of(page)["dependencies"] if event["backend_fn"]]


def request(client, data: list, event: dict, session: str = "s"):
    trigger = {"fn_index": event["id"], "trigger_id": event["targets"][0][0]}
    return client.post("/gradio_api/queue/join", json={"data": data, "session_hash": session, **trigger})


def result_of(client, session: str = "s") -> dict:
    """Wait for the result of the session's request."""
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as lines:
        for line in lines.iter_lines():
            message = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
            if message.get("msg") == "process_completed":
                return message
    raise AssertionError("no result")


def recognised(client, path: str, session: str = "s") -> str:
    """Return the HTML of the result for an upload."""
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    response = request(client, [[file]], events(client.get("/").text)[0], session)
    assert response.status_code == 200, response.text
    message = result_of(client, session)
    assert message["success"], message
    cleared, html = message["output"]["data"]
    assert cleared is None
    return html


def test_an_upload_is_recognised_and_deleted(visitor, server):
    path = upload(visitor, voice(1.0)).json()[0]
    assert [str(file) for file in server.files()] == [path], "until it is recognised"
    assert upload(visitor, voice(1.0)).json() == [path], "the same upload again"
    played = visitor.get(f"/gradio_api/file={path}")
    assert played.content == voice(1.0)
    assert played.headers["cache-control"] == "no-store"
    html = recognised(visitor, path)
    assert "clip.wav" in html
    assert 'class="value"' in html
    assert server.files() == []
    assert visitor.get(f"/gradio_api/file={path}").status_code == 404
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    assert request(visitor, [[file]], events(visitor.get("/").text)[0]).status_code == 403


@pytest.mark.parametrize("content", [b"no sound at all", voice(601)])
def test_a_refused_upload_is_deleted(visitor, server, content):
    html = recognised(visitor, upload(visitor, content).json()[0])
    assert "Not recognised:" in html
    assert server.files() == []


def test_the_file_route_serves_no_other_file(visitor, other, server, artifact):
    mine = upload(visitor, voice(0.5), "mine.wav").json()[0]
    files = (
        artifact / "artifact.json",
        artifact / "metrics.json",
        __file__,
        server.folder,
        Path(mine).parent,
    )
    climbs = (
        f"{Path(mine).parent}/../../../../../../etc/passwd",
        f"{mine}/../../../../../../../../etc/passwd",
    )
    paths = (
        "/etc/passwd",
        "/proc/self/environ",
        "../../../etc/passwd",
        "http://127.0.0.1:1/x",
        "file:///etc/passwd",
    )
    for secret in (*map(str, files), *climbs, *paths):
        for path in (secret, quote(secret, safe=""), quote(quote(secret, safe=""), safe="")):
            for route in ("/gradio_api/file=", "/gradio_api/file/", "/file=", "/gradio_api/proxy="):
                response = raw(server, f"{route}{path}", visitor)
                assert response.startswith((b"HTTP/1.1 403", b"HTTP/1.1 404")), (route, path, response[:60])
                assert b"root:" not in response
    assert other.get(f"/gradio_api/file={mine}").status_code == 404, "another visitor's upload"
    assert httpx.get(f"{server.url}gradio_api/file={mine}").status_code == 404, "without a cookie"
    assert visitor.get(f"/gradio_api/file={mine}").status_code == 200
    recognised(visitor, mine)


@pytest.mark.parametrize("folder", ["assets", "static", "svelte"])
def test_static_folders_serve_no_other_file(server, visitor, folder):
    for climb in ("../" * 12, "..%2f" * 12, "%2e%2e/" * 12, "....//" * 12, "..\\" * 12):
        response = raw(server, f"/{folder}/{climb}etc/passwd", visitor)
        assert response.startswith((b"HTTP/1.1 403", b"HTTP/1.1 404")), (climb, response[:60])
        assert b"root:" not in response


def raw(server: Served, target: str, visitor) -> bytes:
    """Request exactly `target`: HTTP clients would normalise it."""
    host, port = server.url.removeprefix("http://").rstrip("/").split(":")
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    message = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(message.encode())
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)


def test_a_forged_recording_is_rejected(visitor, other, artifact, server):
    event = events(visitor.get("/").text)[0]
    theirs = upload(other, voice(0.5)).json()[0]
    mine = upload(visitor, voice(0.6)).json()[0]
    other_spelling = f"{mine}/../{Path(mine).name}"
    for path in ("/etc/passwd", str(artifact / "metrics.json"), theirs, other_spelling, "http://x/y.wav"):
        file = {"path": path, "url": mine, "meta": {"_type": "gradio.FileData"}}
        response = request(visitor, [[file]], event)
        assert response.status_code == 403, path
        assert response.text == "no such upload: choose the recording again"
    recognised(other, theirs), recognised(visitor, mine)
    assert server.files() == []


@pytest.mark.parametrize("data", [["/etc/passwd"], [7], [["/etc/passwd"]], [{"url": "/etc/passwd"}], []])
def test_data_of_another_shape_gives_no_result(visitor, data):
    response = request(visitor, data, events(visitor.get("/").text)[0])
    if response.status_code == 200:
        message = result_of(visitor)
        assert not message["success"], message
        assert "root:" not in json.dumps(message)


def test_without_a_recording_there_is_a_message(visitor):
    assert request(visitor, [None], events(visitor.get("/").text)[0]).status_code == 200
    assert "there is no recording: speak or choose a file" in result_of(visitor)["output"]["data"][1]


def test_there_is_no_public_api(visitor):
    for path in (
        "docs",
        "openapi.json",
        *(f"gradio_api/{name}" for name in ("info", "openapi.json", "call/x")),
    ):
        assert visitor.get(f"/{path}").status_code == 404
    config = config_of(visitor.get("/").text)
    assert {event["api_visibility"] for event in config["dependencies"]} == {"private"}
    assert not config["analytics_enabled"]


def test_a_too_large_upload_is_rejected_before_it_is_written(visitor, server):
    response = upload(visitor, b"RIFF" + bytes(MAX_UPLOAD + 2**20))
    assert response.status_code == 413
    assert "expected at most 64 MB" in response.text
    assert server.files() == []


def test_an_interrupted_upload_is_deleted(visitor, server):
    host, port = server.url.removeprefix("http://").rstrip("/").split(":")
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    head = (
        f"POST /gradio_api/upload HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nContent-Length: 100000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
        'Content-Disposition: form-data; name="files"; filename="half.wav"\r\n\r\nhalf'
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode())
        time.sleep(0.3)
    time.sleep(0.3)
    assert server.files() == []


def test_simultaneous_visitors_get_their_own_results(server):
    results = {}

    def visit(index: int) -> None:
        with opened(server) as client:
            path = upload(client, voice(0.5 + 0.1 * index), f"number{index}.wav").json()[0]
            results[index] = recognised(client, path, f"session{index}")

    threads = [threading.Thread(target=visit, args=(index,)) for index in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == list(range(5))
    for index, html in results.items():
        assert f"number{index}.wav" in html
        assert f"{0.5 + 0.1 * index:.1f} s recorded" in html
    assert server.files() == []
