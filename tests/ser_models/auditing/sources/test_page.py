"""The examples of the page are read."""

import gzip
import re
import shlex
from pathlib import Path

import pytest

from ser_models.auditing.sources import read_split
from ser_models.auditing.sources.column_names import FOLDS
from ser_models.auditing.sources.content import MAX_BYTES
from ser_models.auditing.sources.side_columns import SIDES

PAGE = (Path(__file__).parents[4] / "docs" / "audit_forms.md").read_text(encoding="utf-8")
ROWS = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| ")][1:]
EXAMPLES = {row[0].strip(): row[1:] for row in ROWS if row[1].strip()}


@pytest.mark.parametrize("form", EXAMPLES)
def test_an_example_is_read(tmp_path, monkeypatch, form):
    files, command = EXAMPLES[form]
    for file in re.findall("`(.*?)`", files):
        name, text = file.split(": ", 1)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = text.replace(" ⏎ ", "\n").encode()
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    monkeypatch.chdir(tmp_path)
    lists: dict[str, list[Path]] = {"": []}
    columns: dict[str, str] = {}
    option = ""
    for word in shlex.split(command.strip(" `"))[2:]:
        if word.startswith("--"):
            option = word.removeprefix("--")
        elif option in ("path", "side", "fold"):
            columns[option], option = word, ""
        else:
            lists.setdefault(option, []).append(Path(word))
    split = read_split(lists.pop(""), **lists, **columns)
    first = split.rows[split.rows["fold"] == split.folds[-1]]
    names = {side: {Path(path).name for path in rows["path"]} for side, rows in first.groupby("side")}
    assert names in ({"train": {"a.wav"}, "test": {"b.wav"}}, {"train": {"b.wav"}, "test": {"a.wav"}})


def test_names_and_limits_of_the_page_are_those_of_the_code():
    quoted = {name.replace("_", "") for name in re.findall("`([a-z_]+)`", PAGE)}
    assert quoted >= FOLDS
    assert {"side", "split", "set", "subset", "partition", "usage"} <= quoted & SIDES
    assert f"to {MAX_BYTES // 2**20} MiB" in PAGE
