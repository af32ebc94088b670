"""Two tables of predictions → their paired comparison on the recordings in both.

two `Predictions` → recordings matched by name → `paired_difference`, `mcnemar` → `Comparison`
"""

from collections.abc import Sequence

import pandas as pd

from ser_features.errors import InputError, counted
from ser_features.labels import in_order
from ser_models.auditing.matching import match
from ser_models.evaluation.paired import mcnemar, paired_difference
from ser_models.scoring.measure import measure
from ser_models.scoring.predictions import Predictions
from ser_models.scoring.result import Comparison


def compare(first: Predictions, other: Predictions, *, seed: int) -> Comparison:
    """Compare two systems on the recordings that both predict.

    Recordings are matched by their names; if none is equal, by the ends of their paths. Those with several
    rows in a table, and those whose true class differs, are left out.

    Args:
        first: predictions of a system.
        other: those that it is compared with.
        seed: of the bootstrap over speakers.

    Raises:
        InputError: if a table does not name its recordings, or both share none of two classes.
    """
    for one in (first, other):
        if not one.has_names:
            raise InputError(
                f"{one.name} has no column of recordings, expected one, such as file: name it with "
                "--path COLUMN"
            )
    notes: list[str] = []
    rows, others = (_unique(one, notes) for one in (first, other))
    others = _renamed(others, rows["file_id"], notes)
    both = rows.merge(others, on="file_id", suffixes=("", "_other"))
    paired = both[both["emotion"] == both["emotion_other"]]
    if differing := len(both) - len(paired):
        notes.append(
            f"{counted(differing, 'recording')} with another true class in the other table: left out"
        )
    if paired["speaker"].isna().all():
        paired = paired.assign(speaker=paired["speaker_other"], dataset=paired["dataset_other"])
    labels = in_order({*first.labels, *other.labels})
    columns = ["file_id", "dataset", "speaker", "emotion", "predicted"]
    second = paired[["file_id", "predicted_other"]].set_axis(["file_id", "predicted"], axis=1)
    difference = paired_difference(paired[columns], second, labels, seed=seed)
    if difference is None:
        raise InputError(
            f"{first.name} and {other.name} share {counted(len(paired), 'recording')} of fewer than two "
            f"classes, expected the same recordings, such as {_examples(first, other)}: name their columns "
            "with --path"
        )
    return Comparison(
        measure(other, seed=seed),
        difference,
        mcnemar(
            *((paired[name] == paired["emotion"]).to_numpy() for name in ("predicted", "predicted_other"))
        ),
        int((~first.rows["file_id"].isin(paired["file_id"])).sum()),
        len(other.rows) - len(paired),
        tuple(notes),
    )


def _unique(predictions: Predictions, notes: list[str]) -> pd.DataFrame:
    """The rows of recordings that have one."""
    rows = predictions.rows
    repeated = rows["file_id"].duplicated(keep=False)
    if repeated.any():
        count = counted(int(rows["file_id"][repeated].nunique()), "recording")
        notes.append(f"{count} with several rows in {predictions.name}: not compared")
    return rows[~repeated]


def _renamed(rows: pd.DataFrame, names: Sequence[str], notes: list[str]) -> pd.DataFrame:
    """The rows with the names that their recordings have in the other table."""
    if rows["file_id"].isin(names).any():
        return rows
    by_name = match(rows["file_id"], names).by_path
    if by_name:
        notes.append(f"{counted(len(by_name), 'recording')} matched by the ends of their paths")
    return rows.assign(file_id=rows["file_id"].map(by_name)).dropna(subset="file_id")


def _examples(first: Predictions, other: Predictions) -> str:
    return " and ".join(repr(one.rows["file_id"].iloc[0]) for one in (first, other))
