"""Typed results of an explanation.

`explain_model` → `Importance`
`explain_recording` → `Contributions`
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Importance:
    """Importance of a model's input features over many recordings.

    Attributes:
        artifact: folder of the model.
        model: its name.
        labels: its emotions.
        method: "shap" or "permutation".
        data: description of the recordings.
        n: number of recordings.
        uar: of the model on these recordings, 0 to 1; None if all are of one class.
        chance: UAR at chance level, 0 to 1.
        repeats: permutations per feature group; 0 for SHAP values.
        table: a row per feature group in descending order of importance: feature, unit, description,
            importance, std (over permutations; NaN for less than two) and correlated_with; for SHAP values
            also importance_<emotion> and direction_<emotion>. The importance is the mean absolute SHAP value
            in log-odds, or the decrease in UAR, 0 to 1.
        notes: limits of the explanation.
    """

    artifact: Path
    model: str
    labels: tuple[str, ...]
    method: Literal["shap", "permutation"]
    data: str
    n: int
    uar: float | None
    chance: float
    repeats: int
    table: "pd.DataFrame"
    notes: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """UAR and chance level in one line."""
        if self.uar is None:
            return "UAR not measurable: all of these recordings are of one emotion"
        return f"UAR {self.uar:.3f} on these recordings, chance {self.chance:.3f}"


@dataclass(frozen=True)
class Contributions:
    """Contributions of a model's input features to the prediction for one recording.

    Attributes:
        artifact: folder of the model.
        model: its name.
        method: "shap" or "occlusion".
        file: the recording.
        emotion: the predicted emotion.
        probabilities: by emotion.
        base: expected margin of the predicted emotion over the training data; for occlusion the probability
            of the predicted emotion with all features.
        table: a row per feature group in descending order of the absolute contribution: feature, unit,
            description, value and training_median (NaN for groups of columns; the latter for frames too) and
            contribution. SHAP values and `base` sum to the margin of the predicted emotion. Occlusion
            contributions are the decrease in its probability without the group, and do not sum to anything;
            emotion_without and probability_without are what the model would have predicted.
        notes: limits of the explanation.
    """

    artifact: Path
    model: str
    method: Literal["shap", "occlusion"]
    file: str
    emotion: str
    probabilities: dict[str, float]
    base: float
    table: "pd.DataFrame"
    notes: tuple[str, ...] = ()

    @property
    def margin(self) -> float:
        """Sum of `base` and all contributions; the margin of the predicted emotion for SHAP values."""
        return self.base + float(self.table["contribution"].sum())
