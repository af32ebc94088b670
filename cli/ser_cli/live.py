"""`ser predict --mic`: the emotion of someone who is speaking, as a running line.

`LiveRecogniser.run` → a line that is overwritten on a terminal, one per half second elsewhere → final answer
"""

import json
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from ser_cli.progress import say

if TYPE_CHECKING:
    import numpy as np

    from ser_models.inference.prediction import Prediction, PredictOptions
    from ser_models.inference.predictor import Predictor

BAR = 20
"""Characters of a full bar."""


def run_live(predictor: "Predictor", options: "PredictOptions", *, as_json: bool) -> "Prediction":
    """Recognise the microphone until Ctrl-C, and print a running line.

    Args:
        predictor: the model.
        options: of the final answer.
        as_json: whether a line is the JSON of a prediction.

    Returns:
        The answer to all that was said.
    """
    from ser_models.inference import microphone

    rate = microphone.default_rate()
    say("speak; Ctrl-C ends the recording")
    return print_live(predictor, rate, microphone.blocks(rate), options, as_json=as_json)


def print_live(
    predictor: "Predictor",
    rate: int,
    blocks: "Iterable[np.ndarray]",
    options: "PredictOptions",
    *,
    as_json: bool = False,
) -> "Prediction":
    """Print a running line for a stream until it ends, or Ctrl-C.

    Args:
        predictor: the model.
        rate: sample rate, in Hz.
        blocks: samples as they arrive, float32 mono, (n,) each.
        options: of the final answer.
        as_json: whether a line is the JSON of a prediction.

    Returns:
        The answer to the whole stream.
    """
    from ser_models.inference.live import LiveRecogniser

    recogniser = LiveRecogniser(predictor, rate)
    on_terminal = sys.stdout.isatty() and not as_json
    with suppress(KeyboardInterrupt):
        for prediction in recogniser.run(blocks):
            text = json.dumps(prediction.to_json(), ensure_ascii=False) if as_json else line(prediction)
            print(f"\r{text}\x1b[K" if on_terminal else text, end="" if on_terminal else "\n", flush=True)
    if on_terminal:
        print()
    return recogniser.finish(options)


def line(prediction: "Prediction") -> str:
    """Format the prediction for a window as a line with a bar.

    >>> from ser_models.inference.prediction import Prediction, ranked
    >>> line(Prediction("", "sad", 0.5, top=ranked({"sad": 0.5}), verdict="emotion", start=0.5, end=3.5))
    '   3.5 s  ██████████            50 %  sad'
    """
    if prediction.verdict in (None, "no speech"):
        return f"{prediction.end:6.1f} s  {'':{BAR}}        {prediction.verdict or 'silence'}"
    best = prediction.top[0]
    share = best["probability"]
    bar = "█" * round(BAR * share)
    kind = "" if prediction.verdict == "emotion" else f" ({prediction.verdict})"
    return f"{prediction.end:6.1f} s  {bar:{BAR}} {100 * share:4.0f} %  {best['emotion']}{kind}"
