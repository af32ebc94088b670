"""The page with a stand-in for the model: concurrency, and the handling of uploads."""

import asyncio
import time
from pathlib import Path

import pytest

gradio = pytest.importorskip("gradio", reason="needs gradio: pip install 'ser-toolkit[app]'")

from ser_models.app import limits, page  # noqa: E402
from ser_models.app.clips import Example  # noqa: E402
from ser_models.app.page import _recognise, build, theme  # noqa: E402
from ser_models.app.result import Recording  # noqa: E402
from ser_models.app.uploads import Uploads  # noqa: E402


class Slow:
    """Responds after a while, and counts simultaneous calls."""

    noun = "emotion"
    colours: dict[str, str] = {}  # noqa: RUF012

    def __init__(self) -> None:
        self.running: list[str] = []
        self.most = self.total = 0

    def recognise(self, recordings: list[Recording]) -> str:
        name = ", ".join(one.name for one in recordings)
        self.running.append(name)
        self.most = max(self.most, len(self.running))
        time.sleep(0.2)
        self.running.pop()
        self.total += 1
        return f"result for {name}"

    def describe_models(self) -> str:
        return "model"


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path)


def test_concurrency_is_limited(uploads):
    slow = Slow()
    examples = [Example(name, 1.0, name.encode(), f"example {name}") for name in "ab"]
    blocks = build(slow, examples, uploads)
    handlers = [fn for fn in blocks.fns.values() if fn.fn is not None]
    assert len(handlers) == 3
    client = gradio.mount_gradio_app(__import__("fastapi").FastAPI(), blocks, path="/")
    asyncio.run(_click_all(client, [fn._id for fn in handlers[1:]] * 3))
    assert slow.total == 6
    assert slow.most == limits.CONCURRENCY


async def _click_all(app, clicks: list[int]) -> None:
    """Click on examples at once, through the app itself, and wait for all results."""
    import httpx

    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://page", timeout=30) as client:
            for index, click in enumerate(clicks):
                body = {"data": [], "fn_index": click, "session_hash": f"s{index}"}
                response = await client.post("/gradio_api/queue/join", json=body)
                assert response.status_code == 200, response.text
            results = [
                client.get("/gradio_api/queue/data", params={"session_hash": f"s{index}"})
                for index in range(len(clicks))
            ]
            for result in await asyncio.gather(*results):
                assert "result for example" in result.text


def put(uploads: Uploads) -> str:
    path = uploads.folder / "ab" / "my clip.wav"
    path.parent.mkdir()
    path.write_bytes(b"sound")
    uploads.claim("anna", [str(path)])
    return str(path)


def test_an_upload_is_recognised_and_deleted(uploads):
    assert _recognise(Slow(), uploads, [put(uploads)], "anna") == (None, "result for my clip.wav")
    assert list(uploads.folder.iterdir()) == []


def test_an_upload_is_deleted_after_an_error(uploads):
    class Broken(Slow):
        def recognise(self, recordings: list[Recording]) -> str:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        _recognise(Broken(), uploads, [put(uploads)], "anna")
    assert list(uploads.folder.iterdir()) == []


def test_several_uploads_are_recognised_together(uploads):
    paths = [uploads.folder / name / f"{name}.wav" for name in ("a", "b")]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(b"sound")
    uploads.claim("anna", [str(path) for path in paths])
    html = _recognise(Slow(), uploads, [str(path) for path in paths], "anna")[1]
    assert html == "result for a.wav, b.wav"
    assert list(uploads.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (None, page.NO_RECORDING),
        (["/etc/passwd"], page.EXPIRED),
        (["a.wav"] * 17, "17 recordings were chosen, expected at most 16: choose fewer, or use ser predict"),
    ],
)
def test_without_an_upload_there_is_a_message(uploads, paths, message):
    cleared, html = _recognise(Slow(), uploads, paths, "anna")
    assert cleared is None
    assert message in html


def test_an_upload_of_another_visitor_is_kept(uploads):
    path = put(uploads)
    assert page.EXPIRED in _recognise(Slow(), uploads, [path], "ben")[1]
    assert Path(path).exists()


def test_the_theme_loads_nothing():
    assert theme()._stylesheets == []
    assert "http" not in "".join(theme()._font_css)
