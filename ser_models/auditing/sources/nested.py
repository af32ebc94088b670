"""JSON → lists: of texts or objects, by side, by fold and side, by side and fold, or objects by their names.

["a.wav"] | [{"path": …}] | {"path": […]} | {"a": {"wav": …}} | {"a.wav": "train"} → rows
{"train": rows, "test": rows} → a list per side
{"1": {"train": rows, …}, …} | [{"train": rows, …}, …] | {"1": rows, "2": rows} → lists of folds

Other values beside them, such as a seed, are not read.

>>> for one in read('{"1": {"train": ["a.wav"], "test": ["b.wav"]}, "seed": 7}', "split.json"):
...     print(one.fold, one.side, one.cells["path"].tolist())
1 train ['a.wav']
1 test ['b.wav']
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from ser_features.errors import listed
from ser_features.tables.columns import recognised
from ser_features.tables.forms import cell, json_lines
from ser_models.auditing.sources import lines
from ser_models.auditing.sources.file_names import fold_in
from ser_models.auditing.sources.listing import Listed, of_sheet
from ser_models.auditing.sources.sides import side_of

NAME = "id"
"""Column of the names of objects."""

LISTED = 6


def read(text: str, name: str) -> list[Listed]:
    """Read JSON, or JSON lines.

    Raises:
        ValueError: if it is no JSON, or no list of recordings.
        RecursionError: if it is nested too deeply.
    """
    try:
        content = json.loads(text)
    except ValueError:
        content = [value for _, value in json_lines.values(text)]
    return [*_lists(content, Listed(name, pd.DataFrame()))]


def _lists(content: Any, of: Listed) -> Iterator[Listed]:
    """The lists in a value, of which a side or a fold may be known."""
    if isinstance(content, list):
        if content and all(map(_is_fold, content)):
            content = {str(number): one for number, one in enumerate(content, start=1)}
        else:
            yield _rows(content, of)
            return
    if not isinstance(content, dict):
        raise ValueError(f"{json.dumps(content)[:LISTED]} is no list of recordings")
    yield from _by_key(content, of)


def _by_key(content: Mapping[str, Any], of: Listed) -> Iterator[Listed]:
    """The lists in an object."""
    several = {key: value for key, value in content.items() if isinstance(value, list | dict)}
    inner = {key: value for key, value in several.items() if _has_lists(value)}
    if _are_columns(several):
        columns = {key: pd.Series(value, dtype=object).map(cell) for key, value in several.items()}
        yield _with(of, pd.DataFrame(columns).replace("", None))
    elif _is_row(content):
        yield _rows([content], of)
    elif inner and all(map(_is_row, inner.values())):
        yield _rows([{NAME: key, **dict(value)} for key, value in inner.items()], of)
    elif inner and all(map(side_of, inner)):
        for key, value in inner.items():
            yield from _lists(value, of.given(side_of(key), None))
    elif inner and (all(map(_is_fold, inner.values())) or all(map(fold_in, inner))):
        for key, value in inner.items():
            yield from _lists(value, of.given(None, fold_in(key) or key))
    elif len(inner) == 1:
        yield from _lists(next(iter(inner.values())), of)
    elif content and not inner:
        yield _rows([[key, cell(value)] for key, value in content.items()], of)
    else:
        names = listed(list(content), LISTED) or "nothing"
        raise ValueError(f"an object with {names}, expected lists by side, or by fold and side")


def _rows(rows: Sequence[Any], of: Listed) -> Listed:
    """The cells of texts, objects or lists."""
    if all(isinstance(row, dict) for row in rows):
        sheet = of_sheet(json_lines.sheet_of(list(enumerate(rows, start=1))), of.name)
        return sheet.given(of.side, of.fold)
    if all(isinstance(row, str) for row in rows):
        return _with(of, pd.DataFrame({"path": rows}, dtype=object))
    if all(isinstance(row, list) for row in rows):
        return lines.named([list(map(cell, row)) for row in rows], of.name).given(of.side, of.fold)
    raise ValueError("rows that are not all texts, objects or lists")


def _with(of: Listed, cells: pd.DataFrame) -> Listed:
    return Listed(of.name, cells, of.side, of.fold)


def _has_lists(value: Any) -> bool:
    """Whether a value may have recordings; an object of scalars, such as the labels by number, has none."""
    if isinstance(value, dict):
        return _is_row(value) or any(isinstance(one, list | dict) for one in value.values())
    return isinstance(value, list)


def _are_columns(values: Mapping[str, list[Any] | dict[str, Any]]) -> bool:
    """Whether an object has a table by columns, as pandas writes it."""
    has_path = any(recognised(key) == "path" for key in values)
    return has_path and len({len(value) for value in values.values()}) == 1


def _is_row(value: Any) -> bool:
    """Whether an object is a recording."""
    return isinstance(value, dict) and any(
        recognised(key) == "path" and isinstance(cell, str) for key, cell in value.items()
    )


def _is_fold(value: Any) -> bool:
    """Whether an object has lists by side."""
    return isinstance(value, dict) and any(
        side_of(key) and isinstance(one, list | dict) for key, one in value.items()
    )
