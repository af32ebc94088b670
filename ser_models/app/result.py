"""One recording → the HTML of its prediction; Gradio is not needed here.

bytes → `inspect` → `Inspection` → text, figures (SVG), feature tables → `result.html.jinja` (autoescaped)

A refused recording gives one line that says what is wrong with it.
"""

import base64
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from markupsafe import Markup

from ser_features.errors import AudioError
from ser_models.app import features, panels, text
from ser_models.app.clips import wav
from ser_models.app.inspection import Inspection, inspect
from ser_models.evaluation.result import EvaluationResult, read_result
from ser_models.inference.predictor import Predictor
from ser_models.ood.distribution import OOD_THRESHOLD
from ser_models.reporting.html import declarations, inline, template
from ser_models.reporting.text import noun

HERE = Path(__file__).parent

_drawing = Lock()
"""matplotlib's settings are shared by all threads, so that one figure is drawn at a time."""


@dataclass(frozen=True)
class ResultRenderer:
    """A model whose predictions are rendered as HTML.

    Attributes:
        predictor: the model.
        evaluation: of the model.
    """

    predictor: Predictor
    evaluation: EvaluationResult

    @classmethod
    def of(cls, predictor: Predictor) -> "ResultRenderer":
        """Read the evaluation from the artifact of a model.

        Raises:
            ArtifactError: if it is missing or damaged.
        """
        return cls(predictor, read_result(predictor.artifact.folder))

    @property
    def noun(self) -> str:
        """What the model recognises, such as "emotion"."""
        return noun(self.evaluation.target)

    def recognise(self, content: bytes, name: str) -> str:
        """Recognise a recording.

        Args:
            content: bytes of an audio file.
            name: of the recording, as shown on the page.

        Returns:
            HTML with the prediction, or with the reason for the refusal.
        """
        try:
            inspection = inspect(self.predictor, content, name)
        except AudioError as error:
            return render_error(str(error), name)
        return render(inspection, name, self.evaluation)

    def describe_model(self) -> str:
        """Return HTML about the model and its evaluation."""
        metadata = self.predictor.artifact.metadata
        return template(HERE / "model.html.jinja").render(
            metadata=metadata, evaluation=self.evaluation, text=text
        )


def render(inspection: Inspection, name: str, evaluation: EvaluationResult) -> str:
    """Return HTML of a recording and its prediction.

    Args:
        inspection: the recording.
        name: of the recording, as shown on the page.
        evaluation: of the model.
    """
    prediction = inspection.prediction
    sound = wav(inspection.analysis.signal, inspection.analysis.sample_rate)
    return template(HERE / "result.html.jinja").render(
        name=name,
        inspection=inspection,
        analysis=inspection.analysis,
        prediction=prediction,
        out_of_distribution=prediction.ood_score is not None and prediction.ood_score > OOD_THRESHOLD,
        evaluation=evaluation,
        text=text,
        features=features.groups(inspection.columns, inspection.percentiles),
        figures=_figures(inspection),
        # Part of the page, so that the server does not need to keep the recording.
        sound=f"data:audio/wav;base64,{base64.b64encode(sound).decode()}",
    )


def render_error(message: str, name: str = "") -> str:
    """Return HTML of a message in the place of a prediction."""
    return template(HERE / "error.html.jinja").render(message=message, name=name)


def style() -> str:
    """Return the style sheet: the colours of the report, in light and dark mode."""
    sheet = (HERE / "app.css").read_text(encoding="utf-8")
    return f":root {{ {declarations(dark=False)} }}\n.dark {{ {declarations(dark=True)} }}\n{sheet}"


def _figures(inspection: Inspection) -> dict[str, list[Markup]]:
    """Draw each figure for a wide and for a narrow page."""
    prediction = inspection.prediction
    figures: dict[str, list[Markup]] = {"recording": [], "windows": []}
    with _drawing:
        for size, width in (("wide", panels.WIDTH), ("narrow", panels.NARROW)):
            panel = panels.recording(inspection, width=width)
            figures["recording"].append(inline(panel, f"recording-{size}"))
            if len(prediction.windows) > 1:
                panel = panels.windows(prediction.windows, [*prediction.probabilities], width=width)
                figures["windows"].append(inline(panel, f"windows-{size}"))
    return figures
