"""The rule that the rows of a published split agree with.

rows with fold, side, speaker, session and class → `rule_of` → a phrase

A split rarely states how it was made. A rule is named only if every fold agrees with it; others may agree,
too.

>>> rows = pd.DataFrame({"path": list("abcd"), "fold": ["1", "1", "2", "2"], "side": ["train", "test"] * 2,
...                      "dataset": "own", "speaker": ["1", "2", "2", "1"], "session": None,
...                      "emotion": "sad"})
>>> rule_of(rows)
'by speaker: 1 in each test, each tested once'
"""

from collections.abc import Callable, Iterator

import pandas as pd

from ser_features import corpora
from ser_features.errors import FileNameError
from ser_models.auditing.split_table import TEST, TRAIN

NO_TRAINING = "the files have no training side"
UNSEEN = "not seen in the rows"


def rule_of(rows: pd.DataFrame) -> str:
    """Name the first rule of `RULES` that all folds agree with.

    Args:
        rows: of an `IdentifiedSplit`: path, fold, side, dataset, speaker, session, emotion.
    """
    return next((phrase for rule in RULES if (phrase := rule(rows))), UNSEEN)


def _no_training(rows: pd.DataFrame) -> str | None:
    return None if all(len(test) and len(train) for test, train in _sides(rows)) else NO_TRAINING


def _published_parts(rows: pd.DataFrame) -> str | None:
    """Agree with the part of the corpus that each name states."""
    corpus = corpora.find(str(rows["dataset"].iloc[0]))
    if corpus is None:
        return None
    try:
        parts = [corpus.parse(f"{corpus.name}/{path}").partition for path in rows["path"]]
    except FileNameError:
        return None
    return "the corpus's own parts (its folders)" if parts == rows["side"].tolist() else None


def _sessions(rows: pd.DataFrame) -> str | None:
    return _disjoint(rows, "session")


def _speakers(rows: pd.DataFrame) -> str | None:
    return _disjoint(rows, "speaker")


def _disjoint(rows: pd.DataFrame, column: str) -> str | None:
    """Agree if no fold has a value of the column on both sides."""
    if rows[column].isna().any():
        return None
    sides = [(set(test[column]), set(train[column])) for test, train in _sides(rows)]
    if any(test & train for test, train in sides):
        return None
    sizes = sorted({len(test) for test, _ in sides})
    number = "–".join(map(str, dict.fromkeys((sizes[0], sizes[-1]))))
    is_partition = sum(len(test) for test, _ in sides) == rows[column].nunique()
    return f"by {column}: {number} in each test{', each tested once' if is_partition else ''}"


def _share_of_classes(rows: pd.DataFrame) -> str | None:
    """Agree if a test has one part in n of every class, rounded up or down."""
    return _share(rows, "emotion", "of each class, speakers not considered")


def _share_of_rows(rows: pd.DataFrame) -> str | None:
    """Agree if a test has one part in n of the rows, rounded up or down."""
    return _share(rows, "dataset", "of the rows, speakers and classes not considered")


def _share(rows: pd.DataFrame, column: str, words: str) -> str | None:
    percent = set()
    for test, train in _sides(rows):
        parts = round((len(test) + len(train)) / len(test))
        of_all = pd.concat([test[column], train[column]]).value_counts()
        of_test = test[column].value_counts().reindex(of_all.index, fill_value=0)
        if (abs(of_test - of_all / parts) >= 1).any():
            return None
        percent.add(f"{100 / parts:.3g} %")
    return f"{', '.join(sorted(percent))} {words}"


def _sides(rows: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Test and training rows of each fold."""
    for _, fold in rows.groupby("fold", sort=False):
        yield fold[fold["side"] == TEST], fold[fold["side"] == TRAIN]


RULES: tuple[Callable[[pd.DataFrame], str | None], ...] = (
    _no_training,
    _published_parts,
    _sessions,
    _speakers,
    _share_of_classes,
    _share_of_rows,
)
"""The strictest first: a split by speakers may have equal shares of the classes, too."""
