"""One recording → the HTML of its prediction; Gradio is not needed here.

bytes → `inspect` → `Inspection` → text, figures (SVG), feature tables → `result.html.jinja` (autoescaped)

A refused recording gives one line that says what is wrong with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from markupsafe import Markup

from ser_features.errors import AudioError
from ser_models.app import features, panels, text
from ser_models.app.downloads import downloads
from ser_models.app.inspection import Inspection, inspect, predict
from ser_models.app.sound import encoded_sound
from ser_models.evaluation.result import EvaluationResult, read_result
from ser_models.inference.prediction import Prediction
from ser_models.inference.predictor import Predictor
from ser_models.inference.timeline import timeline_of
from ser_models.reporting.figures.picture import label_colours
from ser_models.reporting.html import declarations, inline, template, variable
from ser_models.reporting.text import noun

HERE = Path(__file__).parent

_drawing = Lock()
"""matplotlib's settings are shared by all threads, so that one figure is drawn at a time."""


@dataclass(frozen=True, slots=True)
class Recording:
    """An uploaded recording.

    Attributes:
        name: as shown on the page.
        content: bytes of an audio file.
    """

    name: str
    content: bytes


@dataclass(frozen=True)
class ResultRenderer:
    """A model whose predictions are rendered as HTML.

    Attributes:
        predictor: the model.
        evaluation: of the model.
        number: of the model on the page, from 1.
    """

    predictor: Predictor
    evaluation: EvaluationResult
    number: int = 1

    @classmethod
    def of(cls, predictor: Predictor, number: int = 1) -> "ResultRenderer":
        """Read the evaluation from the artifact of a model.

        Args:
            predictor: the model.
            number: of the model on the page, from 1.

        Raises:
            ArtifactError: if it is missing or damaged.
        """
        return cls(predictor, read_result(predictor.artifact.folder), number)

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
        return render(inspection, name, self.evaluation, self.number)

    def tabulate(self, recordings: Sequence[Recording]) -> str:
        """Recognise several recordings.

        Returns:
            HTML with a table of the predictions and of the reasons for refusals, and with downloads.
        """
        predictions = [self._predict(recording) for recording in recordings]
        return template(HERE / "table.html.jinja").render(
            predictions=predictions,
            evaluation=self.evaluation,
            text=text,
            downloads=downloads(predictions, self.predictor.labels),
        )

    def _predict(self, recording: Recording) -> Prediction:
        try:
            return predict(self.predictor, recording.content, recording.name)
        except AudioError as error:
            return Prediction(recording.name, error=str(error))

    def describe_model(self) -> str:
        """Return HTML about the model and its evaluation."""
        metadata = self.predictor.artifact.metadata
        return template(HERE / "model.html.jinja").render(
            metadata=metadata, evaluation=self.evaluation, text=text
        )


def render(inspection: Inspection, name: str, evaluation: EvaluationResult, number: int = 1) -> str:
    """Return HTML of a recording and its prediction.

    Args:
        inspection: the recording.
        name: of the recording, as shown on the page.
        evaluation: of the model.
        number: of the model on the page, from 1.
    """
    prediction = inspection.prediction
    analysis = inspection.analysis
    sound = encoded_sound(analysis.signal, analysis.sample_rate)
    return template(HERE / "result.html.jinja").render(
        name=name,
        inspection=inspection,
        analysis=analysis,
        prediction=prediction,
        timeline=prediction.timeline or timeline_of(prediction.windows),
        colours=variables([*prediction.probabilities]),
        evaluation=evaluation,
        text=text,
        why=inspection.why,
        features=features.groups(inspection.columns, inspection.percentiles),
        figures=_figures(inspection, number),
        sound=sound,  # part of the page, so that the server does not need to keep the recording
        downloads=downloads([prediction], [*prediction.probabilities]),
    )


def render_error(message: str, name: str = "") -> str:
    """Return HTML of a message in the place of a prediction."""
    return template(HERE / "error.html.jinja").render(message=message, name=name)


def style() -> str:
    """Return the style sheet: the colours of the report, in light and dark mode."""
    sheet = (HERE / "app.css").read_text(encoding="utf-8")
    return f":root {{ {declarations(dark=False)} }}\n.dark {{ {declarations(dark=True)} }}\n{sheet}"


def script() -> str:
    """Return the script of the page, a function that is called once it is loaded."""
    return (HERE / "app.js").read_text(encoding="utf-8")


def variables(labels: Sequence[str]) -> dict[str, str]:
    """Return the CSS variable of the colour of each label."""
    return {label: variable(colour) for label, colour in label_colours(labels).items()}


def _figures(inspection: Inspection, number: int) -> dict[str, list[Markup]]:
    """Draw each figure for a wide and for a narrow page."""
    prediction = inspection.prediction
    figures: dict[str, list[Markup]] = {"recording": [], "windows": []}
    with _drawing:
        for size, width in (("wide", panels.WIDTH), ("narrow", panels.NARROW)):
            panel = panels.recording(inspection, width=width)
            figures["recording"].append(inline(panel, f"recording-{number}-{size}"))
            if len(prediction.windows) > 1:
                panel = panels.windows(prediction.windows, [*prediction.probabilities], width=width)
                figures["windows"].append(inline(panel, f"windows-{number}-{size}"))
    return figures
