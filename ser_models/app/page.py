"""The page: its layout and the event handlers.

`ResultRenderer`, examples → `build` → Gradio `Blocks`
recording → button → `ResultRenderer.recognise` → HTML; the upload is deleted and the input is cleared
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from ser_features.foreign import is_media_installed
from ser_models.app import limits
from ser_models.app.clips import Example
from ser_models.app.guard import visitor_of
from ser_models.app.result import ResultRenderer, render_error
from ser_models.app.uploads import MAX_AGE, Uploads
from ser_models.reporting.figures.picture import BLUE, PAPER
from ser_models.reporting.html import DARK, DARK_PAPER

TITLE = "ser: speech emotion recognition"
HEADER = """<header class="ser">
<p class="kicker">Speech emotion recognition</p>
<h1>Recognise the {noun} of a recording</h1>
<p>Record a sentence or choose a file. The page shows the most probable {noun}, its probability and the
features of the recording. Recordings are not stored: each is deleted as soon as it is processed.</p>
</header>"""
EXAMPLES = """<div class="ser note"><p class="small">Or choose a synthetic voice (CC0):</p></div>"""
EMPTY = """<div class="ser result waiting" aria-live="polite"><p>The result appears here.</p></div>"""
SWEEP_SECONDS = 60
"""Interval at which Gradio deletes expired uploads."""
NO_RECORDING = "there is no recording yet: record one or choose a file first"
EXPIRED = "the upload is gone: choose or record it again"
FORMATS = "{names}, up to {megabytes} MB and {seconds:.0f} s"
BASE_FORMATS, ALL_FORMATS = "WAV, FLAC, OGG, MP3 or AIFF", "WAV, FLAC, OGG, MP3, M4A or WebM"
SHOW = """() => {
  const result = document.querySelector(".ser.result");
  const reduced = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (result) result.scrollIntoView({ behavior: reduced ? "auto" : "smooth", block: "start" });
}"""
"""Scrolls the result into view; on a phone it is below the button."""

Handler = Callable[..., Any]


def build(renderer: ResultRenderer, examples: Sequence[Example], uploads: Uploads) -> gr.Blocks:
    """Build the page.

    Args:
        renderer: the model.
        examples: recordings to choose from.
        uploads: owners of the uploads.
    """
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(SWEEP_SECONDS, int(MAX_AGE))) as page:
        _html(HEADER.format(noun=renderer.noun))
        with gr.Row():
            with gr.Column(min_width=320, scale=3):
                recording = _recording()
            with gr.Column(min_width=260, scale=2):
                button = gr.Button(f"Recognise the {renderer.noun}", variant="primary", elem_id="recognise")
                _html(EXAMPLES)
                buttons = [
                    gr.Button(f"{example.title} ({example.seconds:.0f} s)", size="sm", elem_classes="example")
                    for example in examples
                ]
        result = _html(EMPTY, elem_id="result")
        _html(renderer.describe_model())
        recognise = partial(_recognise, renderer, uploads)
        _on_click(button, _with_request(recognise), inputs=[recording], outputs=[recording, result])
        for example_button, example in zip(buttons, examples, strict=True):
            handler = partial(renderer.recognise, example.content, example.name)
            _on_click(example_button, handler, inputs=[], outputs=[result])
    page.queue(max_size=limits.MAX_WAITING)
    return page


def theme() -> gr.themes.Base:
    """Return the colours of the reports and system fonts, so that no font is downloaded."""
    blue, night = BLUE, DARK[BLUE]
    return gr.themes.Base(
        font=("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"),
        font_mono=("ui-monospace", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace"),
    ).set(
        body_background_fill=PAPER,
        body_background_fill_dark=DARK_PAPER,
        block_background_fill_dark=DARK_PAPER,
        button_primary_background_fill=blue,
        button_primary_background_fill_hover=blue,
        button_primary_background_fill_dark=night,
        button_primary_background_fill_hover_dark=night,
        button_primary_text_color=PAPER,
        button_primary_text_color_dark=DARK_PAPER,
    )


def _html(content: str, **options: Any) -> gr.HTML:
    """Return HTML without Gradio's style."""
    return gr.HTML(content, apply_default_css=False, **options)


def _recording() -> gr.Audio:
    formats = FORMATS.format(
        names=ALL_FORMATS if is_media_installed() else BASE_FORMATS,
        megabytes=limits.RECORDING.max_bytes // 2**20,
        seconds=limits.RECORDING.max_seconds,
    )
    return gr.Audio(
        label=f"Recording ({formats})",
        sources=["upload", "microphone"],
        type="filepath",
        buttons=[],
        elem_id="recording",
        waveform_options=gr.WaveformOptions(waveform_color="#98a6b4", waveform_progress_color=BLUE),
    )


def _on_click(button: gr.Button, handler: Handler, *, inputs: list[Any], outputs: list[Any]) -> None:
    """Handle a click; all buttons share one concurrency limit, and none is part of a public API."""
    button.click(
        handler,
        inputs=inputs,
        outputs=outputs,
        concurrency_limit=limits.CONCURRENCY,
        concurrency_id="recognise",
        api_visibility="private",
        show_progress_on=outputs[-1],
    ).then(fn=None, js=SHOW, api_visibility="private")


def _with_request(recognise: Callable[[str | None, str], tuple[None, str]]) -> Handler:
    """Add the visitor to the arguments; Gradio passes the request because of its annotation."""

    def handler(path: str | None, request: gr.Request) -> tuple[None, str]:
        return recognise(path, visitor_of(request.headers.get("cookie", "")))

    return handler


def _recognise(
    renderer: ResultRenderer, uploads: Uploads, path: str | None, visitor: str
) -> tuple[None, str]:
    """Recognise an upload and delete it; None clears the input, whose file no longer exists."""
    if path is None:
        return None, render_error(NO_RECORDING)
    if not uploads.owns(visitor, path):
        return None, render_error(EXPIRED)
    try:
        content = Path(path).read_bytes()
    except OSError:
        return None, render_error(EXPIRED)
    finally:
        uploads.release(visitor)
    return None, renderer.recognise(content, Path(path).name)
