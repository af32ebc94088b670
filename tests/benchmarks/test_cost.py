"""The cost benchmark: core-seconds of one more file, extrapolated to a million."""

from argparse import Namespace

import pytest

from benchmarks.scale import cost


def test_the_cost_of_a_file_excludes_the_fixed_cost_of_a_job(monkeypatch):
    monkeypatch.setattr(cost, "job", lambda _, __, files: cost.Cost(10 + 0.02 * files, 500 + 100_000 * files))
    assert cost.per_file(None, None, 301) == pytest.approx((0.02, 100_000))


def test_a_million_files_are_extrapolated_by_their_duration(capsys):
    costs = {"local": cost.Cost(0.018, 60_000), "dask": cost.Cost(0.0216, 60_000)}
    cost._print(costs, 3.6, Namespace(files=1200, workers=2, million=1_000_000, seconds=3.0))
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].endswith("1,000,000 files of 3 s")
    assert lines[3].split() == ["dask", "21.6", "6.00", "1.20", "5.0", "core-hours,", "50", "GB"]
