"""Sentences of the page, about one prediction and about the model.

`Prediction`, `EvaluationResult`, `ArtifactMetadata` → sentences
"""

from collections.abc import Sequence

from ser_features import corpora
from ser_models.app.panels import borders
from ser_models.artifact.metadata import ArtifactMetadata
from ser_models.evaluation.result import EvaluationResult
from ser_models.inference.prediction import Prediction, WindowPrediction
from ser_models.reporting.report.text import meaning
from ser_models.reporting.text import counted, listed, nouns, percent

ACTED = (
    "Its training data are acted emotions. Spontaneous emotions sound different and are often less "
    "pronounced: expect more errors than in the evaluation."
)
SPONTANEOUS = (
    "Its training data are spontaneous speech of published corpora, whose labels are what raters perceived."
)
NOT_ACTED = "Its training data are not a published corpus: their authors define what the labels mean."
SYNTHETIC = (
    "Its training data are synthetic speech, in whole or in part. Its predictions demonstrate the system and "
    "are not valid for real speakers."
)
DISCLAIMER = (
    "A prediction does not measure what a person feels: do not base decisions about people on this page."
)

SMALL_MARGIN = 0.1
"""Difference to the second probability below which a prediction is called close."""

DUPLICATE = 0.001
"""Out-of-distribution score below which a recording is part of the training data."""


def training_data(metadata: ArtifactMetadata) -> str:
    """Name the model and its training data."""
    titles = [corpus.title if (corpus := corpora.find(name)) else name for name in metadata.datasets]
    return f"Model {metadata.model}, trained on {listed(titles)}."


def kind_of_speech(metadata: ArtifactMetadata) -> str:
    """Describe what kind of emotional speech the training data are."""
    if metadata.synthetic:
        return SYNTHETIC
    published = [corpus for name in metadata.datasets if (corpus := corpora.find(name))]
    if any(corpus.acted for corpus in published):
        return ACTED
    return SPONTANEOUS if published else NOT_ACTED


def classes(metadata: ArtifactMetadata) -> str:
    """List the classes, and the labels that were merged into them."""
    merged = [f"{emotion} is merged into {other}" for emotion, other in metadata.label_map.items()]
    note = f" ({listed(merged)})" if merged else ""
    return (
        f"It has {len(metadata.labels)} classes: {listed(metadata.labels)}{note}. "
        "Every recording is assigned to one of them, whatever it contains."
    )


def protocol(evaluation: EvaluationResult) -> str:
    """Define UAR and describe the protocol of the evaluation."""
    return (
        f"UAR (unweighted average recall) is the mean of the recalls of all {nouns(evaluation.target)}. "
        f"Evaluated on {counted(evaluation.n, 'recording')}, {evaluation.protocol}. "
        f"{meaning(evaluation.protocol)}"
    ).strip()


def reliability(prediction: Prediction, evaluation: EvaluationResult) -> str:
    """Return UAR and the precision for the predicted emotion as measured in the evaluation, if it was."""
    measured = "no measurable UAR" if evaluation.uar is None else f"a UAR of {percent(evaluation.uar)}"
    scope = f" {evaluation.scope}" if evaluation.uar is not None and evaluation.scope else ""
    uar = f"In its evaluation ({evaluation.protocol}) the model has {measured}{scope}"
    if prediction.emotion not in evaluation.per_class:
        return f"{uar}; {prediction.emotion} was never tested."
    precision = percent(evaluation.per_class[prediction.emotion].precision, 0)
    return f"{uar} and a precision of {precision} for {prediction.emotion}."


def runner_up(prediction: Prediction) -> str:
    """Name the second most probable emotion, and whether the margin is small."""
    if len(prediction.top) < 2:
        return ""
    best, second = prediction.top[:2]
    margin = ", by a small margin" if best["probability"] - second["probability"] < SMALL_MARGIN else ""
    return f"Second{margin}: {second['emotion']}, {percent(second['probability'], 0)}."


def time_course(windows: Sequence[WindowPrediction]) -> str:
    """List the emotions of the windows in order, each with the time of its first window in the figure."""
    changes: list[tuple[str, float]] = []
    for window, start in zip(windows, borders(windows), strict=False):
        emotion = window.emotion or "silence"
        if not changes or changes[-1][0] != emotion:
            changes.append((emotion, start))
    if len(changes) == 1:
        return f"{changes[0][0].capitalize()} throughout."
    course = ", then ".join(f"{emotion} from {start:.1f} s" for emotion, start in changes)
    return f"{course[0].upper()}{course[1:]}."


def ood(score: float) -> str:
    """Explain an out-of-distribution score.

    >>> ood(0.421)
    'Out-of-distribution score 0.42: 1 in 100 recordings of held-out speakers is above 1.'
    """
    if score < DUPLICATE:
        return "This recording is part of the training data, so that the prediction says little about others."
    return f"Out-of-distribution score {score:.2f}: 1 in 100 recordings of held-out speakers is above 1."
