"""Random splits that share neither a speaker nor a sentence.

recordings of a corpus → `table_of` → `honest` → `Draw`
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ser_features.manifest import Recording

LEAST = 12
"""Recordings of the test and of the training, at least."""


@dataclass(frozen=True, slots=True)
class Draw:
    """A split, with columns path, speaker, statement and emotion.

    Attributes:
        train: recordings of training speakers with training sentences.
        test: recordings of test speakers with test sentences, of emotions that are trained.
        left_out: recordings of test speakers with training sentences, and of training speakers with test
            sentences.
        rng: for further random choices.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    left_out: pd.DataFrame
    rng: np.random.Generator


def table_of(recordings: Iterable[Recording]) -> pd.DataFrame:
    """Path, speaker, statement and emotion of each recording."""
    columns = ("path", "speaker", "statement", "emotion")
    return pd.DataFrame([[getattr(one, name) for name in columns] for one in recordings], columns=columns)


def honest(recordings: pd.DataFrame, rng: np.random.Generator) -> Draw:
    """Draw some speakers and some sentences for the test, the others for the training."""
    while True:
        of_speaker, of_sentence = (
            recordings[name].isin(_some(recordings[name], rng)) for name in ("speaker", "statement")
        )
        train, test = recordings[~of_speaker & ~of_sentence], recordings[of_speaker & of_sentence]
        test = test[test["emotion"].isin(train["emotion"])]
        if min(len(train), len(test)) >= LEAST:
            return Draw(train, test, recordings[of_speaker != of_sentence], rng)


def _some(values: pd.Series, rng: np.random.Generator) -> np.ndarray:
    """Some, but not all of the different values."""
    names = rng.permutation(values.unique())
    return names[: rng.integers(1, len(names))]
