"""Speakers that no column states → those of the names of the recordings.

paths → `auditing.identity` (names of a known corpus, or a pattern) → speaker of each row, and a note
"""

import pandas as pd

from ser_features.errors import InputError
from ser_models.auditing.identity import identify
from ser_models.auditing.identity.grammars import AmbiguousNamesError
from ser_models.auditing.identity.names_read import OWN
from ser_models.auditing.split_table import TEST, SplitTable
from ser_models.scoring.columns import ReadOptions, Roles


def with_speakers(rows: pd.DataFrame, roles: Roles, given: ReadOptions, notes: list[str]) -> pd.DataFrame:
    """Add the speakers that the names of the recordings state.

    Args:
        rows: with columns path, dataset and speaker, None where unknown.
        roles: columns of the table; one of speakers is used unless a corpus or a pattern is given.
        given: what the user says about the table.
        notes: to which it is added where speakers are read from.

    Raises:
        InputError: if the corpus or the pattern is unknown, or no column has the names.
    """
    is_demanded = given.corpus is not None or given.pattern is not None
    if is_demanded and roles.path is None:
        raise InputError(
            "no column of recordings, whose names state the speakers: name it with --path COLUMN"
        )
    if roles.path is None or (roles.speaker is not None and not is_demanded):
        return rows
    paths = pd.DataFrame({"path": rows["path"].to_numpy(), "fold": "1", "side": TEST})
    try:
        identified = identify(SplitTable(paths), corpus=given.corpus, pattern=given.pattern)
    except AmbiguousNamesError as error:
        notes.append(f"speakers are unknown: {error}")
        return rows
    speakers = identified.rows["speaker"].set_axis(rows.index)
    if speakers.notna().any() or is_demanded:
        notes.append(f"speakers: {identified.read_from['speaker']}")
    if roles.dataset is None:
        datasets = identified.rows["dataset"].set_axis(rows.index)
        rows = rows.assign(dataset=datasets.where(datasets != OWN, ""))
    return rows.assign(speaker=speakers.where(speakers.notna(), None))
