"""Accuracy that hides a majority class: found, and said in a sentence.

`ConfusionScores`, lower bound of the UAR → `hidden_majority` → a sentence, or None

Most corpora have more recordings of one class than of others. A system that mostly answers that class has a
high accuracy and a UAR near chance.
"""

from ser_models.evaluation.result import ConfusionScores
from ser_models.reporting.text import percent

GAP = 0.1
"""Excess of the accuracy over the UAR from which on it is due to the majority class."""


def hidden_majority(scores: ConfusionScores, low: float | None) -> str | None:
    """Say how the accuracy hides a majority class.

    It does if the accuracy is above the UAR, the recall of the most frequent class is, too, and

    - always answering the most frequent class is as accurate, or
    - the interval of the UAR reaches down to chance, or
    - the accuracy is above the UAR by `GAP` or more.

    Args:
        scores: the metrics.
        low: lower bound of the 95 % interval of the UAR; None if there is none.

    Returns:
        A sentence without a final full stop; None if the accuracy hides nothing.
    """
    if scores.uar is None or scores.chance is None:
        return None
    label, frequent = max(scores.per_class.items(), key=lambda pair: pair[1].support)
    share = frequent.support / scores.n
    if not (scores.accuracy > scores.uar and frequent.recall > scores.uar and share > scores.chance):
        return None
    of = f"{percent(share)} of the recordings are {label}"
    if scores.accuracy <= share:
        return (
            f"{of}: always answering {label} has accuracy {share:.3f}, these predictions have "
            f"{scores.accuracy:.3f}"
        )
    if low is not None and low <= scores.chance:
        return (
            f"{of}, which the accuracy of {scores.accuracy:.3f} is due to: the interval of the UAR includes "
            f"chance, {scores.chance:.3f}"
        )
    if scores.accuracy - scores.uar >= GAP:
        return (
            f"{of}: its recall of {frequent.recall:.3f} raises the accuracy to {scores.accuracy:.3f}, the "
            f"UAR is {scores.uar:.3f}"
        )
    return None
