"""The benchmark of scale counts what one file more costs, and multiplies right."""

import runpy
from argparse import Namespace
from pathlib import Path

import pytest

SCALE = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "scale.py"))


def test_cost_of_a_file_leaves_out_what_every_job_costs(monkeypatch):
    def job(runner_of, data, files):
        return SCALE["Cost"](10 + 0.02 * files, 500 + 100_000 * files)

    monkeypatch.setitem(SCALE["per_file"].__globals__, "job", job)
    assert SCALE["per_file"](None, None, 301) == pytest.approx((0.02, 100_000))


def test_a_million_files_are_extrapolated_by_their_duration(capsys):
    costs = {"local": SCALE["Cost"](0.018, 60_000), "dask": SCALE["Cost"](0.0216, 60_000)}
    options = Namespace(files=1200, workers=2, million=1_000_000, seconds=3.0)
    SCALE["_print"](costs, 3.6, options)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].endswith("1,000,000 files of 3 s")
    assert lines[3].split() == ["dask", "21.6", "6.00", "1.20", "5.0", "core-hours,", "50", "GB"]
