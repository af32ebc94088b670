"""What a result means for its reader: what the model is good for, its weakest class, and what to do next.

`EvaluationResult` → `use`, `weakest` → sentences; with `RunPaths` → `next_step` → `Step`

Every statement is read from the measured figures; the limits are those of this file.
"""

from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from ser_models.artifact.metadata import RUN_FILE
from ser_models.data.split import UNKNOWN_SPEAKERS
from ser_models.evaluation.result import EvaluationResult
from ser_models.reporting.text import NOT_MEASURABLE, counted, nouns, percent

SINGLE = 0.8
"""Lower bound of the UAR from which single predictions are usable."""

MOSTLY = 0.5
"""Lower bound of the UAR from which a prediction is right more often than wrong."""

WHOM = {
    "speaker-disjoint": "new speakers in such recordings",
    "speaker- and sentence-disjoint": "new speakers with new sentences in such recordings",
    "session-disjoint": "new sessions",
    "sentence-disjoint": "new sentences of speakers of the training",
    f"random, {UNKNOWN_SPEAKERS}": "recordings of speakers who may be in the training",
    "random": "speakers of the training",
    "cross-corpus": "other corpora",
}
"""Whom a result is about, by the beginning of its protocol; the first that fits."""


@dataclass(frozen=True, slots=True)
class RunPaths:
    """Where a result is, for the words of commands.

    Attributes:
        artifact: folder of the model.
        store: of the features.
        own_features: table of the features instead of the store's; None for the store's.
        recipe: name of the recipe; None for a plain training.
    """

    artifact: Path
    store: str
    own_features: Path | None = None
    recipe: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next.

    Attributes:
        purpose: beginning of a sentence.
        command: to be typed.
    """

    purpose: str
    command: str


def use(result: EvaluationResult) -> str:
    """Say in one sentence what a model is good for, from the lower bound of its UAR."""
    protocol = result.protocol
    whom = next((text for start, text in WHOM.items() if protocol.startswith(start)), "such recordings")
    if result.uar is None or result.uar_ci95 is None or result.chance is None:
        return f"Its quality is {NOT_MEASURABLE}: all test recordings are of one class."
    low = result.uar_ci95[0]
    right = f"{percent(low, 0)} of its predictions, averaged over the {nouns(result.target)}"
    if result.leakage:
        return f"No estimate for new recordings: {counted(len(result.leakage), 'leak')} raised the figures."
    if result.synthetic:
        return "No estimate for people: some or all of the speech is synthetic."
    if low <= result.chance:
        return f"Not shown to be better than guessing on {whom}: the interval includes chance."
    if low >= SINGLE:
        return f"Usable for single recordings of {whom}: at least {right}, are right."
    if low >= MOSTLY:
        return f"For {whom}, with a person who checks single predictions: at least {right}, are right."
    return (
        f"Better than guessing on {whom}, but for comparisons of many recordings only: a single one may "
        "be wrong more often than right."
    )


def weakest(result: EvaluationResult) -> str:
    """Name the class with the lowest recall, and what it is mistaken for; empty for a single class."""
    if len(result.per_class) < 2:
        return ""
    label, row = min(result.per_class.items(), key=lambda item: item[1].recall)
    text = f"Weakest of the {nouns(result.target)}: {label}, recall {percent(row.recall)} of {row.support:,}"
    mistaken = next((pair for pair in result.errors.confusions if pair.true == label), None)
    return f"{text}, most often mistaken for {mistaken.predicted}." if mistaken else f"{text}."


def next_step(result: EvaluationResult, paths: RunPaths) -> Step:
    """The command that helps most: a fair measurement, a check of the recordings, or predictions."""
    artifact, store = quote(str(paths.artifact)), quote(paths.store)
    kinds = {finding.kind for finding in result.leakage}
    if paths.recipe and kinds:
        return Step("Measure it without the leaks", f"ser reproduce {quote(paths.recipe)} --protocol honest")
    if "speaker" in kinds and result.protocol.startswith("random"):
        command = f"ser train --config {artifact}/{RUN_FILE} --split speaker"
        return Step("Measure it on new speakers", command)
    low = result.uar_ci95[0] if result.uar_ci95 else 0.0
    if kinds or result.confounds or low <= (result.chance or 0.0):
        return Step("Look for what is odd about the recordings", f"ser check {store}")
    if paths.own_features:
        table = quote(str(paths.own_features))
        return Step(
            "Test it on other rows", f"ser evaluate {artifact} --store {store} --own-features {table}"
        )
    return Step("Predict recordings", f"ser predict {artifact} FILE.wav")
