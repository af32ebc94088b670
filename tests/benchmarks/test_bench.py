"""One run of all benchmarks: their reports are collected, appended, and written into the page."""

import json
from importlib.util import find_spec

import pytest

from benchmarks import bench, history, speed_figure
from benchmarks.report import Figure, Report

NAMES = ("CPU time of the notebook loop / 1 worker", "CPU time of 1 worker / floor")


def report(benchmark="speed.extract", value=84.0):
    figures = (
        Figure(NAMES[0], "×", (value, value + 2), at_least=80),
        Figure(NAMES[1], "×", (1.2,), at_most=1.3),
    )
    return Report(benchmark, "1200 recordings", figures, {"table": "| a | table |"})


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "speed.md"
    markers = (f"{history.BEGIN.format(name)}\n{history.END}" for name in ("extraction", "stages", "figures"))
    path.write_text("# Speed\n" + "\n".join(markers))
    return path


def test_runs_are_appended_and_the_page_shows_the_last_report_of_each_benchmark(tmp_path, page):
    path = tmp_path / "speed.json"
    history.add([report(value=10.0), Report("speed.stages", "", (Figure("decode", "ms", (3.0,)),))], path)
    runs = history.add([report()], path)
    assert runs == history.read(path)
    history.write_page(runs, page)
    text = page.read_text()
    assert "| a | table |" in text
    assert "| decode |           3.00 ms |" in text
    assert "| speed.extract: CPU time of the notebook loop / 1 worker | " in text
    assert " | 85.0 × (84.0–86.0) |  ≥ 80 × |     yes |" in text
    assert "10.0" not in text


def test_the_figure_has_a_line_per_ratio(tmp_path):
    runs = history.add([report(value=10.0)], tmp_path / "speed.json")
    runs = history.add([report()], tmp_path / "speed.json")
    picture = speed_figure.picture(runs)
    assert [panel.height for panel in picture.panels] == [3.4, 3.4]
    speed_figure.draw(runs, tmp_path / "speed.png")
    assert (tmp_path / "speed.png").read_bytes().startswith(b"\x89PNG")


def test_every_benchmark_exists():
    assert all(map(find_spec, bench.BENCHMARKS.values()))


def test_a_benchmark_that_fails_is_left_out(tmp_path, monkeypatch, capfd):
    module = tmp_path / "good.py"
    content = {
        "benchmark": "speed.good",
        "conditions": "",
        "figures": [{"name": "a", "unit": "s", "values": [1]}],
    }
    path = "sys.argv[sys.argv.index('--json') + 1]"
    module.write_text(f"import pathlib, sys\npathlib.Path({path}).write_text({json.dumps(content)!r})")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(bench, "BENCHMARKS", {"good": "good", "bad": "no_such_module"})
    monkeypatch.setattr(bench, "ON_RECORDINGS", {})
    with pytest.raises(SystemExit) as ended:
        bench.main(["--only", "good", "bad"])
    assert ended.value.code == 1
    out, err = capfd.readouterr()
    assert "bad failed with code 1: left out" in err
    assert out.splitlines()[-1] == "| speed.good: a |         1.00 s |       |         |"
