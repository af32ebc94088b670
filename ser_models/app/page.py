"""The page: its layout and the event handlers.

`Answers`, examples → `build` → Gradio `Blocks`
microphone (app.js) or files → upload → `Answers.recognise` → HTML; then the uploads are deleted
"""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import escape

from ser_features.foreign import is_media_installed
from ser_models.app import limits
from ser_models.app.answers import Answers
from ser_models.app.clips import Example
from ser_models.app.guard import visitor_of
from ser_models.app.result import Recording, render_error
from ser_models.app.uploads import MAX_AGE, Uploads
from ser_models.reporting.figures.picture import BLUE, PAPER
from ser_models.reporting.html import DARK, DARK_PAPER

TITLE = "ser: speech emotion recognition"
HEADER = """<header class="ser">
<p class="kicker">Speech emotion recognition</p>
<h1>Recognise the {noun} of a recording</h1>
<p>Speak, or choose one recording or several: they are recognised at once. The page shows the most probable
{noun}, its probability and the features. Recordings are not stored: each is deleted once it is processed.</p>
</header>"""
EXAMPLES = """<div class="ser note"><p class="small">Or an example:</p></div>"""
MICROPHONE = """<section class="ser microphone" aria-label="Microphone" data-colours="{colours}">
<button type="button" id="speak" class="speak"><span class="dot" aria-hidden="true"></span>
<span class="label">Speak</span></button>
<p class="small status" role="status">Your microphone; the answer runs along while you speak.</p>
<div class="timeline running" aria-hidden="true"></div>
</section>"""
EMPTY = """<div class="ser result waiting" aria-live="polite"><p>The result appears here.</p></div>"""
SWEEP_SECONDS = 60
"""Interval at which Gradio deletes expired uploads."""
NO_RECORDING = "there is no recording: speak or choose a file"
EXPIRED = "the upload is gone: choose or record it again"
TOO_MANY = "{count} recordings were chosen, expected at most {most}: choose fewer, or use ser predict"
FORMATS = "{names}, up to {megabytes} MB and {minutes:.0f} minutes each"
BASE_FORMATS, ALL_FORMATS = "WAV, FLAC, OGG, MP3 or AIFF", "WAV, FLAC, OGG, MP3, M4A or WebM"
SHOW = """() => {
  const result = document.querySelector(".ser.result");
  const reduced = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (result) result.scrollIntoView({ behavior: reduced ? "auto" : "smooth", block: "start" });
}"""
"""Scrolls the result into view; on a phone it is below the button."""

Handler = Callable[..., Any]


def build(answers: Answers, examples: Sequence[Example], uploads: Uploads) -> gr.Blocks:
    """Build the page.

    Args:
        answers: the models.
        examples: recordings to choose from.
        uploads: owners of the uploads.
    """
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(SWEEP_SECONDS, int(MAX_AGE))) as page:
        _html(HEADER.format(noun=answers.noun))
        with gr.Row():
            with gr.Column(min_width=320, scale=3):
                _html(MICROPHONE.format(colours=escape(json.dumps(answers.colours))))
            with gr.Column(min_width=260, scale=2):
                recordings = _recordings()
                _html(EXAMPLES)
                buttons = [
                    gr.Button(f"{example.title} ({example.seconds:.0f} s)", size="sm", elem_classes="example")
                    for example in examples
                ]
        result = _html(EMPTY, elem_id="result")
        _html(answers.describe_models())
        recognise = _with_request(partial(_recognise, answers, uploads))
        _on(recordings.upload, recognise, inputs=[recordings], outputs=[recordings, result])
        for button, example in zip(buttons, examples, strict=True):
            handler = partial(answers.recognise, [Recording(example.name, example.content)])
            _on(button.click, handler, inputs=[], outputs=[result])
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


def _recordings() -> gr.File:
    formats = FORMATS.format(
        names=ALL_FORMATS if is_media_installed() else BASE_FORMATS,
        megabytes=limits.RECORDING.max_bytes // 2**20,
        minutes=limits.RECORDING.max_seconds / 60,
    )
    files = gr.File(label=f"Recordings ({formats})", file_count="multiple", elem_id="recording", height=190)
    # Gradio's own method writes another, empty file for each; a subclass would write a .pyi beside this file.
    files.preprocess = _paths  # type: ignore[method-assign]
    return files


def _paths(payload: Any) -> Any:
    """Return the paths of uploads; None without any."""
    return None if payload is None else [file.path for file in payload.root]


def _on(event: Callable[..., Any], handler: Handler, *, inputs: list[Any], outputs: list[Any]) -> None:
    """Handle an event; all share one concurrency limit, and none is part of a public API."""
    event(
        handler,
        inputs=inputs,
        outputs=outputs,
        concurrency_limit=limits.CONCURRENCY,
        concurrency_id="recognise",
        api_visibility="private",
        show_progress_on=outputs[-1],
    ).then(fn=None, js=SHOW, api_visibility="private")


def _with_request(recognise: Callable[[list[str] | None, str], tuple[None, str]]) -> Handler:
    """Add the visitor to the arguments; Gradio passes the request because of its annotation."""

    def handler(paths: list[str] | None, request: gr.Request) -> tuple[None, str]:
        return recognise(paths, visitor_of(request.headers.get("cookie", "")))

    return handler


def _recognise(answers: Answers, uploads: Uploads, paths: list[str] | None, visitor: str) -> tuple[None, str]:
    """Recognise uploads and delete them; None clears the input, whose files no longer exist."""
    if not paths:
        return None, render_error(NO_RECORDING)
    if len(paths) > limits.MAX_FILES:
        uploads.release(visitor)
        return None, render_error(TOO_MANY.format(count=len(paths), most=limits.MAX_FILES))
    if not all(uploads.owns(visitor, path) for path in paths):
        return None, render_error(EXPIRED)
    try:
        recordings = [Recording(Path(path).name, Path(path).read_bytes()) for path in paths]
    except OSError:
        return None, render_error(EXPIRED)
    finally:
        uploads.release(visitor)
    return None, answers.recognise(recordings)
