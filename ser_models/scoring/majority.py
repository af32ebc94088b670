"""Accuracy that hides a majority class: found, and said in a sentence.

`ConfusionScores`, lower bound of the UAR → `hidden_majority` → a sentence, or None

Most corpora have more recordings of one class than of others. A system that mostly answers that class has a
high accuracy and a UAR near chance.
"""

from ser_models.evaluation.result import ConfusionScores
from ser_models.reporting.text import percent

GAP = 0.1
"""Excess of the accuracy over the UAR from which on it hides the majority class in any case."""

SMALL_GAP = 0.05
"""The same for predictions that are no better than always answering one class."""


def hidden_majority(scores: ConfusionScores, low: float | None) -> str | None:
    """Say how the accuracy hides a majority class.

    It does if the accuracy and the recall of the most frequent class are above the UAR, and

    - the accuracy is above the UAR by `GAP` or more, or
    - by `SMALL_GAP` or more, and always answering the most frequent class is as accurate, or
    - by `SMALL_GAP` or more, and the interval of the UAR includes chance.

    Args:
        scores: the metrics.
        low: lower bound of the 95 % interval of the UAR; None if there is none.

    Returns:
        A sentence without a final full stop; None if the accuracy hides nothing.
    """
    if scores.uar is None or scores.chance is None:
        return None
    label, frequent = max(scores.per_class.items(), key=lambda pair: pair[1].support)
    gap = scores.accuracy - scores.uar
    if gap < SMALL_GAP or frequent.recall <= scores.uar:
        return None
    share = frequent.support / scores.n
    of = f"{percent(share)} of the recordings are {label}"
    if scores.accuracy <= share:
        return f"{of}: always answering {label} is as accurate ({share:.3f}) as these predictions or more"
    if low is not None and low <= scores.chance:
        return (
            f"{of}: the accuracy is {scores.accuracy:.3f}, but the interval of the UAR includes chance "
            f"({scores.chance:.3f})"
        )
    if gap >= GAP:
        return f"{of}: its recall of {frequent.recall:.3f} raises the accuracy above the UAR"
    return None
