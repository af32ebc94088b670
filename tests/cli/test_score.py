"""`ser score`: its output, its errors, and the page that shows them."""

import io
import json
import re
import sys
from pathlib import Path

import pytest

from docs.scripts.walkthrough import BLOCK

PAGE = Path(__file__).parents[2] / "docs" / "score.md"
FILES = re.compile(r"`([\w.]+)`[^`]*:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The working directory, with the files that the page shows."""
    monkeypatch.chdir(tmp_path)
    names = dict(FILES.findall(PAGE.read_text(encoding="utf-8")))
    for name, content in names.items():
        Path(name).write_text(content, encoding="utf-8")
    return names


def test_the_page_shows_what_its_commands_print(ser, files):
    page = PAGE.read_text(encoding="utf-8")
    assert {*files} >= {"predictions.csv", "other.csv", "matrix.csv"}
    shown = [block for block in BLOCK.finditer(page) if block["line"]]
    assert len(shown) == 3
    for block in shown:
        answer = ser(*block["line"].split()[1:])
        assert (answer.code, answer.err) == (0, "")
        lines = "".join(f"{line.rstrip()}\n" for line in answer.out.splitlines())
        assert block[0] == f"```\n$ {block['line']}\n{lines}```", "the page shows another output"


def test_json_has_the_attributes_of_the_result(ser, files):
    result = json.loads(ser("score", "predictions.csv", "other.csv", "--json").out)
    assert (result["n"], result["accuracy"], result["bootstrap_unit"]) == (20, 0.65, "4 speakers")
    assert result["per_class"]["neutral"]["support"] == 12
    assert result["groups"]["gender"]["f"] == {"uar": 0.5, "n": 10}
    assert result["comparison"]["difference"]["recordings"] == 20
    assert result["comparison"]["other"]["calibration"]["bins"] == 15


def test_a_matrix_from_standard_input(ser, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("80 20\n10 90\n"))
    answer = ser("score", "--confusion", "-", "--support", "10", "20", "--columns-are-truth")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(
        "error: standard input: the true class 1 has 90 in sum, expected 100 or 1: leave"
    )
    monkeypatch.setattr(sys, "stdin", io.StringIO("80 20\n10 90\n"))
    assert (
        "standard input: 30 recordings, 2 classes"
        in ser("score", "--confusion", "-", "--support", 10, 20).out
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "no table of predictions: name one, or a matrix with --confusion FILE"),
        (("predictions.csv", "--confusion", "matrix.csv"), "a table and --confusion, expected one of them"),
        (("predictions.csv", "--support", "5"), "--support and --columns-are-truth are for --confusion"),
        (("nowhere.csv",), "nowhere.csv cannot be read (no such file)"),
        (("predictions.csv", "--group", "room"), "predictions.csv: unknown column 'room'"),
        (("predictions.csv", "--corpus", "emodbb"), "predictions.csv: unknown"),
    ],
)
def test_errors(ser, files, words, message):
    answer = ser("score", *words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"error: {message}")
