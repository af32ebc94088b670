"""Screenshots of the app and of a report for the documentation, if `SER_SCREENSHOTS` names a folder.

    SER_SCREENSHOTS=docs/images SER_SCREENSHOT_ARTIFACT=artifacts/xgboost \
    SER_SCREENSHOT_AUDIO=one.wav:other.wav pytest tests/browser/test_screenshots.py

Without an artifact the model of the tests is used (and no report), without recordings the examples of the
page. `make pictures` takes all screenshots.
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
"""Height in pixels of the upper part of a page that is shown."""


@pytest.fixture(scope="module")
def shown(screenshots, server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page of the artifact in SER_SCREENSHOT_ARTIFACT."""
    artifact = os.environ.get("SER_SCREENSHOT_ARTIFACT")
    if not artifact:
        yield server
        return
    folder = tmp_path_factory.mktemp("shown") / "tmp"
    folder.mkdir()
    with served(Path(artifact), folder) as page:
        yield page


def show_result(page, *, joined: bool) -> None:
    """Show the result for one recording, or for all recordings joined."""
    paths = [Path(path) for path in os.environ.get("SER_SCREENSHOT_AUDIO", "").split(os.pathsep) if path]
    if not paths:
        buttons = page.locator("button.example")
        (buttons.last if joined else buttons.first).click()
    else:
        content = wav(np.concatenate([sound(path) for path in paths])) if joined else paths[0].read_bytes()
        choose(page, content, "+".join(path.stem for path in paths) + ".wav" if joined else paths[0].name)
    page.wait_for_selector(".result .value")
    page.evaluate("document.activeElement.blur()")
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(1_000)


def sound(path: Path) -> np.ndarray:
    signal, rate = soundfile.read(path, always_2d=True)
    return soxr.resample(signal.mean(axis=1), rate, RATE)


def save(content: bytes, path: Path) -> None:
    """Write an image with a reduced palette."""
    image = pytest.importorskip("PIL.Image").open(io.BytesIO(content)).convert("RGB")
    image.quantize(192, dither=0).save(path, optimize=True)
    assert 10_000 < path.stat().st_size < MOST_BYTES


def test_wide(open_page, shown, screenshots):
    page = open_page(1280, 900, url=shown.url, reduced_motion="reduce")
    show_result(page, joined=False)
    tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    save(page.screenshot(full_page=True, clip=box(1280, tall)), screenshots / "app_wide.png")


def test_narrow(open_page, shown, screenshots):
    page = open_page(390, 844, url=shown.url, reduced_motion="reduce", device_scale_factor=2)
    show_result(page, joined=False)
    page.evaluate("document.querySelector('.result').scrollIntoView()")
    assert overflow(page) <= 0
    save(page.screenshot(), screenshots / "app_narrow.png")


def test_windows(open_page, shown, screenshots):
    page = open_page(1280, 900, url=shown.url, reduced_motion="reduce")
    show_result(page, joined=True)
    section = page.locator(".result section").filter(has_text="Prediction over time")
    top = section.bounding_box()
    save(
        page.screenshot(full_page=True, clip=box(1280, top["height"] + 24, top["y"] - 8)),
        screenshots / "app_windows.png",
    )


def test_report(browser, screenshots):
    artifact = os.environ.get("SER_SCREENSHOT_ARTIFACT")
    if not artifact:
        pytest.skip("SER_SCREENSHOT_ARTIFACT names no artifact with a report")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((Path(artifact).absolute() / "report.html").as_uri())
    assert overflow(page) <= 0
    save(page.screenshot(full_page=True, clip=box(1280, TALLEST)), screenshots / "report.png")
    page.close()


def box(width: float, height: float, y: float = 0) -> dict[str, float]:
    return {"x": 0, "y": y, "width": width, "height": height}
