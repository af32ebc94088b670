"""The pictures of the app and of a report in the docs, taken when `SER_SCREENSHOTS` names a folder.

    SER_SCREENSHOTS=docs/images SER_SCREENSHOT_ARTIFACT=artifacts/xgboost \
    SER_SCREENSHOT_AUDIO=one.wav:other.wav pytest tests/browser/test_screenshots.py

Without an artifact the small model of the tests is shown (and no report), without recordings the page's own
examples are. `make pictures` takes all of them.
"""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from tests.browser.test_app import choose, overflow
from tests.serving import RATE, Served, served, wav

MOST_BYTES = 400_000
TALLEST = 1_500
"""Pixels of a page's upper part that say what it is."""


@pytest.fixture(scope="module")
def shown(screenshots, server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page of the artifact that is asked for."""
    artifact = os.environ.get("SER_SCREENSHOT_ARTIFACT")
    if not artifact:
        yield server
        return
    folder = tmp_path_factory.mktemp("shown") / "tmp"
    folder.mkdir()
    with served(Path(artifact), folder) as page:
        yield page


def answer(page, *, joined: bool) -> None:
    """Show an answer: to one recording, or to several that follow each other."""
    paths = [Path(path) for path in os.environ.get("SER_SCREENSHOT_AUDIO", "").split(os.pathsep) if path]
    if not paths:
        buttons = page.locator("button.example")
        (buttons.last if joined else buttons.first).click()
    else:
        content = wav(np.concatenate([sound(path) for path in paths])) if joined else paths[0].read_bytes()
        with page.expect_response(lambda response: "/gradio_api/upload" in response.url):
            choose(page, content, "+".join(path.stem for path in paths) + ".wav" if joined else paths[0].name)
        page.wait_for_selector("#recording button[aria-label='Clear']", state="attached")
        page.click("#recognise")
    page.wait_for_selector(".answer .value")
    page.evaluate("document.activeElement.blur()")
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(1_000)


def sound(path: Path) -> np.ndarray:
    signal, rate = soundfile.read(path, always_2d=True)
    return soxr.resample(signal.mean(axis=1), rate, RATE)


def keep(content: bytes, path: Path) -> None:
    """Write a picture with as few colours as do it justice."""
    image = pytest.importorskip("PIL.Image").open(io.BytesIO(content)).convert("RGB")
    image.quantize(192, dither=0).save(path, optimize=True)
    assert 10_000 < path.stat().st_size < MOST_BYTES


def test_wide(open_page, shown, screenshots):
    page = open_page(1280, 900, url=shown.url, reduced_motion="reduce")
    answer(page, joined=False)
    tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    keep(page.screenshot(full_page=True, clip=box(1280, tall)), screenshots / "app_wide.png")


def test_narrow(open_page, shown, screenshots):
    page = open_page(390, 844, url=shown.url, reduced_motion="reduce", device_scale_factor=2)
    answer(page, joined=False)
    page.evaluate("document.querySelector('.answer').scrollIntoView()")
    assert overflow(page) <= 0
    keep(page.screenshot(), screenshots / "app_narrow.png")


def test_timeline(open_page, shown, screenshots):
    page = open_page(1280, 900, url=shown.url, reduced_motion="reduce")
    answer(page, joined=True)
    section = page.locator(".answer section").filter(has_text="From moment to moment")
    top = section.bounding_box()
    keep(
        page.screenshot(full_page=True, clip=box(1280, top["height"] + 24, top["y"] - 8)),
        screenshots / "app_timeline.png",
    )


def test_report(browser, screenshots):
    artifact = os.environ.get("SER_SCREENSHOT_ARTIFACT")
    if not artifact:
        pytest.skip("no report is asked for: SER_SCREENSHOT_ARTIFACT names no artifact")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((Path(artifact).absolute() / "report.html").as_uri())
    assert overflow(page) <= 0
    keep(page.screenshot(full_page=True, clip=box(1280, TALLEST)), screenshots / "report.png")
    page.close()


def box(width: float, height: float, y: float = 0) -> dict[str, float]:
    return {"x": 0, "y": y, "width": width, "height": height}
