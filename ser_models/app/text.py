"""Sentences of the page, about one prediction and about the model.

`Prediction`, `EvaluationResult`, `ArtifactMetadata` → sentences
"""

from collections.abc import Sequence

from ser_features import corpora
from ser_models.artifact.metadata import ArtifactMetadata
from ser_models.evaluation.result import EvaluationResult
from ser_models.inference.prediction import Prediction, Verdict
from ser_models.inference.timeline import TimelineSpan
from ser_models.ood.sound import WARNINGS
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

HEADLINES: dict[Verdict | None, str] = {
    "mixed": "mixed",
    "unsure": "unsure",
    "no speech": "no speech",
    "other channel": "speech from another room or microphone",
    "other voice": "another kind of voice",
    "out of distribution": "out of distribution",
}
"""Headline of each verdict but "emotion"."""

FAR = frozenset(WARNINGS)
"""Verdicts on recordings that differ from the training data."""

SMALL_MARGIN = 0.1
"""Difference to the second probability below which a prediction is called close."""

NEGLIGIBLE = 0.005
"""Probability below which the second emotion is not named: it would be 0 %."""

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


def headline(prediction: Prediction) -> str:
    """Return what the recording is: its emotion, or why there is none to rely on.

    >>> headline(Prediction("a.wav", "sad", 0.9, verdict="emotion"))
    'sad'
    """
    return HEADLINES.get(prediction.verdict, prediction.emotion or "")


def answer(prediction: Prediction) -> str:
    """Return the sentence below the headline, with the most probable emotions and their probabilities."""
    if prediction.verdict == "no speech":
        return "No emotion is recognised."
    best = prediction.top[0]
    if prediction.verdict == "emotion":
        first = f"Confidence {percent(best['probability'], 0)}."
    elif prediction.emotion is None:
        first = f"On average over time: {best['emotion']}, {percent(best['probability'], 0)}."
    else:
        first = f"A guess: {best['emotion']}, {percent(best['probability'], 0)}."
    return f"{first} {runner_up(prediction)}".strip()


def reliability(prediction: Prediction, evaluation: EvaluationResult) -> str:
    """Return UAR and the precision for the predicted emotion as measured in the evaluation, if it was."""
    measured = "no measurable UAR" if evaluation.uar is None else f"a UAR of {percent(evaluation.uar)}"
    scope = f" {evaluation.scope}" if evaluation.uar is not None and evaluation.scope else ""
    uar = f"In its evaluation ({evaluation.protocol}) the model has {measured}{scope}"
    if prediction.emotion is None:
        return f"{uar}."
    if prediction.emotion not in evaluation.per_class:
        return f"{uar}; {prediction.emotion} was never tested."
    precision = percent(evaluation.per_class[prediction.emotion].precision, 0)
    return f"{uar} and a precision of {precision} for {prediction.emotion}."


def runner_up(prediction: Prediction) -> str:
    """Name the second most probable emotion, unless negligible, and whether the margin is small."""
    if len(prediction.top) < 2 or prediction.top[1]["probability"] < NEGLIGIBLE:
        return ""
    best, second = prediction.top[:2]
    margin = ", by a small margin" if best["probability"] - second["probability"] < SMALL_MARGIN else ""
    return f"Second{margin}: {second['emotion']}, {percent(second['probability'], 0)}."


def time_course(timeline: Sequence[TimelineSpan]) -> str:
    """List the emotions of a timeline in order, each with its start."""
    if len(timeline) == 1:
        return f"{(timeline[0].emotion or 'silence').capitalize()} throughout."
    course = ", then ".join(f"{span.emotion or 'silence'} from {span.start:.1f} s" for span in timeline)
    return f"{course[0].upper()}{course[1:]}."


def span(one: TimelineSpan) -> str:
    """Describe a span of a timeline.

    >>> span(TimelineSpan(0.0, 4.5, None, None))
    'silence, 0.0 to 4.5 s'
    """
    mean = "" if one.probability is None else f", mean probability {percent(one.probability, 0)}"
    return f"{one.emotion or 'silence'}, {one.start:.1f} to {one.end:.1f} s{mean}"


def ood(score: float) -> str:
    """Explain an out-of-distribution score.

    >>> ood(0.421)
    'Out-of-distribution score 0.42: 1 in 100 recordings of held-out speakers is above 1.'
    """
    if score < DUPLICATE:
        return "This recording is part of the training data, so that the prediction says little about others."
    return f"Out-of-distribution score {score:.2f}: 1 in 100 recordings of held-out speakers is above 1."
