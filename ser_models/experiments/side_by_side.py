"""Trained models on the recordings that all of them were tested on: what `ser compare` does.

predictions.parquet and metrics.json of each artifact → recordings in all → `score`, `paired_difference`
to the first model → `SideBySide` → table, JSON, page
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ser_features.errors import InputError
from ser_features.labels import in_order
from ser_models.artifact.tested import names_of, read_tests
from ser_models.evaluation.paired import paired_difference
from ser_models.evaluation.result import read_result
from ser_models.evaluation.score import probability_columns, score
from ser_models.evaluation.side_by_side import ComparedModel, SideBySide


def side_by_side(artifacts: Sequence[Path], *, seed: int = 0) -> SideBySide:
    """Measure models on the recordings that all of them were tested on.

    Args:
        artifacts: their folders, two or more; the others are compared with the first.
        seed: of the bootstrap over speakers.

    Raises:
        ArtifactError: if one is no artifact, or its predictions are missing or altered.
        InputError: if there are fewer than two, or they share no test recordings of two classes.
    """
    folders = list(dict.fromkeys(artifacts))
    if len(folders) < 2:
        raise InputError(f"{len(folders)} model, expected two or more to compare: name another artifact")
    names, tables = names_of(folders), [read_tests(folder) for folder in folders]
    labels = in_order(
        {*(label for table in tables for name in ("emotion", "predicted") for label in table[name])}
    )
    shared, differing = _shared(tables)
    rows = [_of_shared(table, shared, labels) for table in tables]
    if len(shared) == 0 or rows[0]["emotion"].nunique() < 2:
        raise InputError(
            f"{', '.join(names)} were tested on {len(shared)} common recordings of fewer than two classes: "
            "expected models of the same corpora: train them with the same --folds and --seed"
        )
    models: list[ComparedModel] = []
    for name, folder, table in zip(names, folders, rows, strict=True):
        result, scores = read_result(folder), score(table, labels, seed=seed)
        first = paired_difference(table, rows[0], labels, seed=seed) if models else None
        models.append(ComparedModel.of(scores, name, result, difference=first))
    return SideBySide(
        tuple(models),
        recordings=len(shared),
        speakers=scores.bootstrap_unit,
        chance=1 / rows[0]["emotion"].nunique(),
        seed=seed,
        notes=tuple(_notes(models, differing)),
    )


def _shared(tables: Sequence[pd.DataFrame]) -> tuple[pd.Index, int]:
    """Recordings that all tables have with one true class, and the number of those with several."""
    classes = pd.concat([table.set_index("file_id")["emotion"] for table in tables], axis=1, join="inner")
    equal = classes.nunique(axis=1) == 1
    return classes.index[equal], int((~equal).sum())


def _of_shared(table: pd.DataFrame, file_ids: pd.Index, labels: Sequence[str]) -> pd.DataFrame:
    """The rows of these recordings in their order, with a probability for each label."""
    rows = table.set_index("file_id").loc[file_ids].reset_index()
    missing = [name for name in probability_columns(labels) if name not in rows]
    return rows.assign(**dict.fromkeys(missing, 0.0))


def _notes(models: Sequence[ComparedModel], differing: int) -> list[str]:
    """What limits the comparison."""
    notes = []
    if differing:
        notes.append(f"{differing} recordings left out: the models have other classes for them")
    if len({model.protocol for model in models}) > 1:
        notes.append("the protocols differ: what a model was trained on decides its figures too")
    leaking = [model.name for model in models if model.leaks]
    if leaking:
        notes.append(f"leaks were found in {', '.join(leaking)}: expect lower figures for new speakers")
    return notes
