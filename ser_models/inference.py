"""From audio files to emotions, through the same features as in training.

artifact folder → `load` → `Predictor`
paths → `pipeline.extract` → recogniser (scaling and model) → one `Prediction` per file

    predictor = load(Path("artifacts/mlp"))
    predictor.predict([Path("call.wav")])[0].emotion
"""

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from ser_features.config import profile
from ser_features.errors import ArtifactError, AudioError
from ser_features.pipeline import Features, extract, extract_bytes
from ser_models import artifact
from ser_models.artifact import Artifact
from ser_models.inputs import ColumnInputs, Raw
from ser_models.untrusted import shown

FILES_AT_ONCE = 8
"""Files whose features are in memory at the same time."""

LONGEST_REHEARSAL = 2**12
"""Frames; a model that looks at more is first tried on the recordings themselves, as that takes seconds."""

SYNTHETIC_WARNING = "trained on synthetic speech: says nothing about people's emotions"


@dataclass(frozen=True)
class Prediction:
    """What a model makes of one file.

    Attributes:
        file: the path as it was given.
        emotion: the most probable emotion; None if the file was refused.
        confidence: its probability, 0 to 1; None if refused.
        probabilities: by emotion, in the order of the model's labels; sums to 1.
        top: the most probable emotions, {"emotion", "probability"} each, best first.
        warning: what limits the answer; None if nothing is known to.
        error: why the file was refused; None if it was not.
    """

    file: str
    emotion: str | None = None
    confidence: float | None = None
    probabilities: dict[str, float] = field(default_factory=dict)
    top: list[dict[str, Any]] = field(default_factory=list)
    warning: str | None = None
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the prediction as JSON values; `error` only where there is one."""
        content = asdict(self)
        if self.error is None:
            del content["error"]
        return content


@dataclass(frozen=True)
class Predictor:
    """A loaded artifact that can be asked."""

    artifact: Artifact

    @property
    def labels(self) -> list[str]:
        """The emotions it knows, in the order of its probabilities."""
        return self.artifact.card.labels

    @property
    def warning(self) -> str | None:
        """What limits every answer of this model."""
        return SYNTHETIC_WARNING if self.artifact.card.synthetic else None

    def predict(self, paths: Sequence[Path], *, top: int = 3) -> list[Prediction]:
        """Recognise the emotion of each file.

        A file that is refused has its reason in `error`; the others are recognised all the same.

        Args:
            paths: audio files.
            top: how many emotions to rank.

        Returns:
            One prediction per path, in order.
        """
        predictions: list[Prediction] = []
        for start in range(0, len(paths), FILES_AT_ONCE):
            predictions += self._predict(paths[start : start + FILES_AT_ONCE], top)
        return predictions

    def _predict(self, paths: Sequence[Path], top: int) -> list[Prediction]:
        """Recognise files that fit into memory together."""
        taken: dict[int, Features] = {}
        refused: dict[int, str] = {}
        for index, path in enumerate(paths):
            try:
                taken[index] = self._extract(path)
            except AudioError as error:
                refused[index] = str(error)
        told: dict[int, np.ndarray] = {}
        if taken:
            raw = self.artifact.model.inputs.from_features(list(taken.values()))
            told = dict(zip(taken, self.probabilities(raw), strict=True))
        return [
            self._prediction(path, taken[index], told[index], top)
            if index in told
            else Prediction(str(path), error=refused[index])
            for index, path in enumerate(paths)
        ]

    def probabilities(self, raw: Raw) -> np.ndarray:
        """Return class probabilities, (recordings, classes).

        Args:
            raw: unscaled values of one recording at least, as the model's `Inputs` read them from a store
                or from features; read a batch at a time.

        Raises:
            ArtifactError: if the model has another number of classes than the artifact has labels.
        """
        probabilities = self.artifact.recogniser.probabilities(raw)
        if probabilities.shape[1] != len(self.labels):
            raise ArtifactError(
                f"{self.artifact.folder} has {len(self.labels)} labels for a model of "
                f"{probabilities.shape[1]} classes: restore it, or train again"
            )
        return probabilities

    def attention(self, features: Features) -> np.ndarray | None:
        """Return how much each frame of a recording weighs in the answer; see `Recogniser.attention`."""
        found = self.artifact.recogniser.attention(self.artifact.model.inputs.from_features([features]))
        return None if found is None else found[0]

    def _warning(self, features: Features) -> str | None:
        """What limits the answer to one recording: the model's own limits, and what it does not hear."""
        limits = (self.warning, self.artifact.model.inputs.unheard(features))
        return "; ".join(limit for limit in limits if limit) or None

    def _extract(self, path: Path) -> Features:
        return extract(path, profile(self.artifact.card.profile), self.artifact.model.inputs.families)

    def _prediction(self, path: Path, features: Features, probabilities: np.ndarray, top: int) -> Prediction:
        by_emotion = dict(zip(self.labels, probabilities.tolist(), strict=True))
        ranked = sorted(by_emotion.items(), key=lambda item: -item[1])
        return Prediction(
            file=str(path),
            emotion=ranked[0][0],
            confidence=ranked[0][1],
            probabilities=by_emotion,
            top=[{"emotion": emotion, "probability": value} for emotion, value in ranked[:top]],
            warning=self._warning(features),
        )


def load(folder: Path) -> Predictor:
    """Load an artifact after checking it.

    Raises:
        ArtifactError: if it is incomplete, altered, made with other features, or cannot recognise a tone.
        MissingExtraError: if its model needs a package that is not installed.
    """
    predictor = Predictor(artifact.load(folder))
    _rehearse(predictor)
    return predictor


def _rehearse(predictor: Predictor) -> None:
    """Recognise a tone, so that parts that do not fit together are found before any recording is taken."""
    folder, inputs = predictor.artifact.folder, predictor.artifact.model.inputs
    if not isinstance(inputs, ColumnInputs) and inputs.length > LONGEST_REHEARSAL:
        return
    features = extract_bytes(_tone(), profile(predictor.artifact.card.profile), inputs.families)
    try:
        with np.errstate(all="ignore"):
            probabilities = predictor.probabilities(inputs.from_features([features]))
    except ArtifactError:
        raise
    except Exception as error:  # whatever the parts make of each other
        raise ArtifactError(f"{folder} cannot recognise a tone ({shown(error)}): train again") from error
    if not np.isfinite(probabilities).all():
        raise ArtifactError(f"{folder} gives no numbers for a tone: restore it, or train again")


def _tone() -> bytes:
    """Return a WAV file of half a second at 220 Hz."""
    file = io.BytesIO()
    rate = 16_000
    soundfile.write(file, 0.3 * np.sin(np.arange(rate // 2) * 2 * np.pi * 220 / rate), rate, format="WAV")
    return file.getvalue()
