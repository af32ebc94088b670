"""One recording → everything that the page shows of it, as HTML; no Gradio in here.

bytes → `limits.check` → `hearing.hear` → sentences, figures as SVG, tables → `answer.html.jinja` (escaped)

A recording that is refused gives one line that says what is wrong with it.
"""

import base64
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from markupsafe import Markup

from ser_features.errors import AudioError
from ser_models.app import features, limits, panels, words
from ser_models.app.clips import wav
from ser_models.evaluation.result import EvaluationResult, read_result
from ser_models.inference.inspection import Hearing, hear
from ser_models.inference.predictor import FAR, Predictor
from ser_models.reporting.figures.svg import inline
from ser_models.reporting.figures.theme import declarations
from ser_models.reporting.html import template

HERE = Path(__file__).parent

_drawing = Lock()
"""matplotlib's settings are shared by all threads, so one figure is drawn at a time."""


@dataclass(frozen=True)
class Answers:
    """A model that answers in HTML.

    Attributes:
        predictor: the model.
        result: of its test.
    """

    predictor: Predictor
    result: EvaluationResult

    @classmethod
    def of(cls, predictor: Predictor) -> "Answers":
        """Read what the artifact says of itself.

        Raises:
            ArtifactError: if its metrics.json is none.
        """
        return cls(predictor, read_result(predictor.artifact.folder))

    def answer(self, content: bytes, name: str) -> str:
        """Recognise a recording.

        Args:
            content: an audio file.
            name: what it is called on the page.

        Returns:
            HTML with the answer, or with the reason why there is none.
        """
        try:
            limits.check(content)
            hearing = hear(self.predictor, content, name)
        except AudioError as error:
            return refusal(str(error), name)
        return self._told(hearing, name)

    def knowledge(self) -> str:
        """What the model knows and how well, as HTML."""
        metadata = self.predictor.artifact.metadata
        return template(HERE / "knowledge.html.jinja").render(
            metadata=metadata, result=self.result, words=words
        )

    def _told(self, hearing: Hearing, name: str) -> str:
        prediction = hearing.prediction
        return template(HERE / "answer.html.jinja").render(
            name=name,
            hearing=hearing,
            prediction=prediction,
            ranked=sorted(prediction.probabilities.items(), key=lambda item: -item[1]),
            far=prediction.distance is not None and prediction.distance > FAR,
            result=self.result,
            words=words,
            features=features.groups(hearing.columns, hearing.percentiles),
            figures=_figures(hearing, self.predictor.labels),
            sound=_sound(hearing),
        )


def refusal(message: str, name: str = "") -> str:
    """Say in HTML why there is no answer."""
    return template(HERE / "refusal.html.jinja").render(message=message, name=name)


def style() -> str:
    """The style sheet of what is shown: the colours of the report, by day and in the dark."""
    sheet = (Path(__file__).parent / "app.css").read_text(encoding="utf-8")
    return f":root {{ {declarations(dark=False)} }}\n.dark {{ {declarations(dark=True)} }}\n{sheet}"


def _figures(hearing: Hearing, labels: list[str]) -> dict[str, list[Markup]]:
    """Each figure twice, for a wide page and for a narrow one."""
    windows = hearing.prediction.timeline
    drawn: dict[str, list[Markup]] = {"recording": [], "timeline": []}
    with _drawing:
        for size, width in (("wide", panels.WIDTH), ("narrow", panels.NARROW)):
            drawn["recording"].append(inline(panels.recording(hearing, width=width), f"recording-{size}"))
            if len(windows) > 1:
                panel = panels.timeline(windows, labels, width=width)
                drawn["timeline"].append(inline(panel, f"timeline-{size}"))
    return drawn


def _sound(hearing: Hearing) -> str:
    """What the model heard, for the page to play: it stands in the page, so that the server keeps none."""
    content = wav(hearing.signal, hearing.sample_rate)
    return f"data:audio/wav;base64,{base64.b64encode(content).decode()}"
