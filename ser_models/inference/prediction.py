"""The prediction for one recording, the options it is made with, and a summary of many.

recording, `PredictOptions` → `Prediction` (with its windows and timeline) ↔ JSON
many `Prediction`s → `PredictionSummary` (refused files, counted warnings)
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from numbers import Integral, Real
from typing import Any, Literal, TypedDict, get_args

from ser_features import notebook
from ser_features.config import Channel
from ser_features.errors import InputError, shown
from ser_models.inference.timeline import TimelineSpan, WindowPrediction

MIN_WINDOW = 0.1
"""Shortest window and shortest hop, in s; no profile accepts a shorter recording."""

SEPARATOR = "; "
"""Between the warnings of a prediction; no warning contains it."""


Segments = Literal["none", "vad"]
"""What a recording is divided into, each predicted as a recording of its own."""

Verdict = Literal[
    "emotion", "mixed", "unsure", "no speech", "other channel", "other voice", "out of distribution"
]
"""What the answer to a recording is; see `Prediction.verdict`."""


class OptionValues(TypedDict, total=False):
    """Keyword arguments of `Predictor.predict`; see `PredictOptions`."""

    top: int
    windows: bool
    win_dur: float
    hop_dur: float
    abstain_below: float
    channel: Channel | None
    segments: Segments


@dataclass(frozen=True)
class PredictOptions:
    """How recordings are recognised.

    Attributes:
        top: number of emotions in the ranking.
        windows: whether the prediction lists the windows of recordings longer than `win_dur` + `hop_dur`.
            Those longer than the training recordings are recognised by their windows anyway.
        win_dur: length of a window, in s; the default is about one sentence of the published corpora.
        hop_dur: from the start of a window to the start of the next, in s.
        abstain_below: confidence below which no emotion is returned, 0 to 1.
        channel: of recordings with several: "mix" of those with sound, "left" or "right" alone, "each" for a
            prediction per channel; None for that of the training.
        segments: "vad" for a prediction per segment of speech of each file, of any length, instead of one
            per file; see `ser_features.vad`. "none" for none.

    Raises:
        InputError: if a duration is shorter than `MIN_WINDOW` or not finite, or a value out of range.

    >>> PredictOptions(windows=True, hop_dur=0)
    Traceback (most recent call last):
    ...
    ser_features.errors.InputError: hop_dur is 0 s, expected at least 0.1 s: pass a longer one
    """

    top: int = 3
    windows: bool = False
    win_dur: float = 3.0
    hop_dur: float = 1.0
    abstain_below: float = 0.0
    channel: Channel | None = None
    segments: Segments = "none"

    def __post_init__(self) -> None:
        if self.channel is not None and str(self.channel) not in get_args(Channel):
            raise InputError(f"channel is {shown(self.channel)}, expected {', '.join(get_args(Channel))}")
        if str(self.segments) not in get_args(Segments):
            raise InputError(f"segments is {shown(self.segments)}, expected {', '.join(get_args(Segments))}")
        if not isinstance(self.top, Integral) or self.top < 1:
            raise InputError(f"top is {shown(self.top)}, expected a number of emotions from 1 on")
        if not isinstance(self.abstain_below, Real) or not 0 <= self.abstain_below <= 1:
            raise InputError(f"abstain_below is {shown(self.abstain_below)}, expected a confidence, 0 to 1")
        if str(self.windows) not in ("False", "True"):  # NumPy's are no bool
            raise InputError(f"windows is {shown(self.windows)}, expected True or False")
        for name in ("win_dur", "hop_dur"):
            seconds = getattr(self, name)
            if not isinstance(seconds, Real):
                raise InputError(f"{name} is {shown(seconds)}, expected seconds")
            if not MIN_WINDOW <= seconds < math.inf:
                raise InputError(
                    f"{name} is {seconds:g} s, expected at least {MIN_WINDOW} s: pass a longer one"
                )


@dataclass(frozen=True)
class Prediction:
    """The prediction for one recording.

    Attributes:
        file: name of the recording, as it was given.
        emotion: the most probable emotion; None if there is none: the recording was refused, is mixed or no
            speech, or the model abstained.
        confidence: probability of the most probable emotion, 0 to 1; None if the recording was refused, is
            mixed or no speech.
        probabilities: by emotion, in the order of the model's labels, summing to 1; of a recording that is
            longer than those of the training, pooled over its windows.
        top: the most probable emotions, {"emotion", "probability"} each, in descending order.
        warning: known limits of this prediction, separated by semicolons; None if there are none.
        seconds: duration of the recording; None if refused.
        ood_score: distance to the training data, 0 and above; above 1 the recording is out of distribution
            (1 is the 99th percentile of held-out speakers of the training corpora). None if not known; of a
            recording that is recognised by its windows, the median of theirs.
        windows: predictions for the windows in order of time, if they were requested and the recording is
            long enough.
        timeline: of a recording that is recognised by its windows, spans of one emotion each.
        verdict: what the answer is. "emotion": `emotion`. "mixed": several emotions, as the `timeline` says.
            "unsure": the confidence is below `PredictOptions.abstain_below`. Where the `ood_score` is above
            1, what the recording is instead: "no speech", "other channel" (speech through another room or
            microphone than in the training), "other voice", or "out of distribution" if it cannot be tested
            for speech; of the latter three, `emotion` is a guess. None if refused.
        error: why the recording was refused; None if it was not.
        notes: what is unusual about the file, separated by semicolons; None if nothing is.
        channel: number of the only channel that was read, from 1; None for a mix.
        start: of the part of the file that was recognised, in s; None for the whole file.
        end: of the part, in s.
    """

    file: str
    emotion: str | None = None
    confidence: float | None = None
    probabilities: dict[str, float] = field(default_factory=dict)
    top: list[dict[str, Any]] = field(default_factory=list)
    warning: str | None = None
    seconds: float | None = None
    ood_score: float | None = None
    windows: list[WindowPrediction] = field(default_factory=list)
    timeline: list[TimelineSpan] = field(default_factory=list)
    verdict: Verdict | None = None
    error: str | None = None
    notes: str | None = None
    channel: int | None = None
    start: float | None = None
    end: float | None = None

    def __repr__(self) -> str:
        """File, emotion and confidence, or why it was refused."""
        if self.error:
            return f"Prediction({self.file!r}, error={self.error!r})"
        confidence = "" if self.confidence is None else f", confidence={self.confidence:.3f}"
        return f"Prediction({self.file!r}, emotion={self.emotion!r}{confidence})"

    def _repr_html_(self) -> str:
        """Emotions by descending probability, and the warning."""
        ranking = sorted(self.probabilities.items(), key=lambda item: -item[1])
        rows = [[emotion, f"{probability:.3f}"] for emotion, probability in ranking]
        return notebook.table(self.file, ["emotion", "probability"], rows, self.error or self.warning or "")

    def of_part(self, start: float, end: float | None) -> "Prediction":
        """The prediction of a part of a file, with times in the file.

        Args:
            start: of the part, in s.
            end: of the part, in s; None for the end of the file.
        """
        if end is None and self.seconds is not None:
            end = round(start + self.seconds, 3)
        windows = [window.shifted(start) for window in self.windows]
        timeline = [span.shifted(start) for span in self.timeline]
        return replace(self, start=start, end=end, windows=windows, timeline=timeline)

    @property
    def abstained(self) -> bool:
        """Whether the confidence was below the threshold, so that no emotion is returned."""
        return self.emotion is None and self.confidence is not None

    def abstain(self, threshold: float) -> "Prediction":
        """Drop every emotion, of the recording or of a window, whose probability is below `threshold`.

        >>> Prediction("a.wav", "sad", 0.4, {"sad": 0.4}).abstain(0.5).warning
        'abstained: confidence below 0.5'
        """
        if threshold <= 0:
            return self
        windows = [window.abstain(threshold) for window in self.windows]
        if self.confidence is None or self.confidence >= threshold:
            return replace(self, windows=windows)
        warning = join_warnings(self.warning, f"abstained: confidence below {threshold:g}")
        verdict: Verdict | None = "unsure" if self.verdict == "emotion" else self.verdict
        return replace(self, emotion=None, warning=warning, windows=windows, verdict=verdict)

    def to_json(self) -> dict[str, Any]:
        """Return the prediction as JSON values; optional fields only those it has."""
        values = asdict(self)
        optional = ("windows", "timeline", "error", "channel", "start", "end")
        return {
            name: value for name, value in values.items() if name not in optional or value not in (None, [])
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Prediction":
        """Build a prediction from the values of `to_json`."""
        windows = [WindowPrediction(**window) for window in values.get("windows", ())]
        timeline = [TimelineSpan(**span) for span in values.get("timeline", ())]
        return cls(**{**values, "windows": windows, "timeline": timeline})


@dataclass
class PredictionSummary:
    """Counts over many predictions.

    Attributes:
        count: number of predictions.
        cached: number of them that an earlier run computed.
        refused: predictions of refused recordings.
        warnings: number of predictions with each warning.
        notes: files with each note.
    """

    count: int = 0
    cached: int = 0
    refused: list[Prediction] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    notes: dict[str, list[str]] = field(default_factory=dict)

    def collect(self, predictions: Iterable[Prediction]) -> Iterator[Prediction]:
        """Count predictions while passing them on."""
        for prediction in predictions:
            self.count += 1
            if prediction.error:
                self.refused.append(prediction)
            self.warnings.update(warnings_of(prediction))
            if prediction.notes:
                self.notes.setdefault(prediction.notes, []).append(prediction.file)
            yield prediction

    @property
    def marks(self) -> dict[str, str]:
        """A mark of each warning that some recordings have and others have not.

        >>> far, near = Prediction("a.wav", warning="noisy; far"), Prediction("b.wav", warning="noisy")
        >>> summary = PredictionSummary()
        >>> _ = list(summary.collect([far, near]))
        >>> summary.marks
        {'far': '[1]'}
        """
        recognised = self.count - len(self.refused)
        some = [warning for warning, count in self.warnings.items() if count < recognised]
        return {warning: f"[{number}]" for number, warning in enumerate(some, start=1)}


def warnings_of(prediction: Prediction) -> list[str]:
    """Return the single warnings of a prediction."""
    return prediction.warning.split(SEPARATOR) if prediction.warning else []


def ranked(probabilities: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return emotions with their probabilities in descending order.

    >>> ranked({"sad": 0.2, "happy": 0.8})
    [{'emotion': 'happy', 'probability': 0.8}, {'emotion': 'sad', 'probability': 0.2}]
    """
    pairs = sorted(probabilities.items(), key=lambda item: -item[1])
    return [{"emotion": emotion, "probability": value} for emotion, value in pairs]


def join_warnings(*warnings: str | None) -> str | None:
    """Join the warnings that are set with semicolons; None if there are none."""
    return SEPARATOR.join(warning for warning in warnings if warning) or None
