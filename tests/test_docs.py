"""Code of the documents runs: Python on a small store, command lines through the parser; links exist."""

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_features.engine import extract_corpora
from ser_features.extractors import DEFAULT_FAMILIES
from tests.cli.walk import parsed
from tests.faults.serial import Serial

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "data" / "README.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
GENERATED = ("commands.md",)
"""Generated pages of the site; `test_site.py` checks links to them."""
SLOW = ("api.md", "scale.md")
"""Documents whose Python trains models or starts a cluster."""
ELSEWHERE = "walkthrough.md"
"""The document whose commands and Python run in `test_walkthrough.py`."""


def blocks(path: Path, language: str) -> list[str]:
    return [text for name, text in BLOCK.findall(path.read_text()) if name == language]


def command_lines() -> list[str]:
    texts = [text for path in DOCUMENTS for text in blocks(path, "")]
    lines = [line.split("#")[0].strip() for text in texts for line in text.splitlines()]
    return sorted({line for line in lines if line.startswith("ser ")})


@pytest.fixture(scope="module")
def working_folder(tmp_path_factory) -> Path:
    """A folder with data/store, of four speakers and three emotions."""
    folder = tmp_path_factory.mktemp("analyst")
    (folder / "raw" / "savee").mkdir(parents=True)
    for index, speaker in enumerate(("DC", "JE", "JK", "KL")):
        for number, code in enumerate(("a01", "h02", "n03", "a04", "h05", "n06")):
            signal = np.sin(np.arange(6000) / (8 + 3 * number + index)) * np.hanning(6000)
            soundfile.write(folder / "raw" / "savee" / f"{speaker}_{code}.wav", signal, 16_000)
    options = {"store": folder / "data" / "store", "features": (*DEFAULT_FAMILIES, "functionals")}
    extract_corpora(["savee"], data=folder / "raw", runner=Serial(), **options)
    return folder


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[pytest.mark.long] * (path.name in SLOW), id=path.name)
        for path in DOCUMENTS
        if path.name != ELSEWHERE
    ],
)
def test_python_of_a_document_runs(path, working_folder, monkeypatch, capsys):
    monkeypatch.chdir(working_folder)
    names: dict[str, object] = {}
    for text in blocks(path, "python"):
        if "import polars" in text:
            pytest.importorskip("polars", reason="no polars: pip install 'ser-toolkit[test]'")
        exec(compile(text, path.name, "exec"), names)


@pytest.mark.parametrize("line", command_lines())
def test_command_line_of_a_document_is_valid(line):
    parsed(line)


def test_documents_have_command_lines():
    assert "ser extract --datasets ravdess --for best" in command_lines()


def test_links_between_documents_are_valid():
    for path in (*DOCUMENTS, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
            exists = "://" in target or target in GENERATED or (path.parent / target).exists()
            assert exists, f"{path.name}: {target}"
