"""How much worse a model gets when a part of its input comes from other recordings.

raw values, part, an order → the part of every recording exchanged → UAR → drop against the UAR as it is

The numbers of the part stay as they are, only they no longer belong to the emotion: what is lost is what
the model took from them. Breiman, Random forests, Machine Learning 45, 2001.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ser_models.data.inputs import Frames, Raw
from ser_models.evaluation.metrics import confusion_matrix, uar
from ser_models.explain.feature_groups import Part

Ask = Callable[[Raw], np.ndarray]
"""Raw values of some recordings → their class probabilities, (recordings, classes)."""

OnStep = Callable[[int, int], None]
"""Told after every step how many are done, of how many."""


@dataclass(frozen=True)
class Drops:
    """What exchanging each part costs.

    Attributes:
        uar: with everything in its place, 0 to 1.
        by_part: UAR lost, (parts, repeats); below 0 where the model did better by chance.
    """

    uar: float
    by_part: np.ndarray


def permute(
    ask: Ask,
    raw: Raw,
    targets: np.ndarray,
    parts: Sequence[Part],
    *,
    repeats: int,
    seed: int,
    on_step: OnStep = lambda done, total: None,
) -> Drops:
    """Exchange each part among recordings and ask again.

    Args:
        ask: the model.
        raw: unscaled values of the recordings.
        targets: their classes, (recordings,).
        parts: what is exchanged together.
        repeats: orders to try; every part is tried in the same ones, so that parts can be compared.
        seed: of the orders.
        on_step: told of the progress.
    """
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(len(targets)) for _ in range(repeats)]
    as_it_is = _uar(ask(raw), targets)
    drops = np.zeros((len(parts), repeats))
    for place, part in enumerate(parts):
        for turn, order in enumerate(orders):
            drops[place, turn] = as_it_is - _uar(ask(exchanged(raw, order, part.places)), targets)
            on_step(place * repeats + turn + 1, drops.size)
    return Drops(as_it_is, drops)


def exchanged(raw: Raw, order: np.ndarray, places: Sequence[int]) -> Raw:
    """Give every recording some columns or bands of another one.

    Args:
        raw: unscaled values.
        order: whose, for each recording, (recordings,).
        places: of the columns or bands.
    """
    if isinstance(raw, np.ndarray):
        mixed = raw.copy()
        mixed[:, list(places)] = raw[order][:, list(places)]
        return mixed
    return Exchanged(raw, order, places)


@dataclass(frozen=True)
class Exchanged(Sequence[Frames]):
    """Recordings with some bands of other ones, put together where they are asked for.

    A donor of another length is stretched or shrunk, frame by frame: its beginning stays the beginning.

    Attributes:
        own: the recordings.
        order: whose bands each of them gets.
        places: which bands.

    >>> own = [np.zeros((2, 2)), np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0], [4.0, 4.0]])]
    >>> Exchanged(own, np.array([1, 0]), (1,))[0].tolist()
    [[0.0, 1.0], [0.0, 3.0]]
    """

    own: Sequence[Frames]
    order: np.ndarray
    places: Sequence[int]

    def __len__(self) -> int:
        return len(self.own)

    def __getitem__(self, index: int | slice) -> "Frames | list[Frames]":  # type: ignore[override]
        if isinstance(index, slice):
            return [self._mixed(each) for each in range(len(self))[index]]
        return self._mixed(range(len(self))[index])

    def _mixed(self, index: int) -> np.ndarray:
        frames = np.array(self.own[index])
        donor = np.asarray(self.own[self.order[index]])
        from_donor = np.arange(len(frames)) * len(donor) // len(frames)
        frames[:, list(self.places)] = donor[from_donor][:, list(self.places)]
        return frames


def _uar(probabilities: np.ndarray, targets: np.ndarray) -> float:
    return uar(confusion_matrix(targets, probabilities.argmax(axis=1), probabilities.shape[1]))
