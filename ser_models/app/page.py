"""The page: what is on it, and what happens when somebody speaks, uploads or clicks.

`Answers`, examples → `build` → Gradio `Blocks`
recording → button → `Answers.answer` → HTML; the upload is deleted, and the page is ready for the next one
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from ser_models.app import limits
from ser_models.app.answer import Answers, refusal
from ser_models.app.clips import Example
from ser_models.app.guard import visitor_of
from ser_models.app.uploads import MAX_AGE, Uploads
from ser_models.reporting.figures.picture import BLUE
from ser_models.reporting.figures.theme import DARK, DARK_PAPER, WHITE

TITLE = "ser: what emotion is acted here?"
HEADER = """<header class="ser">
<p class="kicker">Speech emotion recognition</p>
<h1>What does this voice sound like?</h1>
<p>Record a sentence or choose a file. The model says which emotion it hears, how sure it is, and what it
looked at. Nothing is kept: a recording is deleted as soon as it is answered.</p>
</header>"""
EXAMPLES = (
    """<div class="ser said"><p class="small">Or try a synthetic voice (made by a program, CC0):</p></div>"""
)
WAITING = """<div class="ser answer waiting" aria-live="polite"><p>The answer will stand here.</p></div>"""
SWEEP_SECONDS = 60
"""How often Gradio deletes uploads that nobody asked about."""
NOTHING = "there is no recording yet: record one or choose a file first"
GONE = "the upload is gone: choose or record it again"
FORMATS = "WAV, FLAC, OGG, MP3 or AIFF, up to {megabytes} MB and {seconds:.0f} s"
SHOW = """() => {
  const answer = document.querySelector(".ser.answer");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (answer) answer.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
}"""
"""Brings the answer into view; on a telephone it stands below what was pressed."""

Listener = Callable[..., Any]


def build(answers: Answers, examples: Sequence[Example], uploads: Uploads) -> gr.Blocks:
    """Lay the page out.

    Args:
        answers: the model.
        examples: recordings to click on.
        uploads: told when an upload was answered.
    """
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(SWEEP_SECONDS, int(MAX_AGE))) as page:
        _html(HEADER)
        with gr.Row():
            with gr.Column(min_width=320, scale=3):
                recording = _recording()
            with gr.Column(min_width=260, scale=2):
                button = gr.Button("Recognise the emotion", variant="primary", elem_id="recognise")
                _html(EXAMPLES)
                clicked = [gr.Button(_label(each), size="sm", elem_classes="example") for each in examples]
        answer = _html(WAITING, elem_id="answer")
        _html(answers.knowledge())
        listen = partial(_recognise, answers, uploads)
        _on(button, _with_request(listen), inputs=[recording], outputs=[recording, answer])
        for each, example in zip(clicked, examples, strict=True):
            _on(each, partial(answers.answer, example.content, example.name), inputs=[], outputs=[answer])
    page.queue(max_size=limits.WAITING)
    return page


def theme() -> gr.themes.Base:
    """The colours of the house, and letters that every system has: nothing is fetched."""
    blue, night = BLUE, DARK[BLUE]
    return gr.themes.Base(
        font=("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"),
        font_mono=("ui-monospace", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace"),
    ).set(
        body_background_fill=WHITE,
        body_background_fill_dark=DARK_PAPER,
        block_background_fill_dark=DARK_PAPER,
        button_primary_background_fill=blue,
        button_primary_background_fill_hover=blue,
        button_primary_background_fill_dark=night,
        button_primary_background_fill_hover_dark=night,
        button_primary_text_color=WHITE,
        button_primary_text_color_dark=DARK_PAPER,
    )


def _html(content: str, **options: Any) -> gr.HTML:
    """HTML in our own style alone."""
    return gr.HTML(content, apply_default_css=False, **options)


def _recording() -> gr.Audio:
    said = FORMATS.format(megabytes=limits.MAX_BYTES // 2**20, seconds=limits.MAX_SECONDS)
    return gr.Audio(
        label=f"Recording ({said})",
        sources=["upload", "microphone"],
        type="filepath",
        buttons=[],
        elem_id="recording",
        waveform_options=gr.WaveformOptions(waveform_color="#98a6b4", waveform_progress_color=BLUE),
    )


def _label(example: Example) -> str:
    return f"{example.title} ({example.seconds:.0f} s)"


def _on(button: gr.Button, listener: Listener, *, inputs: list[Any], outputs: list[Any]) -> None:
    """Answer a click: all clicks share the places, and none is an interface for programs."""
    button.click(
        listener,
        inputs=inputs,
        outputs=outputs,
        concurrency_limit=limits.AT_ONCE,
        concurrency_id="recognise",
        api_visibility="private",
        show_progress_on=outputs[-1],
    ).then(fn=None, js=SHOW, api_visibility="private")


def _with_request(listen: Callable[[str | None, str], tuple[None, str]]) -> Listener:
    """Give a listener who asks; Gradio finds out by the annotation that it is to pass the request."""

    def listener(path: str | None, request: gr.Request) -> tuple[None, str]:
        return listen(path, visitor_of(request.headers.get("cookie", "")))

    return listener


def _recognise(answers: Answers, uploads: Uploads, path: str | None, visitor: str) -> tuple[None, str]:
    """Answer an upload and delete it; the input is emptied, as there is nothing behind it any more."""
    if path is None:
        return None, refusal(NOTHING)
    if not uploads.owns(visitor, path):
        return None, refusal(GONE)
    try:
        content = Path(path).read_bytes()
    except OSError:
        return None, refusal(GONE)
    finally:
        uploads.release(visitor)
    return None, answers.answer(content, Path(path).name)
