"""Screenshots of the app, a report and the service for the documentation.

    SER_SCREENSHOTS=docs/images SER_SCREENSHOT_ARTIFACT=artifacts/best \
    SER_SCREENSHOT_AUDIO=one.wav:other.wav pytest tests/browser/test_screenshots.py

They are taken if `SER_SCREENSHOTS` names a folder. Without an artifact the model of the tests is used (and no
report), without recordings the examples of the page. The first recording is shown alone, the first two joined
and spoken into the microphone, all of them in the table. `make pictures` takes all screenshots.
"""

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from tests.browser.test_app import as_file, choose, overflow
from tests.serving import RATE, Served, served, voice, wav

MOST_BYTES = 150_000
JOINED = 2
"""Recordings that are joined for a course over time."""
TALLEST = 1_600
"""Height in pixels of the upper part of a page that is shown, at most."""


PATHS = [Path(path) for path in os.environ.get("SER_SCREENSHOT_AUDIO", "").split(os.pathsep) if path]


@pytest.fixture(scope="module", autouse=True)
def _speech(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let the microphone of the browser, which is launched later, play the joined recordings."""
    if not PATHS:
        yield
        return
    file = tmp_path_factory.mktemp("spoken") / "spoken.wav"
    file.write_bytes(joined())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SER_SCREENSHOT_SPOKEN", str(file))
        yield


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


def show_result(page, *, is_joined: bool) -> None:
    """Show the result for one recording, or for recordings joined."""
    if not PATHS:
        buttons = page.locator("button.example")
        (buttons.last if is_joined else buttons.first).click()
    elif is_joined:
        choose(page, joined(), "+".join(path.stem for path in PATHS[:JOINED]) + ".wav")
    else:
        choose(page, PATHS[0].read_bytes(), PATHS[0].name)
    page.wait_for_selector(".result .value", timeout=60_000)
    settle(page)


def settle(page) -> None:
    """Wait until nothing moves, with nothing in focus."""
    page.evaluate("document.activeElement.blur()")
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(1_000)


def joined() -> bytes:
    return wav(np.concatenate([sound(path) for path in PATHS[:JOINED]]))


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
    show_result(page, is_joined=False)
    tall = upper_part(page, ".result figure")
    save(page.screenshot(full_page=True, clip=box(1280, tall)), screenshots / "app_wide.png")


def test_narrow(open_page, shown, screenshots):
    page = open_page(390, 844, url=shown.url, reduced_motion="reduce", device_scale_factor=2)
    show_result(page, is_joined=False)
    page.evaluate("document.querySelector('.result').scrollIntoView()")
    assert overflow(page) <= 0
    save(page.screenshot(), screenshots / "app_narrow.png")


def test_windows(open_page, shown, screenshots):
    page = open_page(1280, 900, url=shown.url, reduced_motion="reduce")
    show_result(page, is_joined=True)
    over_time = page.locator(".result section").filter(has_text="Prediction over time")
    save(section(page, over_time), screenshots / "app_windows.png")


def test_why(open_page, shown, screenshots):
    page = open_page(1280, 900, url=shown.url, reduced_motion="reduce")
    show_result(page, is_joined=False)
    page.locator(".why summary").click()
    save(section(page, page.locator(".result .headline")), screenshots / "app_why.png")


def test_live(open_page, shown, screenshots):
    page = open_page(1280, 900, url=shown.url, reduced_motion="reduce")
    page.click("#speak")
    spoken = re.compile(r"^(\d\d|[6-9])\.\d s: ")
    page.locator(".microphone .status").get_by_text(spoken).wait_for(timeout=60_000)
    page.evaluate("document.activeElement.blur()")
    bounds = page.locator("#recording").bounding_box()
    picture = page.screenshot(full_page=True, clip=box(1280, bounds["y"] + bounds["height"] + 16))
    save(picture, screenshots / "app_live.png")


def test_several(open_page, shown, screenshots):
    page = open_page(1280, 900, url=shown.url, reduced_motion="reduce")
    files = [as_file(path.read_bytes(), path.name) for path in PATHS]
    files = files or [as_file(voice(seconds), f"{seconds:g}.wav") for seconds in (1.0, 2.0)]
    page.set_input_files("#recording input[type=file]", files)
    page.wait_for_selector(".result .several", timeout=60_000)
    settle(page)
    save(section(page, page.locator(".result")), screenshots / "app_several.png")


def test_service(browser, shown, screenshots, artifact_of, tmp_path):
    folder = tmp_path / "tmp"
    folder.mkdir()
    artifact = os.environ.get("SER_SCREENSHOT_ARTIFACT") or artifact_of("logistic")
    with served(Path(artifact), folder, "serve") as service:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{service.url}docs")
        name, content = (PATHS[0].name, PATHS[0].read_bytes()) if PATHS else ("call.wav", voice(2.0))
        page.set_input_files("#file", as_file(content, name))
        page.focus("#form button")
        page.keyboard.press("Enter")
        page.wait_for_selector(f'#answer:has-text("{name}")', timeout=60_000)
        settle(page)
        assert overflow(page) <= 0
        save(page.screenshot(full_page=True, clip=box(1280, 900)), screenshots / "serve.png")
        page.close()


def test_report(browser, screenshots):
    artifact = os.environ.get("SER_SCREENSHOT_ARTIFACT")
    if not artifact:
        pytest.skip("SER_SCREENSHOT_ARTIFACT names no artifact with a report")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((Path(artifact).absolute() / "report.html").as_uri())
    assert overflow(page) <= 0
    tall = upper_part(page, "section > *")
    save(page.screenshot(full_page=True, clip=box(1280, tall)), screenshots / "report.png")
    page.close()


def section(page, element) -> bytes:
    """Picture of an element, over the whole width of the page."""
    page.evaluate("window.scrollTo(0, 0)")
    bounds = element.bounding_box()
    return page.screenshot(full_page=True, clip=box(1280, bounds["height"] + 24, bounds["y"] - 8))


def upper_part(page, selector: str) -> float:
    """Height down to the end of the lowest of some elements that is shown as a whole, so that none is cut."""
    elements = [one.bounding_box() for one in page.query_selector_all(selector)]
    bottoms = [one["y"] + one["height"] for one in elements if one]
    return max(bottom for bottom in bottoms if bottom <= TALLEST) + 16


def box(width: float, height: float, y: float = 0) -> dict[str, float]:
    return {"x": 0, "y": y, "width": width, "height": height}
