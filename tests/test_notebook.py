"""The notebook: its code runs in an empty folder, and its stored outputs are those of its code."""

import re
from importlib.util import find_spec

import pytest

if missing := [name for name in ("nbformat", "nbclient", "ipykernel") if find_spec(name) is None]:
    pytest.skip(
        f"no {missing[0]}, so the notebook is not run: pip install 'ser-toolkit[test]'",
        allow_module_level=True,
    )

from notebooks.run import NOTEBOOK, code, digest, execute, read

LARGEST = 600_000
"""Bytes up to which code-hosting pages render a notebook."""


@pytest.fixture(scope="module")
def stored():
    """The notebook as stored in the project."""
    return read()


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The same notebook, run in an empty folder."""
    return execute(read(), tmp_path_factory.mktemp("notebook"))


def outputs(notebook):
    return [output for cell in code(notebook) for output in cell.outputs]


def printed(notebook) -> str:
    """All text outputs: prints and tables."""
    return "\n".join(
        str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
        for output in outputs(notebook)
    )


def kinds(notebook) -> list[list[str]]:
    """The formats that each cell puts out."""
    return [
        [kind for output in cell.outputs for kind in sorted(output.get("data", {output.output_type: ""}))]
        for cell in code(notebook)
    ]


@pytest.mark.long
def test_it_runs_in_an_empty_folder(executed):
    runs = {words[0]: words[1:] for words in map(str.split, printed(executed).splitlines()) if words}
    assert [runs[name] for name in ("stored", "unchanged", "failed")] == [
        ["360", "0"],
        ["0", "360"],
        ["0", "0"],
    ]


def test_stored_outputs_are_of_the_stored_code(stored):
    assert stored.metadata["ser"]["outputs_of_code"] == digest(stored), "run: python notebooks/run.py"
    assert [cell.execution_count for cell in code(stored)] == list(range(1, len(code(stored)) + 1))


@pytest.mark.long
def test_outputs_are_of_the_same_kinds(stored, executed):
    assert digest(executed) == digest(stored)
    assert kinds(stored) == kinds(executed)


@pytest.mark.long
def test_new_speakers_are_harder(executed):
    """The result that the notebook shows; figures differ slightly between machines."""
    row = next(line for line in printed(executed).splitlines() if line.startswith("logistic regression"))
    unseen, random, _ = map(float, row.split()[-3:])
    assert 1 / 6 < unseen < random < 1


def test_stored_outputs_can_be_shown_anywhere(stored):
    assert any("image/png" in output.get("data", {}) for output in outputs(stored))
    for output in outputs(stored):
        assert output.output_type in ("stream", "display_data", "execute_result")
        assert output.get("name", "stdout") == "stdout"
        assert set(output.get("data", {})) <= {"image/png", "text/plain", "text/html"}
    assert NOTEBOOK.stat().st_size < LARGEST


def test_no_path_of_a_machine_is_stored():
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert not re.findall(r"(?:/(?:home|root|tmp|work|usr|Users|var)/|[A-Z]:\\\\)[\w.-]+", text)


def test_synthetic_speech_is_named_where_its_figures_stand(stored):
    assert "synthetic" in stored.cells[0].source
    drawn = [cell.source for cell in code(stored) if "plt.show()" in cell.source]
    assert drawn
    assert all("synthetic speech" in source for source in drawn)
