"""Who and what each row of a split is: by its names, by the columns of its table, or by both.

`SplitTable` → `table_columns` (columns) ┐
paths → `sisters` (augmented copies)     ├→ `identify` → `IdentifiedSplit`
paths → `grammars` | `patterns` (names)  ┘

- The class, the sentence and other properties are those of the table where it has them.
- The speaker is that of the names where they state it, because tables often misread them; the column counts
  if it is demanded, or where the names of a corpus do not state the speaker.
- An augmented copy has the properties of the recording that it was made of.

>>> rows = pd.DataFrame({"path": ["wav/03a01Fa.wav", "wav/08a01Fa.wav"], "fold": "1", "side": "train"})
>>> split = identify(SplitTable(rows))
>>> split.rows["speaker"].tolist(), split.read_from["speaker"]
(['03', '08'], 'names of EmoDB')
"""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from ser_features.errors import InputError
from ser_features.manifest import part_key
from ser_models.auditing.identity import disagreements, sisters
from ser_models.auditing.identity.grammars import AmbiguousNamesError, by_grammar, unread
from ser_models.auditing.identity.names_read import OWN, NamesRead
from ser_models.auditing.identity.patterns import by_pattern
from ser_models.auditing.identity.sisters import Copies
from ser_models.auditing.identity.table_columns import TableColumns, read_columns
from ser_models.auditing.split_table import KEYS, IdentifiedSplit, SplitTable, Unparsed
from ser_models.data.examples import PART_COLUMNS

IDENTITY = ("speaker", "session", "statement", "text")
"""Columns of which one makes a row known whose name cannot be read."""

UNKNOWN_SPEAKER = "unknown: neither the names nor a column state it"


def identify(
    split: SplitTable,
    *,
    corpus: str | None = None,
    pattern: str | None = None,
    speaker: str | None = None,
) -> IdentifiedSplit:
    """Find who and what each row of a split is.

    Args:
        split: as it was given.
        corpus: known corpus whose names they are; None to recognise it.
        pattern: of the ends of the paths, such as "{speaker}_{}.wav"; None to read them as a corpus' names.
        speaker: column of the table with the speakers; None for the names, or a column with a usual name.

    Raises:
        InputError: if the corpus, the pattern or the column is unknown, corpus and pattern are both given,
            the names are those of several corpora, or several columns may be that of the speaker.
    """
    if corpus is not None and pattern is not None:
        raise InputError(f"corpus {corpus} and pattern {pattern}, expected one of both: leave one out")
    columns = read_columns(split.rows, speaker)
    table = columns.values.assign(path=split.rows["path"])
    paths = table.drop_duplicates("path").set_index("path")
    copies = sisters.find(list(paths.index), _by_path(paths, "emotion"))
    names = _names(paths, copies, corpus, pattern, columns)
    own = names.values.loc[split.rows["path"]].set_axis(split.rows.index)
    of_table = _of_table(own, columns, is_demanded=speaker is not None)
    values = _values(own, columns, of_table)
    problems = split.rows["path"].map(names.problems)
    unknown = problems.notna() & values[list(IDENTITY)].isna().all(axis=1)
    unparsed = zip(split.rows.loc[unknown, "path"], problems[unknown], strict=True)
    return IdentifiedSplit(
        rows=split.rows.assign(**values, **_keys(split.rows["path"], own, values, copies)),
        read_from=_read_from(values, of_table, columns, names),
        unparsed=tuple(Unparsed(path, problem) for path, problem in unparsed),
        notes=(
            *split.notes,
            *names.notes,
            *copies.notes,
            *columns.notes,
            *disagreements.of_classes(own, columns),
            *disagreements.of_speakers(own, columns, is_demanded=speaker is not None),
        ),
        root=split.root,
    )


def _by_path(paths: pd.DataFrame, column: str) -> dict[str, str]:
    return paths[column].dropna().to_dict() if column in paths else {}


def _names(
    paths: pd.DataFrame,
    copies: Copies,
    corpus: str | None,
    pattern: str | None,
    columns: TableColumns,
) -> NamesRead:
    """What the names state, by path; a copy has what the name of its source states, if that can be read."""
    originals = {path: copies.sources.get(path, path) for path in paths.index}
    if pattern is not None:
        return _of_sources(by_pattern(dict.fromkeys([*originals, *originals.values()]), pattern), originals)
    datasets = _by_path(paths, "dataset")
    groups = {original: datasets.get(path, "") for path, original in originals.items()}
    try:
        return _of_sources(by_grammar(groups, corpus), originals)
    except AmbiguousNamesError:
        if "speaker" not in columns.names:
            raise
        return _of_sources(unread(groups), originals)


def _of_sources(read: NamesRead, originals: Mapping[str, str]) -> NamesRead:
    names = {
        path: path if original in read.problems and path in read.values.index else original
        for path, original in originals.items()
    }
    values = read.values.loc[list(names.values())].set_axis(list(names))
    problems = {path: read.problems[name] for path, name in names.items() if name in read.problems}
    return replace(read, values=values, problems=problems)


def _values(own: pd.DataFrame, columns: TableColumns, of_table: pd.DataFrame) -> pd.DataFrame:
    """Dataset, `KEYS` and part of each row, of the names and the columns of the table."""
    table = columns.values
    nothing = pd.Series(None, own.index, dtype=object)
    values = {name: table.get(name, nothing) for name in PART_COLUMNS}
    values["dataset"] = _datasets(own, table)
    for key in KEYS:
        values[key] = own[key] if key not in table else table[key].where(of_table[key], own[key])
    return pd.DataFrame(values).astype(object)


def _datasets(own: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    return table.get("dataset", own["dataset"]).fillna(own["dataset"]).fillna(OWN)


def _of_table(own: pd.DataFrame, columns: TableColumns, *, is_demanded: bool) -> pd.DataFrame:
    """By column of `KEYS` that the table has, whether the value of a row is the table's, (rows,) bool."""
    table = columns.values
    of_table = pd.DataFrame({key: table[key].notna() for key in KEYS if key in table}, index=own.index)
    if "speaker" in table:
        # Speakers of both kinds within one corpus would be two names of one person.
        is_stated = own["speaker"].notna().groupby(_datasets(own, table)).transform("any")
        of_table["speaker"] = True if is_demanded else ~is_stated
    return of_table


def _keys(
    paths: pd.Series, own: pd.DataFrame, values: pd.DataFrame, copies: Copies
) -> dict[str, pd.Series | list[str]]:
    """Keys of recordings: of each row, of its file, and of the recording that a copy was made of."""
    is_copy = paths.isin(copies.sources.keys())
    of_source = own["file_id"].where(own["file_id"].notna(), paths.map(copies.sources))
    files = own["file_id"].where(own["file_id"].notna() & ~is_copy, paths)
    return {
        "file_id": files + _part_keys(values),
        "audio_sha256": files,
        "source_file_id": of_source.where(is_copy, None),
    }


def _part_keys(values: pd.DataFrame) -> pd.Series:
    """What the key of each row has in addition to that of its file."""
    keys = pd.Series("", values.index, dtype=object)
    parts = values.loc[values[list(PART_COLUMNS)].notna().any(axis=1), ["start", "end", "audio_channel"]]
    keys[parts.index] = [
        part_key(*(None if pd.isna(one) else one for one in part)) for part in parts.itertuples(index=False)
    ]
    return keys


def _read_from(
    values: pd.DataFrame, of_table: pd.DataFrame, columns: TableColumns, names: NamesRead
) -> dict[str, str]:
    """By property, what states it; the speaker also where it is unknown."""
    read_from = {"speaker": names.read_from.get("speaker", UNKNOWN_SPEAKER)}
    for key in KEYS:
        is_known = values[key].notna()
        is_column = of_table.get(key, pd.Series(data=False, index=values.index))
        phrases = []
        if (is_known & is_column).any():
            phrases.append(f"column {columns.names[key]}")
        if (is_known & ~is_column).any():
            phrases.append(names.read_from[key])
        if phrases:
            read_from[key] = "; ".join(phrases)
    return read_from
