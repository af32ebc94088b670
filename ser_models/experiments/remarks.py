"""What a reader of a result should know beside its figures: `Data`, `Trained` → `remarks` → notes.

Confidence that cannot be calibrated, figures that cannot be repeated, a speaker who always gets one answer,
and a quicker model that is as good.
"""

from collections.abc import Iterator

import pandas as pd

from ser_models.data.examples import Examples
from ser_models.data.split import FINAL_FOLD, Split, with_columns
from ser_models.models.ensemble import Ensemble
from ser_models.models.registry import measurement
from ser_models.training.train import Trained

FEWEST = 10
"""Number of test recordings of a speaker from which equal answers are named."""

SAME = 0.9
"""Share of equal answers from which a speaker is named, and"""

TRUE = 0.5
"""largest share of recordings for which they are right."""

QUICKER = 2.0
"""Smallest ratio of training times for which a quicker model is named."""


def remarks(examples: Examples, split: Split, trained: Trained, interval: float | None) -> Iterator[str]:
    """Say what qualifies a result.

    Args:
        examples: the recordings.
        split: their sides in each fold.
        trained: the result of the training.
        interval: UAR of the test minus the lower bound of its interval; None if it is not measurable.
    """
    yield from _caveats(examples, split, trained)
    predictions = trained.predictions
    yield from same_answers(predictions[predictions["split"] == "test"])
    if isinstance(trained.model, Ensemble) and interval is not None:
        yield from quicker_member(trained.model, trained.history, interval)


def _caveats(examples: Examples, split: Split, trained: Trained) -> Iterator[str]:
    """Confidence that cannot be calibrated, and figures that cannot be repeated exactly."""
    speakers = examples.rows.assign(speaker=examples.groups)[["file_id", "speaker"]]
    sides = with_columns(split.table, speakers)
    fitted = sides[sides["split"] != "test"]
    if fitted.groupby("fold")["speaker"].nunique().min() == 1:
        yield "trained on a single speaker: its confidence is too high for other speakers"
    if not trained.model.reproducible:
        name = trained.model.name
        yield f"{name} is not reproducible here: the same command may give slightly other figures"


def same_answers(tested: pd.DataFrame) -> Iterator[str]:
    """Speakers of whom nearly all test recordings get one answer, which is mostly wrong.

    Args:
        tested: the test rows of `Trained.predictions`.
    """
    for (dataset, speaker), rows in tested.groupby(["dataset", "speaker"]):
        counts = rows["predicted"].value_counts()
        answer, count = counts.index[0], int(counts.iloc[0])
        right = int((rows["emotion"] == answer).sum())
        if len(rows) >= FEWEST and count >= SAME * len(rows) and right <= TRUE * len(rows):
            yield (
                f"speaker {dataset}/{speaker} is recognised as {answer} in {count} of {len(rows)} recordings "
                f"({right} are): ser check says what sets the speaker apart"
            )


def quicker_member(ensemble: Ensemble, history: pd.DataFrame, interval: float) -> Iterator[str]:
    """The quickest member that is as good as the ensemble, on speakers held out within the training.

    Args:
        ensemble: the model.
        history: `Trained.history`, whose rows are the members of each fold, and then all of them.
        interval: difference of UAR that the interval of the test allows.
    """
    measured = history[history["fold"] != FINAL_FOLD] if history["fold"].nunique() > 1 else history
    *alone, together = measured.groupby("epoch")["val_uar"].mean()
    whole = measurement(ensemble.name)
    if not whole:
        return
    as_good = [
        (whole.time / one.time, name, uar)
        for name, uar in zip(ensemble.members, alone, strict=True)
        if uar >= together - interval and (one := measurement(name)) and whole.time >= QUICKER * one.time
    ]
    if as_good:
        ratio, name, uar = max(as_good)
        yield (
            f"{name} alone is as good within the interval, in 1/{ratio:.0f} of the time: UAR {uar:.3f} on "
            f"speakers held out in training, {ensemble.name} {together:.3f}: ser train --model {name}"
        )
