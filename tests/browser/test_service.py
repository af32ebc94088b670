"""The page of `ser serve` in Chromium: a recording is sent from it, under its content security policy."""

from collections.abc import Iterator

import pytest

from tests.browser.test_app import overflow
from tests.serving import Served, served, voice

TOKEN = "a-token-of-the-tests"


@pytest.fixture(scope="module")
def service(browser, artifact_of, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("service") / "tmp"
    folder.mkdir()
    with served(artifact_of("logistic"), folder, "serve", "--token", TOKEN) as running:
        yield running


@pytest.fixture(params=[1280, 390])
def page(request, browser, service: Served) -> Iterator:
    context = browser.new_context(viewport={"width": request.param, "height": 844})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{service.url}docs")
    yield page
    context.close()


def test_a_recording_is_sent_by_keyboard(page):
    messages = []
    page.on("console", lambda message: messages.append(message.text))
    recording = {"name": "call.wav", "mimeType": "audio/wav", "buffer": voice(1.0)}
    page.set_input_files("#file", recording)
    page.focus("#token")
    page.keyboard.type(TOKEN)
    page.keyboard.press("Enter")
    page.wait_for_selector('#answer:has-text("call.wav")')
    assert '"emotion"' in page.inner_text("#answer")
    page.fill("#token", "another")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer.refused")
    assert "another token than that of the service" in page.inner_text("#answer")
    assert overflow(page) <= 0
    assert [text for text in messages if "401" not in text] == []
