"""Columns of a table of predictions → which one is the truth, the prediction, the recording and the speaker.

header → the names that the user gives, else usual names → `Roles`

`emotion`, `label` and their like are the truth. Beside a column such as `truth`, and beside the confidence
that `ser predict` writes, they are the prediction.

>>> roles = recognise(["file", "emotion", "pred", "spk", "gender"], ReadOptions())
>>> roles.truth, roles.prediction, roles.path, roles.speaker, roles.groups
('emotion', 'pred', 'file', 'spk', ('gender',))
>>> recognise(["utt", "truth", "label"], ReadOptions()).prediction
'label'
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ser_features.arguments import chosen, plain
from ser_features.errors import InputError, listed
from ser_features.tables.columns import recognised
from ser_features.tables.names import SPANS
from ser_models.auditing.sources.column_names import PATHS, SIDES
from ser_models.scoring.column_names import (
    CLASSES,
    CONFIDENCE,
    DATASET,
    GROUPS,
    PREDICTION,
    TRUTH,
    is_of,
)

LISTED = 12

FILE_ID = "file_id"
"""Column that identifies the recordings of a store, also where a row is a part of its path."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a user says about tables of predictions; None for what is to be recognised.

    Attributes:
        truth: column of the true classes.
        prediction: column of the predicted classes.
        path: column of the recordings.
        speaker: column of the speakers.
        groups: columns whose values are compared, beside the usual ones.
        corpus: known corpus whose names the recordings have, which state the speakers.
        pattern: of the names of the recordings, such as "{speaker}_{}.wav", instead of a corpus.
        softmax: whether columns per class are logits, of which the softmax is computed.
    """

    truth: str | None = None
    prediction: str | None = None
    path: str | None = None
    speaker: str | None = None
    groups: tuple[str, ...] = ()
    corpus: str | None = None
    pattern: str | None = None
    softmax: bool = False

    def columns(self) -> list[str]:
        """Names of columns that are given."""
        one = (self.truth, self.prediction, self.path, self.speaker)
        return [*(name for name in one if name is not None), *self.groups]


@dataclass(frozen=True, slots=True)
class Roles:
    """Columns of a table of predictions.

    Attributes:
        truth: of the true classes.
        prediction: of the predicted classes; None if only probabilities can state them.
        path: of the recordings.
        parts: start, end and channel of a part of a recording.
        speaker: of the speakers.
        dataset: of the corpora.
        side: of the sides of a split.
        groups: whose values are compared.
    """

    truth: str
    prediction: str | None
    path: str | None
    parts: tuple[str, ...]
    speaker: str | None
    dataset: str | None
    side: str | None
    groups: tuple[str, ...]

    def used(self) -> dict[str, str]:
        """Column of each role but the groups, where there is one."""
        roles = ("path", "truth", "prediction", "speaker", "dataset")
        return {role: name for role in roles if (name := getattr(self, role)) is not None}


def recognise(header: Sequence[str], given: ReadOptions) -> Roles:
    """Find the columns.

    Raises:
        InputError: if there is no column that the user names, no truth, or several columns may be meant.
    """
    truth, prediction = _classes(header, given)
    free = [name for name in header if name not in (truth, prediction)]
    return Roles(
        truth,
        prediction,
        _given(header, given.path) or _path(free),
        tuple(name for name in free if recognised(name) in SPANS),
        _given(header, given.speaker) or _first(free, lambda name: recognised(name) == "speaker"),
        _first(free, lambda name: is_of(name, DATASET)),
        _first(free, lambda name: plain(name) in SIDES),
        _groups(free, header, given.groups),
    )


def _given(header: Sequence[str], name: str | None) -> str | None:
    return None if name is None else chosen(name, header, "column")


def _first(names: Sequence[str], is_meant: Callable[[str], bool]) -> str | None:
    return next(filter(is_meant, names), None)


def _classes(header: Sequence[str], given: ReadOptions) -> tuple[str, str | None]:
    """The columns of the true and of the predicted classes."""
    truth, prediction = _given(header, given.truth), _given(header, given.prediction)
    free = [name for name in header if name not in (truth, prediction)]
    truth = truth or _only([name for name in free if is_of(name, TRUTH)], "truth")
    prediction = prediction or _only([name for name in free if is_of(name, PREDICTION)], "prediction")
    words = [name for name in free if recognised(name) == "emotion" and name not in (truth, prediction)]
    if prediction is None and (truth is not None or any(is_of(name, CONFIDENCE) for name in header)):
        prediction = _only(words, "prediction")
        words = []
    truth = truth or _only(words, "truth")
    if truth is None:
        beside = f" ({prediction} is the prediction)" if prediction else ""
        present = listed(list(header), LISTED) or "none"
        raise InputError(
            f"no column of true classes: found {present}{beside}, expected {CLASSES}: add one, or name it "
            "with --truth COLUMN"
        )
    return truth, prediction


def _only(names: Sequence[str], role: str) -> str | None:
    """The one column that may have a role.

    Raises:
        InputError: if there are several.
    """
    exact = [name for name in names if plain(name) in (role, "emotion")]
    if len(several := exact or names) > 1:
        both = " and ".join(several)
        raise InputError(f"columns {both} may both be the {role}, expected one: name it with --{role} COLUMN")
    return several[0] if several else None


def _path(names: Sequence[str]) -> str | None:
    """The column that identifies the recordings."""
    usual = [name for name in names if recognised(name) == "path"]
    ids = [name for name in names if plain(name) in PATHS]
    own = [name for name in ids if name == FILE_ID]
    return next(iter([*own, *sorted(usual, key=lambda name: plain(name) != "path"), *ids]), None)


def _groups(free: Sequence[str], header: Sequence[str], given: Sequence[str]) -> tuple[str, ...]:
    """The columns whose values are compared: those that the user names, then the usual ones."""
    usual = [name for name in free if plain(name) in GROUPS]
    return tuple(dict.fromkeys([*(chosen(name, header, "column") for name in given), *usual]))
