"""What people do with the page: speak, upload, click, tab, on wide and narrow screens."""

import re

import pytest

from tests.serving import empty_room, music, noise, voice

EMOTIONS = ["angry", "neutral", "sad"]
NASTY = "<img src=x onerror=alert(1)> ${alert(2)} {{7*7}}.wav"


def choose(page, content: bytes, name: str = "clip.wav") -> None:
    """Upload a file and wait until the page can play it, or says why not."""
    file = {"name": name, "mimeType": "audio/wav", "buffer": content}
    page.set_input_files("#recording input[type=file]", file)


def recognise(page, content: bytes, name: str = "clip.wav"):
    """Upload a file, press the button and wait for the answer."""
    with page.expect_response(lambda response: "/gradio_api/upload" in response.url and response.ok):
        choose(page, content, name)
    page.wait_for_selector(
        "#recording [aria-label='Clear'], #recording button[title='Clear']", state="attached"
    )
    page.click("#recognise")
    return answered(page, name)


def answered(page, name: str):
    page.wait_for_selector(f".answer .kicker:has-text('{name.split('<')[0][:12]}')", state="attached")
    return page.locator(".answer")


def shares(answer) -> dict[str, float]:
    """Probabilities as the page writes them, in percent."""
    rows = [re.split(r"\s+", row) for row in answer.locator(".bars tbody tr").all_inner_texts()]
    return {row[0]: float(row[1]) for row in rows}


def overflow(page) -> int:
    """Pixels that the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def test_an_upload_is_answered_with_all_probabilities(open_page, server):
    page = open_page()
    answer = recognise(page, voice(2.0))
    found = shares(answer)
    assert sorted(found) == EMOTIONS
    assert sum(found.values()) == pytest.approx(100, abs=0.3)
    assert answer.locator("h2.value").inner_text() == max(found, key=found.get)
    assert answer.get_by_role("img").count() == 1, "only the figure for this width"
    assert "Pitch (F0) between" in answer.get_by_role("img").first.get_attribute("aria-label")
    assert answer.locator(".features tbody tr").count() == 46
    assert answer.locator("audio").evaluate("audio => audio.duration") == pytest.approx(2.0, abs=0.1)
    assert server.files() == [], "nothing is kept"
    assert page.locator("#recording input[type=file]").count() == 1, "ready for the next recording"


def test_a_short_recording_has_no_timeline_and_a_long_one_has(open_page):
    page = open_page()
    assert "From moment to moment" not in recognise(page, voice(2.0), "short.wav").inner_text()
    answer = recognise(page, voice(6.5), "longer.wav")
    assert answer.get_by_role("heading", name="From moment to moment").is_visible()
    assert answer.get_by_role("img", name=re.compile("^Emotion by window: 0.0 to 3.0 s")).is_visible()
    answer.get_by_text("Each window in words").click()
    assert answer.locator("table.compact tbody tr").count() == 5


def test_the_microphone_gives_an_answer(open_page, server):
    page = open_page()
    page.get_by_role("button", name="Record audio").click()
    page.locator("#recording").get_by_role("button", name="Record", exact=True).click()
    page.wait_for_timeout(1_500)
    with page.expect_response(lambda response: "/gradio_api/upload" in response.url and response.ok):
        page.locator("#recording").get_by_role("button", name="Stop").first.click()
    page.click("#recognise")
    answer = answered(page, "audio")
    assert sorted(shares(answer)) == EMOTIONS
    assert server.files() == []


def test_a_file_that_is_no_audio_is_refused_in_words(open_page, server):
    page = open_page()
    answer = recognise(page, b"Dear diary, this is a text.", "diary.wav")
    said = answer.get_by_role("alert").inner_text()
    assert said.startswith("No answer: not audio")
    assert "expected WAV, FLAC, OGG, MP3" in said
    assert answer.get_by_role("img").count() == 0
    assert server.files() == []
    assert sorted(shares(recognise(page, voice(1.0), "after.wav"))) == EMOTIONS, "the next one is answered"


def test_a_file_that_is_too_large_is_refused_in_words(open_page, server):
    page = open_page()
    choose(page, b"RIFF" + bytes(11 * 2**20), "large.wav")
    page.get_by_text("exceed the maximum allowed size of 10").wait_for()
    assert server.files() == []


def test_a_recording_that_is_too_long_is_refused_in_words(open_page, server):
    answer = recognise(open_page(), voice(70), "long.wav")
    said = answer.get_by_role("alert").inner_text()
    assert said == "No answer: 70 s long, expected at most 60 s: cut it into utterances."
    assert server.files() == []


@pytest.mark.parametrize("sound", [noise, music, empty_room], ids=["noise", "music", "empty room"])
def test_what_is_no_speech_is_warned_of(open_page, sound):
    answer = recognise(open_page(), sound(2.0), "sound.wav")
    warning = answer.get_by_role("alert")
    assert warning.is_visible()
    assert warning.inner_text().startswith("Far from what the model knows:")


def test_the_button_without_a_recording_says_what_to_do(open_page):
    page = open_page()
    page.click("#recognise")
    page.get_by_role("alert").get_by_text("there is no recording yet").wait_for()


def test_file_names_do_no_harm(open_page):
    page = open_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    with page.expect_response(lambda response: "/gradio_api/upload" in response.url):
        choose(page, voice(1.0), NASTY)
    page.click("#recognise")
    page.wait_for_selector(".answer .value")
    assert page.locator(".answer img").count() == 0
    page.wait_for_timeout(300)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_screen_is_not_wider_than_itself(open_page, scheme):
    page = open_page(390, 844, color_scheme=scheme)
    assert overflow(page) <= 0
    answer = recognise(page, voice(6.5), "long.wav")
    for summary in page.locator(".ser summary").all():
        if not summary.evaluate("element => element.parentElement.open"):
            summary.click()
    assert overflow(page) <= 0
    figure = answer.get_by_role("img").first.bounding_box()
    assert 300 < figure["width"] <= 390


def test_day_and_night(open_page):
    papers = {}
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        style = "getComputedStyle(document.querySelector('.ser h1')).color"
        papers[scheme] = (
            page.evaluate(style),
            page.evaluate("getComputedStyle(document.body).backgroundColor"),
        )
    assert papers == {
        "light": ("rgb(31, 41, 51)", "rgb(255, 255, 255)"),
        "dark": ("rgb(227, 232, 238)", "rgb(18, 23, 29)"),
    }


def tabbed_to(page, reached: str, most: int = 40) -> None:
    """Press Tab until an element that matches `reached` has the focus, and can be seen to have it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"!!document.activeElement && document.activeElement.matches({reached!r})"):
            outline = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(outline) != "none", f"the focus on {reached} is not seen"
            return
    pytest.fail(f"{reached} was not reached in {most} steps")


def test_everything_is_reached_by_keyboard_in_the_order_of_the_page(open_page):
    page = open_page()
    tabbed_to(page, "#recording button")
    tabbed_to(page, "#recording button[aria-label='Record audio']")
    tabbed_to(page, "#recognise")
    tabbed_to(page, "button.example")
    page.keyboard.press("Enter")
    answered(page, "synthetic")
    tabbed_to(page, ".answer audio, .answer summary")


def test_the_button_is_pressed_by_keyboard(open_page):
    page = open_page()
    with page.expect_response(lambda response: "/gradio_api/upload" in response.url and response.ok):
        choose(page, voice(1.0), "keys.wav")
    tabbed_to(page, "#recognise")
    page.keyboard.press("Enter")
    assert sorted(shares(answered(page, "keys.wav"))) == EMOTIONS


def test_an_example_is_answered_and_comes_into_view(open_page):
    page = open_page(390, 844, reduced_motion="reduce")
    page.locator("button.example").last.click()
    answer = answered(page, "synthetic voice")
    page.wait_for_function("document.querySelector('.answer').getBoundingClientRect().top < 200")
    assert answer.get_by_role("heading", name="From moment to moment").count() == 1


def test_nobody_but_this_server_is_asked(open_page, server, browser):
    asked, complaints = [], []
    context = browser.new_context(viewport={"width": 1280, "height": 900}, permissions=["microphone"])
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(server.url)
    page.wait_for_selector("#recognise")
    recognise(page, voice(6.0))
    page.locator("button.example").first.click()
    answered(page, "synthetic voice")
    context.close()
    assert any(url.endswith("/gradio_api/queue/join?") for url in asked)
    foreign = [url for url in asked if not url.startswith((server.url, f"blob:{server.url}", "data:"))]
    assert foreign == []
    assert complaints == [], "nothing was blocked either"
