"""A local web server that follows a script, and archives to serve."""

import hashlib
import http.server
import io
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
import pytest
import soundfile

from ser_features.download import Archive, RetryPolicy

Step = Callable[["Handler", bytes], None]
"""Responds to one request for the content."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        web = self.server.web
        self.close_connection = True
        web.requests.append((self.path, self.headers.get("Range")))
        step = web.script.pop(0) if web.script else serve()
        with suppress(ConnectionError):  # some tests close the connection
            step(self, web.content)

    def head(self, code: int, headers: Mapping[str, str]) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    web: "Web"


@dataclass
class Web:
    """State of the server.

    Attributes:
        content: bytes of its one file.
        script: responses to the next requests, in order; later requests get the content.
        requests: path and Range header of the received requests.
    """

    root: str = ""
    content: bytes = b""
    script: list[Step] = field(default_factory=list)
    requests: list[tuple[str, str | None]] = field(default_factory=list)

    @property
    def ranges(self) -> list[str | None]:
        return [header for _, header in self.requests]

    def archive(self, **changes: object) -> Archive:
        values = {
            "url": f"{self.root}/corpus.zip",
            "file": "corpus.zip",
            "checksum": f"sha256:{hashlib.sha256(self.content).hexdigest()}",
            "unpacked": 1_000_000,
            "size": len(self.content),
            "origin": "a test",
            "page": "https://example.org/corpus",
        }
        return Archive(**(values | changes))  # type: ignore[arg-type]


def serve(
    *,
    ranges: bool = True,
    cut: int | None = None,
    content: bytes | None = None,
    length: bool = True,
    pause: float = 0.0,
    stall: float = 0.0,
    content_range: str | None = None,
) -> Step:
    """Send the content.

    Args:
        ranges: whether a Range header is followed.
        cut: bytes after which the connection breaks.
        content: bytes other than the right ones.
        length: whether the response has a Content-Length.
        pause: seconds before every 1,000 bytes.
        stall: seconds without data after `cut` bytes, with the connection open.
        content_range: a wrong Content-Range.
    """

    def step(handler: Handler, right: bytes) -> None:
        whole = right if content is None else content
        start = 0
        requested = handler.headers.get("Range")
        if ranges and requested:
            start = int(requested.removeprefix("bytes=").removesuffix("-"))
            if start >= len(whole):
                handler.head(416, {"Content-Range": f"bytes */{len(whole)}", "Content-Length": "0"})
                return
        headers = {"Content-Length": str(len(whole) - start)} if length else {}
        if start:
            headers["Content-Range"] = content_range or f"bytes {start}-{len(whole) - 1}/{len(whole)}"
        handler.head(206 if start else 200, headers)
        body = whole[start:] if cut is None else whole[start : start + cut]
        for begin in range(0, len(body), 1000):
            time.sleep(pause)
            handler.wfile.write(body[begin : begin + 1000])
            handler.wfile.flush()
        time.sleep(stall)

    return step


def answer(code: int, **headers: str) -> Step:
    """Send a status and headers, whose names have _ for -, and no content."""

    def step(handler: Handler, _: bytes) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.head(code, {"Content-Length": "0"} | named)

    return step


def babble(handler: Handler, _: bytes) -> None:
    """Send something other than HTTP."""
    handler.wfile.write(b"220 smtp.example.org ready\r\n")


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setenv("no_proxy", "*")
    with Server(("127.0.0.1", 0), Handler) as server:
        server.web = Web(root=f"http://127.0.0.1:{server.server_address[1]}")
        server.web.content = np.random.default_rng(0).bytes(300_000)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server.web
        server.shutdown()


@pytest.fixture
def quick_retries() -> RetryPolicy:
    """Retries that take no time."""
    return RetryPolicy(attempts=3, wait=0.001, max_wait=0.01, timeout=5.0)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip with these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def savee_files() -> dict[str, bytes]:
    """Eight small SAVEE recordings by their paths in an archive."""
    files = {"AudioData/Info.txt": b"Surrey"}
    for speaker in ("DC", "JE"):
        for number, code in enumerate(("a01", "h02", "n03", "sa04")):
            signal = np.sin(np.arange(6000) / (8 + 3 * number + len(files))) * np.hanning(6000)
            buffer = io.BytesIO()
            soundfile.write(buffer, signal, 16_000, format="WAV")
            files[f"AudioData/{speaker}/{code}.wav"] = buffer.getvalue()
    return files


@pytest.fixture(scope="session")
def savee_zip(savee_files: dict[str, bytes]) -> bytes:
    return zipped(savee_files)
