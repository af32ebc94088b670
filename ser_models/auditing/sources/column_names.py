"""Names of the columns of a split: of paths, sides and folds.

header → `is_usual` → whether it is one; `USUAL_NAMES` has those of paths and of the further columns

>>> is_usual("Data_Split"), is_usual("fold"), is_usual("filename"), is_usual("a.wav")
(True, True, True, False)
"""

from collections.abc import Iterable

from ser_features.arguments import plain
from ser_features.tables.columns import recognised
from ser_features.tables.names import USUAL_NAMES

SIDES = frozenset(
    plain(name)
    for name in (
        "side",
        "set",
        "usage",
        "data_split",
        "dataset_split",
        "partition",
        *USUAL_NAMES["partition"],
    )
)
FOLDS = frozenset(plain(name) for name in ("fold", "folds", "fold_id", "kfold", "cv", "cv_fold"))
PATHS = frozenset(
    plain(name)
    for name in (
        *("id", "key", "name", "utterance", "utterance_id", "utt", "utt_id", "clip", "clip_id"),
        *("fname", "file_id", "sample", "sample_id", "segment_id", "stem", "video"),
    )
)
"""Names of recordings without suffixes, where no column of paths is."""


def is_usual(name: str) -> bool:
    """Whether a name is a usual one: of a path, side or fold, or of a property of recordings."""
    return recognised(name) is not None or plain(name) in SIDES | FOLDS | PATHS


def usual_names(names: Iterable[str]) -> int:
    """How many names are usual ones."""
    return sum(map(is_usual, names))
