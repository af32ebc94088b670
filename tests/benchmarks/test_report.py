"""Figures are judged by their median, and a report survives JSON."""

import json

import pytest

from benchmarks.report import Figure, Report

REPORT = Report(
    "speed.example",
    "two recordings",
    (
        Figure("notebook / 1 worker", "×", (90.0, 70.0, 84.0), at_least=80),
        Figure("1 worker / floor", "×", (1.31,), at_most=1.3),
        Figure("decoding", "ms", (0.0421,)),
    ),
    {"rounds": 3},
)


def test_text_is_a_table_of_median_range_and_limit():
    assert REPORT.text().splitlines() == [
        "speed.example: two recordings",
        "",
        "| figure              |     median (range) |   limit | reached |",
        "|---------------------|-------------------:|--------:|--------:|",
        "| notebook / 1 worker | 84.0 × (70.0–90.0) |  ≥ 80 × |     yes |",
        "| 1 worker / floor    |             1.31 × | ≤ 1.3 × |      no |",
        "| decoding            |          0.0421 ms |         |         |",
    ]


def test_a_report_is_printed_and_written(tmp_path, capsys):
    path = tmp_path / "report.json"
    REPORT.finish(path)
    assert capsys.readouterr().out == f"{REPORT.text()}\n"
    assert Report.of(json.loads(path.read_text())) == REPORT


@pytest.mark.parametrize(("value", "reached"), [(1.0, False), (2.0, True), (3.0, True), (3.1, False)])
def test_limits_are_inclusive(value, reached):
    assert Figure("", "", (value,), at_least=2, at_most=3).reached is reached
