"""What a model makes of one recording, and what is worth a word about many."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Prediction:
    """What a model makes of one recording.

    Attributes:
        file: its name, as it was given.
        emotion: the most probable emotion; None if it was refused, or not probable enough to be said.
        confidence: its probability, 0 to 1; None if refused.
        probabilities: by emotion, in the order of the model's labels; sums to 1.
        top: the most probable emotions, {"emotion", "probability"} each, best first.
        warning: what limits the answer; None if nothing is known to.
        seconds: duration of the recording; None if refused.
        distance: how far it is from the training recordings, 0 and above: 1 is where the farthest hundredth
            of unheard voices of the same corpora begins; None if that is not known.
        timeline: where it was asked for and the recording is longer than 4 s: its windows in order of time,
            {"start", "end", "emotion", "probabilities"} each, in s; the emotion is None where nobody speaks,
            or where it is not probable enough to be said.
        error: why it was refused; None if it was not.
    """

    file: str
    emotion: str | None = None
    confidence: float | None = None
    probabilities: dict[str, float] = field(default_factory=dict)
    top: list[dict[str, Any]] = field(default_factory=list)
    warning: str | None = None
    seconds: float | None = None
    distance: float | None = None
    timeline: list[dict[str, Any]] = field(default_factory=list)
    error: str | None = None

    @property
    def abstained(self) -> bool:
        """Whether it was recognised and no emotion is said, as none is probable enough."""
        return self.emotion is None and self.error is None

    def unless_below(self, least: float) -> "Prediction":
        """Say no emotion, of the recording or of a window, that is less probable than `least`.

        >>> Prediction("a.wav", "sad", 0.4, {"sad": 0.4}).unless_below(0.5).warning
        'not sure enough to say an emotion (below 0.5)'
        """
        if self.confidence is None or least <= 0:
            return self
        timeline = [
            {**part, "emotion": None} if max(part["probabilities"].values(), default=1) < least else part
            for part in self.timeline
        ]
        if self.confidence >= least:
            return replace(self, timeline=timeline)
        said = f"not sure enough to say an emotion (below {least:g})"
        warning = "; ".join(limit for limit in (self.warning, said) if limit)
        return replace(self, emotion=None, warning=warning, timeline=timeline)

    def to_json(self) -> dict[str, Any]:
        """Return the prediction as JSON values; `timeline` and `error` only where there is one."""
        content = asdict(self)
        for name in ("timeline", "error"):
            if not content[name]:
                del content[name]
        return content


@dataclass
class Told:
    """What is worth a word about many answers.

    Attributes:
        count: of the answers.
        before: how many of them an earlier run gave.
        refused: those without an emotion.
        warnings: how many answers each is about.
    """

    count: int = 0
    before: int = 0
    refused: list[Prediction] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)

    def passing(self, predictions: Iterable[Prediction]) -> Iterator[Prediction]:
        """Pass answers on and keep what is worth a word."""
        for prediction in predictions:
            self.count += 1
            if prediction.error:
                self.refused.append(prediction)
            if prediction.warning:
                self.warnings[prediction.warning] += 1
            yield prediction


def ranked(probabilities: Mapping[str, float]) -> list[dict[str, Any]]:
    """Emotions with their probabilities, the most probable first.

    >>> ranked({"sad": 0.2, "happy": 0.8})
    [{'emotion': 'happy', 'probability': 0.8}, {'emotion': 'sad', 'probability': 0.2}]
    """
    pairs = sorted(probabilities.items(), key=lambda item: -item[1])
    return [{"emotion": emotion, "probability": value} for emotion, value in pairs]
