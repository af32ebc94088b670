"""The page with a stand-in for the model: what waits for what, and what a listener does with an upload."""

import asyncio
import threading
import time
from pathlib import Path

import pytest

gradio = pytest.importorskip("gradio", reason="needs gradio: pip install 'ser-toolkit[app]'")

from ser_models.app import limits, page  # noqa: E402
from ser_models.app.clips import Example  # noqa: E402
from ser_models.app.page import _recognise, build, theme  # noqa: E402
from ser_models.app.uploads import Uploads  # noqa: E402


class Slow:
    """Answers after a while, and counts how many are answered at the same time."""

    def __init__(self) -> None:
        self.now = self.most = self.total = 0
        self._lock = threading.Lock()

    def answer(self, content: bytes, name: str) -> str:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.2)
        with self._lock:
            self.now -= 1
            self.total += 1
        return f"answer to {name}"

    def knowledge(self) -> str:
        return "knowledge"


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path)


def test_two_at_a_time(uploads):
    slow = Slow()
    examples = [Example("a", 1.0, b"a"), Example("b", 1.0, b"b")]
    blocks = build(slow, examples, uploads)
    listeners = [fn for fn in blocks.fns.values() if fn.fn is not None]
    assert len(listeners) == 3
    client = gradio.mount_gradio_app(__import__("fastapi").FastAPI(), blocks, path="/")
    asyncio.run(_click_all(client, [fn._id for fn in listeners[1:]] * 3))
    assert slow.total == 6
    assert slow.most == limits.AT_ONCE


async def _click_all(app, clicks: list[int]) -> None:
    """Click on examples at once, through the app itself, and wait until all are answered."""
    import httpx

    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://page", timeout=30) as client:
            for index, click in enumerate(clicks):
                body = {"data": [], "fn_index": click, "session_hash": f"s{index}"}
                asked = await client.post("/gradio_api/queue/join", json=body)
                assert asked.status_code == 200, asked.text
            answers = [
                client.get("/gradio_api/queue/data", params={"session_hash": f"s{index}"})
                for index in range(len(clicks))
            ]
            for answer in await asyncio.gather(*answers):
                assert "answer to synthetic voice" in answer.text


def put(uploads: Uploads) -> str:
    path = uploads.folder / "ab" / "my clip.wav"
    path.parent.mkdir()
    path.write_bytes(b"sound")
    uploads.claim("anna", [str(path)])
    return str(path)


def test_a_listener_answers_and_deletes(uploads):
    assert _recognise(Slow(), uploads, put(uploads), "anna") == (None, "answer to my clip.wav")
    assert list(uploads.folder.iterdir()) == []


def test_an_upload_is_deleted_even_if_the_answer_breaks(uploads):
    class Broken(Slow):
        def answer(self, content: bytes, name: str) -> str:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        _recognise(Broken(), uploads, put(uploads), "anna")
    assert list(uploads.folder.iterdir()) == []


@pytest.mark.parametrize(("path", "said"), [(None, page.NOTHING), ("/etc/passwd", page.GONE)])
def test_without_an_upload_of_ones_own_there_is_a_hint(uploads, path, said):
    cleared, html = _recognise(Slow(), uploads, path, "anna")
    assert cleared is None
    assert said in html


def test_somebody_elses_upload_stays(uploads):
    path = put(uploads)
    assert page.GONE in _recognise(Slow(), uploads, path, "ben")[1]
    assert Path(path).exists()


def test_nothing_is_fetched_for_the_theme():
    assert theme()._stylesheets == []
    assert "http" not in "".join(theme()._font_css)
