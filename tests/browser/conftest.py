"""The page in Chromium with a fake microphone; all tests are long, and skipped without a browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Served, served

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = ("--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="module")  # while it is open, no other test can run an event loop
def browser() -> Iterator:
    driver = pytest.importorskip(
        "playwright.sync_api", reason="needs playwright: pip install 'ser-toolkit[test]'"
    )
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*SWITCHES, *spoken()])
        yield browser
        browser.close()


def spoken() -> list[str]:
    """Let the fake microphone play the file in `SER_SCREENSHOT_SPOKEN`, if there is one."""
    file = os.environ.get("SER_SCREENSHOT_SPOKEN")
    return [f"--use-file-for-fake-audio-capture={Path(file).absolute()}"] if file else []


@pytest.fixture(scope="module")
def server(browser, artifact_of, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page of a cheap model."""
    folder = tmp_path_factory.mktemp("served") / "tmp"
    folder.mkdir()
    with served(artifact_of("logistic"), folder) as page:
        yield page


@pytest.fixture
def open_page(browser, server: Served) -> Iterator:
    """Return a function that opens the page in a window of a given size."""
    contexts = []

    def opened(width: int = 1280, height: int = 900, url: str = server.url, **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, permissions=["microphone"], **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(url)
        page.wait_for_selector("#recording input[type=file]", state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Folder for the screenshots of the documentation: `SER_SCREENSHOTS`."""
    folder = os.environ.get("SER_SCREENSHOTS")
    if not folder:
        pytest.skip("SER_SCREENSHOTS names no folder for screenshots")
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
