"""What the page says in sentences: about one answer, and about the model.

`Prediction`, metrics.json, `ArtifactMetadata` → sentences that need no other page to be understood
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ser_features import corpora
from ser_models.app.panels import borders
from ser_models.artifact.metadata import ArtifactMetadata
from ser_models.evaluation.result import EvaluationResult
from ser_models.inference.prediction import Prediction
from ser_models.reporting.report.text import PROTOCOLS
from ser_models.reporting.text import counted, listed, percent

ACTED = (
    "It learned from people who were asked to sound angry, sad or happy. Feelings that nobody was asked for "
    "sound different, often fainter: expect it to be wrong about them more often than its test says."
)
NOT_ACTED = "It learned from recordings with labels of their own: what these mean is for their maker to say."
SYNTHETIC = (
    "Some or all of the voices it learned from are synthetic: shaped by a program after a recipe for each "
    "emotion. Its answers show that the system runs; they say nothing about people."
)
NO_JUDGE = (
    "No program can look into a person. Do not decide anything about anybody by what stands on this page."
)

SAME = 0.001
"""A recording that is as near as this to one of the training's is that one."""


def training(metadata: ArtifactMetadata) -> str:
    """Say what a model learned from."""
    return f"Model {metadata.model}, trained on {listed([_title(name) for name in metadata.datasets])}."


def acting(metadata: ArtifactMetadata) -> str:
    """Say what kind of emotion its recordings hold."""
    if metadata.synthetic:
        return SYNTHETIC
    return ACTED if any(corpora.find(name) for name in metadata.datasets) else NOT_ACTED


def classes(metadata: ArtifactMetadata) -> str:
    """Say what it can answer, and that it always answers."""
    merged = [f"{emotion} counts as {other}" for emotion, other in metadata.label_map.items()]
    counted = f" ({', '.join(merged)})" if merged else ""
    return (
        f"It knows {len(metadata.labels)} words: {listed(metadata.labels)}{counted}. "
        "Every recording gets one of them, whatever is in it."
    )


def tested(result: EvaluationResult) -> str:
    """Say what the measured figure means, and on whom it was measured."""
    protocol = result.protocol
    meaning = next((said for start, said in PROTOCOLS.items() if protocol.startswith(start)), "")
    return (
        "UAR is the share of each emotion's recordings that it recognises, on average over the emotions. "
        f"Tested on {counted(result.n, 'recording')}, {protocol}. {meaning}"
    ).strip()


def trust(prediction: Prediction, result: EvaluationResult) -> str:
    """Say how often such answers were right in the test: a probability is what the model itself believes."""
    said = f"In its test ({result.protocol}) the model had a UAR of {percent(result.uar)}"
    if prediction.emotion not in result.per_class:
        return f"{said}."
    right, emotion = percent(result.per_class[prediction.emotion].precision, 0), prediction.emotion
    return f"{said}, and {right} of the recordings that it called {emotion} were acted {emotion}."


def second(prediction: Prediction) -> str:
    """Name the runner-up, and say so if the answer is a close one."""
    ranked = sorted(prediction.probabilities.items(), key=lambda item: -item[1])
    if len(ranked) < 2:
        return ""
    (_, best), (name, next_best) = ranked[:2]
    close = "A close call: next" if best - next_best < 0.1 else "Next"
    return f"{close} comes {name} with {percent(next_best, 0)}."


def course(windows: Sequence[Mapping[str, Any]]) -> str:
    """Tell how the answer moves: each emotion with the time from which it leads, as the figure shows it."""
    turns: list[tuple[str, float]] = []
    for window, start in zip(windows, borders(windows), strict=False):
        name = window["emotion"] or "silence"
        if not turns or turns[-1][0] != name:
            turns.append((name, start))
    if len(turns) == 1:
        return f"{turns[0][0].capitalize()} from beginning to end."
    first, *rest = turns
    later = [f"{name} from {start:.1f} s" for name, start in rest]
    return f"{first[0].capitalize()} at first, then {', then '.join(later)}."


def distance(value: float) -> str:
    """Say how far a recording is from what the model learned from.

    >>> distance(0.421)
    'Distance from the training recordings: 0.42; of recordings of unheard voices, 1 in 100 lies beyond 1.'
    """
    if value < SAME:
        return "It learned from this very recording, or from its double: the answer is remembered, not heard."
    return (
        f"Distance from the training recordings: {value:.2f}; of recordings of unheard voices, 1 in 100 lies "
        "beyond 1."
    )


def _title(name: str) -> str:
    corpus = corpora.find(name)
    return corpus.title if corpus else name
