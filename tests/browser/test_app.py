"""Use of the page in a browser: recording, upload, clicks and keyboard, on wide and narrow screens."""

import re
from json import dumps

import pytest

from ser_models.inference.answer import UNSURE_WARNING
from tests.serving import empty_room, music, noise, voice

EMOTIONS = ["angry", "neutral", "sad"]
INJECTION = "<img src=x onerror=alert(1)> ${alert(2)} {{7*7}}.wav"


def choose(page, content: bytes, name: str = "clip.wav") -> None:
    """Choose a file, which is uploaded and recognised at once."""
    page.set_input_files("#recording input[type=file]", as_file(content, name))


def as_file(content: bytes, name: str) -> dict:
    return {"name": name, "mimeType": "audio/wav", "buffer": content}


def recognise(page, content: bytes, name: str = "clip.wav"):
    """Choose a file and wait for the result."""
    page.wait_for_selector("#recording input[type=file]", state="attached")
    choose(page, content, name)
    return result_of(page, name)


def result_of(page, name: str):
    page.wait_for_selector(f".result .kicker:has-text('{name.split('<')[0][:12]}')", state="attached")
    return page.locator(".result")


def shares(result) -> dict[str, float]:
    """Return the probabilities on the page, in percent."""
    rows = [re.split(r"\s+", row) for row in result.locator(".bars tbody tr").all_inner_texts()]
    return {row[0]: float(row[1]) for row in rows}


def overflow(page) -> int:
    """Return the pixels by which the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def test_the_result_of_an_upload_has_all_probabilities(open_page, server):
    page = open_page()
    result = recognise(page, voice(2.0))
    probabilities = shares(result)
    assert sorted(probabilities) == EMOTIONS
    assert sum(probabilities.values()) == pytest.approx(100, abs=0.3)
    assert result.locator("h2.value").inner_text() == max(probabilities, key=probabilities.get)
    assert result.get_by_role("img").count() == 1, "only the figure for this width"
    assert "F0 between" in result.get_by_role("img").first.get_attribute("aria-label")
    assert result.locator(".features tbody tr").count() == 46
    assert result.locator("audio").evaluate("audio => audio.duration") == pytest.approx(2.0, abs=0.1)
    assert server.files() == [], "no recording is stored"
    assert page.locator("#recording input[type=file]").count() == 1, "ready for the next recording"


def test_only_a_long_recording_has_windows(open_page):
    page = open_page()
    assert "Prediction over time" not in recognise(page, voice(2.0), "short.wav").inner_text()
    result = recognise(page, voice(6.5), "longer.wav")
    assert result.get_by_role("heading", name="Prediction over time").is_visible()
    assert result.get_by_role("img", name=re.compile("^Emotion by window: 0.0 to 3.0 s")).is_visible()
    result.get_by_text("Table of windows").click()
    assert result.locator("table.compact tbody tr").count() == 5


def test_the_keyboard_opens_the_reasons(open_page):
    page = open_page()
    result = recognise(page, voice(2.0))
    table = result.locator(".why table")
    assert not table.is_visible()
    tabbed_to(page, ".why summary")
    page.keyboard.press("Enter")
    assert table.is_visible()
    assert re.search(r"(for|against), \d+ points", table.inner_text())


def test_the_microphone(open_page, server):
    page = open_page()
    page.click("#speak")
    status = page.locator(".microphone .status")
    status.get_by_text(re.compile(r"^[\d.]+ s: ")).wait_for()
    assert page.locator(".microphone .timeline span").count() > 0, "a running timeline"
    page.click("#speak")
    assert result_of(page, "microphone").locator("h2.value").is_visible()
    assert server.files() == []


def test_an_unsure_answer_of_the_microphone_is_marked(open_page):
    page = open_page()
    line = {"end": 0.5, "verdict": "emotion", "emotion": "sad", "confidence": 0.4, "warning": UNSURE_WARNING}
    page.route_web_socket("**/stream*", lambda socket: socket.on_message(lambda _: socket.send(dumps(line))))
    page.click("#speak")
    page.locator(".microphone .status").get_by_text("0.5 s: sad, 40 %, unsure").wait_for()


def test_the_microphone_is_refused(open_page):
    page = open_page()
    refuse = "async () => { throw new Error('Permission denied'); }"
    page.evaluate(f"() => {{ navigator.mediaDevices.getUserMedia = {refuse}; }}")
    page.click("#speak")
    message = "No microphone (Permission denied): allow it in the browser, or choose a file"
    page.locator(".microphone .status").get_by_text(message).wait_for()


def test_several_files_are_a_table_with_downloads(open_page, server):
    page = open_page()
    files = [as_file(voice(1.0), "one.wav"), as_file(noise(2.0), "two.wav"), as_file(b"text", "three.wav")]
    page.set_input_files("#recording input[type=file]", files)
    page.wait_for_selector(".result .several")
    assert page.locator(".several tbody tr").count() == 3
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert len(download.value.path().read_text().splitlines()) == 4
    assert server.files() == []


def test_the_timeline_plays_from_where_it_is_clicked(open_page):
    page = open_page()
    result = recognise(page, voice(6.5), "long.wav")
    span = result.locator(".timeline button").first
    assert re.match(r"\w+, 0\.0 to ", span.get_attribute("title"))
    span.click()
    page.wait_for_function(
        "Number(document.querySelector('.result .timeline').style.getPropertyValue('--played')) > 0.05"
    )
    assert "playing" in result.locator(".timeline button").first.get_attribute("class")


ALERTS = {
    "a text": (lambda: b"Dear diary, this is a text.", "Not recognised: not audio"),
    "noise": (lambda: noise(2.0), "Limits: no speech:"),
    "music": (lambda: music(2.0), "Limits: no speech:"),
    "empty room": (lambda: empty_room(2.0), "Limits: no speech:"),
}


@pytest.mark.parametrize(("content", "message"), ALERTS.values(), ids=ALERTS)
def test_refusals_and_warnings_are_shown(open_page, server, content, message):
    page = open_page()
    alert = recognise(page, content(), "upload.wav").get_by_role("alert")
    assert alert.is_visible()
    assert alert.inner_text().startswith(message)
    assert server.files() == []
    if message.startswith("Not"):
        assert page.locator(".result").get_by_role("img").count() == 0
        assert sorted(shares(recognise(page, voice(1.0), "after.wav"))) == EMOTIONS, "the next is recognised"


def test_a_too_large_file_is_refused(open_page, server, tmp_path):
    page = open_page()
    large = tmp_path / "large.wav"
    large.write_bytes(b"RIFF" + bytes(66 * 2**20))  # more than Playwright sends itself
    page.set_input_files("#recording input[type=file]", large)
    page.get_by_text("exceed the maximum allowed size of 64").wait_for()
    assert server.files() == []


def test_file_names_are_escaped(open_page):
    page = open_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    choose(page, voice(1.0), INJECTION)
    page.wait_for_selector(".result .value")
    assert page.locator(".result img").count() == 0
    page.wait_for_timeout(300)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_page_does_not_scroll_sideways(open_page, scheme):
    page = open_page(390, 844, color_scheme=scheme)
    assert overflow(page) <= 0
    result = recognise(page, voice(6.5), "long.wav")
    for summary in page.locator(".ser summary").all():
        if not summary.evaluate("element => element.parentElement.open"):
            summary.click()
    assert overflow(page) <= 0
    figure = result.get_by_role("img").first.bounding_box()
    assert 300 < figure["width"] <= 390


def test_light_and_dark_mode(open_page):
    colours = {}
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        style = "getComputedStyle(document.querySelector('.ser h1')).color"
        colours[scheme] = (
            page.evaluate(style),
            page.evaluate("getComputedStyle(document.body).backgroundColor"),
        )
    assert colours == {
        "light": ("rgb(31, 41, 51)", "rgb(255, 255, 255)"),
        "dark": ("rgb(227, 232, 238)", "rgb(18, 23, 29)"),
    }


def tabbed_to(page, reached: str, most: int = 40) -> None:
    """Press Tab until an element that matches `reached` has a visible focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"!!document.activeElement && document.activeElement.matches({reached!r})"):
            outline = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(outline) != "none", f"the focus on {reached} is not visible"
            return
    pytest.fail(f"{reached} was not reached in {most} steps")


def test_the_keyboard_reaches_everything_in_the_order_of_the_page(open_page):
    page = open_page()
    tabbed_to(page, "#speak")
    tabbed_to(page, "#recording button")
    tabbed_to(page, "button.example")
    page.keyboard.press("Enter")
    result_of(page, "synthetic")
    tabbed_to(page, ".result .why summary")
    tabbed_to(page, ".result audio")
    tabbed_to(page, ".downloads a")
    tabbed_to(page, ".feature-groups summary")


def test_the_keyboard_speaks_and_plays(open_page):
    page = open_page()
    tabbed_to(page, "#speak")
    page.keyboard.press("Enter")
    page.locator(".microphone .status").get_by_text(re.compile(r"^[\d.]+ s: ")).wait_for()
    page.keyboard.press("Enter")
    result_of(page, "microphone")
    recognise(page, voice(6.5), "long.wav")
    tabbed_to(page, ".result .timeline button", most=80)
    page.keyboard.press("Enter")
    page.wait_for_function("!document.querySelector('.result audio').paused")


def test_the_result_of_an_example_is_scrolled_into_view(open_page):
    page = open_page(390, 844, reduced_motion="reduce")
    page.locator("button.example").last.click()
    result = result_of(page, "synthetic voice")
    page.wait_for_function("document.querySelector('.result').getBoundingClientRect().top < 200")
    assert result.get_by_role("heading", name="Prediction over time").count() == 1


def test_no_other_server_is_contacted(open_page, server, browser):
    requests, errors = [], []
    context = browser.new_context(viewport={"width": 1280, "height": 900}, permissions=["microphone"])
    context.on("request", lambda request: requests.append(request.url))
    page = context.new_page()
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(server.url)
    page.wait_for_selector("#recording input[type=file]", state="attached")
    recognise(page, voice(6.0))
    page.locator("button.example").first.click()
    result_of(page, "synthetic voice")
    context.close()
    assert any(url.endswith("/gradio_api/queue/join?") for url in requests)
    foreign = [url for url in requests if not url.startswith((server.url, f"blob:{server.url}", "data:"))]
    assert foreign == []
    assert errors == [], "nothing was blocked"
