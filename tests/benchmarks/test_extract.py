"""Contenders run in processes of their own; the table compares them within each round."""

import sys

import pytest

from benchmarks.clock import Spent
from benchmarks.interleaved import Rounds
from benchmarks.speed import extract
from benchmarks.speed.child import NotInstalledError, spent_by


@pytest.fixture
def contenders(tmp_path, monkeypatch):
    (tmp_path / "contenders.py").write_text(
        "def absent():\n    import no_such_package\n"
        "def broken():\n    raise ValueError('broken file')\n"
        "def lengths(paths):\n    return lambda: len(paths)\n"
        "CONTENDERS = {'absent': absent, 'broken': broken, 'lengths': lengths}\n"
    )
    monkeypatch.setenv("PYTHONPATH", ":".join([str(tmp_path), *filter(None, sys.path)]))


def test_a_contender_measures_itself_in_a_process(contenders):
    spent = spent_by("contenders", "lengths", {"paths": ["a", "b"]})
    assert spent.items == 2
    assert spent.wall > 0


def test_a_missing_package_and_another_error_differ(contenders):
    with pytest.raises(NotInstalledError, match=r"^absent is left out: no_such_package is not installed$"):
        spent_by("contenders", "absent", {})
    with pytest.raises(RuntimeError, match=r"^broken failed: (?s:.*)broken file"):
        spent_by("contenders", "broken", {})


def test_table_and_figures():
    names = [extract.NOTEBOOK, extract.FLOOR, extract.ONE, extract.TWO, extract.START, extract.COMMAND]
    seconds = dict(zip(names, (0.4, 0.004, 0.005, 0.0025, 0.01, 0.004), strict=True))
    items = {name: 100 if name == extract.START else 1000 for name in names}
    rounds = Rounds(
        {
            name: [Spent(items[name], seconds[name] * items[name], seconds[name] * items[name])]
            for name in names
        }
    )
    extract._add_steady(rounds)
    lines = extract.as_table(rounds).splitlines()
    assert lines[4].split("|")[1].strip() == extract.ONE
    assert [cell.strip() for cell in lines[4].split("|")[2:-1]] == [
        "5.00",
        "5.00",
        "200",
        "80.0",
        "80.0",
        "1.25",
    ]
    assert [cell.strip() for cell in lines[-1].split("|")[1:3]] == [extract.STEADY, "1.67"]
    figures = {one.name: one for one in extract._figures(rounds)}
    assert len(figures) == 5, "without openSMILE"
    assert figures["CPU time of the notebook loop / 1 worker"].reached
    assert figures["time of the notebook loop / `ser extract`"].reached is False
